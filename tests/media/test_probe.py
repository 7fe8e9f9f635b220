"""The probe of the storage: what the real one gives, and that what another one lacks is named and not assumed."""

import asyncio
import time
from types import SimpleNamespace

import pytest
from litestar import Litestar

from server.embedded.storage import S3Address
from server.media import probe
from server.media.probe import probe_when_there, run
from server.media.storage import Storage
from tests.company import Company
from tests.media.between import Said, between

ORIGIN = "https://desk.example.com"


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Does not wait for a signature to expire, so nothing is known of that."""
    monkeypatch.setattr(probe, "time", SimpleNamespace(monotonic=time.monotonic, sleep=lambda seconds: None))


async def left(storage: Storage) -> list[object]:
    objects = await asyncio.to_thread(list, storage.pages("probe/"))
    uploads = await asyncio.to_thread(list, storage.unfinished("probe/"))
    return [one for page in [*objects, *uploads] for one in page]


async def test_an_admin_and_nobody_else_reads_what_the_embedded_storage_gives(company: Company, app: Litestar) -> None:
    for who, status in ((None, 401), ("wei", 403), ("mei", 403)):
        assert (await company.call(who, "GET", "/v1/storage")).status_code == status
    before = await company.must("root", "GET", "/v1/storage")
    assert (before["checked_at"], before["guarantees"]) == (None, [])
    was_there = await left(app.state.storage)
    await probe_when_there(app.state.storage, ORIGIN)
    report = await company.must("root", "GET", "/v1/storage")
    assert report["checked_at"] is not None
    assert report["lacking"] == ["nosniff"]
    assert {one["name"] for one in report["guarantees"] if one["holds"]} == {
        "upload", "checksum", "length", "content_type", "no_overwrite", "method", "private", "attachment",
        "same_version", "parts", "browser", "expiry",
    }  # fmt: skip
    assert await left(app.state.storage) == was_there


async def test_what_a_storage_lacks_is_named(company: Company, app: Litestar, s3_address: S3Address) -> None:
    def writes_over_and_counts_nothing(method: str, path: str, said: Said) -> None:
        if method == "PUT" and "X-Amz-Signature" in path and said.status in (400, 403, 412):
            said.status, said.body = 200, b""
        if method == "GET" and "X-Amz-Signature" not in path and said.status == 403:
            said.status, said.body = 200, b"to everyone"

    with between(s3_address) as (server, storage):
        await storage.prepare()
        before = await left(storage)
        server.change = writes_over_and_counts_nothing
        app.state.storage = storage
        await probe_when_there(storage, ORIGIN)
        report = await company.must("root", "GET", "/v1/storage")
        server.change = lambda method, path, said: None
        assert await left(storage) == before, "not even the upload that it broke off"
    assert set(report["lacking"]) == {
        "checksum", "length", "content_type", "no_overwrite", "private", "parts", "expiry", "nosniff",
    }  # fmt: skip
    seen = {one["name"]: one["seen"] for one in report["guarantees"]}
    assert seen["no_overwrite"] == "answered 200"
    assert seen["parts"] == "took a part whose checksum is another"


async def test_what_could_not_be_tried_is_not_said_to_hold(s3_address: S3Address, hasty: None) -> None:
    def no_parts(method: str, path: str, said: Said) -> None:
        if "uploads" in path:
            said.status, said.body = 501, b"<Error><Code>NotImplemented</Code></Error>"

    with between(s3_address) as (server, storage):
        await storage.prepare()
        server.change = no_parts
        report = await asyncio.to_thread(run, storage, ORIGIN)
    [parts] = [one for one in report.guarantees if one.name == "parts"]
    assert (parts.holds, "NotImplemented" in parts.seen) == (None, True)
    assert "parts" in report.lacking


async def test_a_storage_that_is_away_at_the_start_is_probed_when_it_comes(
    s3_address: S3Address, monkeypatch: pytest.MonkeyPatch, hasty: None
) -> None:
    monkeypatch.setattr(probe, "AGAIN", 0.05)
    with between(s3_address) as (server, storage):
        server.away = True
        probing = asyncio.create_task(probe_when_there(storage, ORIGIN))
        await asyncio.sleep(0.3)
        assert storage.report is None
        server.away = False
        await asyncio.wait_for(probing, 20)
    assert storage.report is not None
    assert set(storage.report.lacking) <= {"nosniff", "expiry"}


async def test_a_probe_that_breaks_off_takes_its_objects_with_it(
    s3_address: S3Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: probe.Try) -> probe.Tried:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(probe, "GUARANTEES", (*probe.GUARANTEES[:1], ("broken", "", broken)))
    storage = Storage(s3_address, "fieldproof")
    await storage.prepare()
    before = await left(storage)
    with pytest.raises(RuntimeError):
        await asyncio.to_thread(run, storage, ORIGIN)
    assert await left(storage) == before
