"""What goes wrong between a phone and the storage: cut connections, wrong bytes, lies, an outage. Nothing is lost by it."""

import asyncio
import hashlib
import socket
import struct
from urllib.parse import urlsplit

import asyncpg
import httpx
import msgspec
import pytest
from litestar import Litestar

from mobile_contract import upload as client
from mobile_contract.phone import Phone
from server.embedded.storage import S3Address
from server.faults import keep
from server.ground import clock, limited
from server.ground.problems import Unavailable
from server.media import decoder
from server.media.orphans import collect_orphans
from server.media.rules import PART_SIZE, USUAL
from server.media.storage import Storage, checksum_of, object_key
from server.process import worker
from server.process.worker import working
from server.records.sealer import Sealer
from tests.company import Company
from tests.day import finished_visit
from tests.media.between import Said, between
from tests.media.pictures import bomb, encoded, png, promised, state_of
from tests.media.test_uploads import bring

HOUR = 3_600_000_000


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def cut_off(where: dict[str, object], data: bytes, after: int) -> None:
    """PUT as far as `after` bytes, and then the connection is reset."""
    to = urlsplit(str(where["url"]))
    head = {"Host": to.netloc, "Content-Length": str(len(data)), **where["headers"]}  # type: ignore[dict-item]
    lines = [f"PUT {to.path}?{to.query} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items()), "", ""]
    with socket.create_connection((str(to.hostname), int(to.port or 80)), timeout=10) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.sendall("\r\n".join(lines).encode() + data[:after])


async def put(where: dict[str, object], data: bytes) -> int:
    async with httpx.AsyncClient() as store:
        answer = await store.put(str(where["url"]), headers=where["headers"], content=data)  # type: ignore[arg-type]
    return answer.status_code


async def test_a_connection_that_is_cut_in_mid_body_leaves_nothing_and_is_tried_again(
    company: Company, wei: Phone, app: Litestar
) -> None:
    data = encoded() + bytes(500_000)
    visit_id, photo_id = await promised(company, wei, data)
    cut_off(await company.must("wei", "POST", f"/v1/photos/{photo_id}/upload"), data, 300_000)
    early = await company.call("wei", "POST", f"/v1/photos/{photo_id}/complete")
    assert (early.status_code, early.json()["code"]) == (409, "not_uploaded")
    assert await app.state.storage.read(object_key(sha(data)), 10) is None
    assert await bring(wei, photo_id, data) == "verified"
    assert await state_of(company, visit_id) == {photo_id: ("verified", "")}


async def test_a_part_that_is_cut_off_is_the_only_one_that_is_sent_again(
    company: Company, wei: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = png(64, 64) + bytes(PART_SIZE + 100_000)
    _, photo_id = await promised(company, wei, data, "image/png")
    path = f"/v1/photos/{photo_id}/multipart"
    await company.must("wei", "POST", path)
    parts = data[:PART_SIZE], data[PART_SIZE:]
    wanted = {"parts": [{"number": number, "sha256": sha(part)} for number, part in enumerate(parts, 1)]}
    first, second = (await company.must("wei", "POST", f"{path}/parts", json=wanted))["parts"]
    cut_off(first, parts[0], 1_000_000)
    assert await put(second, parts[1]) == 200
    sent: list[int] = []
    send = client._part

    async def counted(call: client.Call, storage: httpx.AsyncClient, path: str, number: int, data: bytes) -> None:
        sent.append(number)
        await send(call, storage, path, number, data)

    monkeypatch.setattr(client, "_part", counted)
    async with httpx.AsyncClient() as store:
        assert (await client._in_parts(wei._call, store, photo_id, data, lambda _: None))["state"] == "verified"
    assert sent == [1]


async def test_bytes_that_are_there_already_are_verified_without_being_sent_again(company: Company, wei: Phone) -> None:
    data = encoded()
    visit_id, photo_id = await promised(company, wei, data)
    where = await company.must("wei", "POST", f"/v1/photos/{photo_id}/upload")
    over = {**where, "headers": {name: where["headers"][name] for name in where["headers"].keys() - {"if-none-match"}}}
    assert [await put(where, data), await put(where, data), await put(over, data)] == [200, 412, 403]
    assert (await state_of(company, visit_id))[photo_id][0] == "promised"
    assert await bring(wei, photo_id, data) == "verified"


async def test_wrong_bytes_are_set_aside_and_do_not_block_the_true_ones(
    company: Company, wei: Phone, app: Litestar
) -> None:
    data = encoded()
    visit_id, photo_id = await promised(company, wei, data)
    key, wrong = object_key(sha(data)), encoded()
    await app.state.storage.write(key, wrong, "image/jpeg")
    refused = await company.call("wei", "POST", f"/v1/photos/{photo_id}/complete")
    assert (refused.status_code, refused.json()["code"]) == (422, "photo_mismatch")
    assert (await state_of(company, visit_id))[photo_id][0] == "quarantined"
    assert await app.state.storage.read(key, 10) is None
    [[kept]] = await asyncio.to_thread(list, app.state.storage.pages(f"quarantine/{sha(data)}/"))
    assert await app.state.storage.read(kept.key, 10**6) == wrong
    where = await company.must("wei", "POST", f"/v1/photos/{photo_id}/upload")
    assert await put(where, data) == 200
    await company.must("wei", "POST", f"/v1/photos/{photo_id}/complete")
    assert await state_of(company, visit_id) == {photo_id: ("verified", "")}


async def test_a_whole_that_is_not_the_promised_photo_is_set_aside_and_the_true_one_taken(
    company: Company, wei: Phone
) -> None:
    data, wrong = encoded("PNG"), b"\x89PNG\r\n\x1a\n"
    wrong += bytes(len(data) - len(wrong))
    visit_id, photo_id = await promised(company, wei, data, "image/png")
    path = f"/v1/photos/{photo_id}/multipart"
    await company.must("wei", "POST", path)
    wanted = {"parts": [{"number": 1, "sha256": sha(wrong)}]}
    [where] = (await company.must("wei", "POST", f"{path}/parts", json=wanted))["parts"]
    assert await put(where, wrong) == 200
    refused = await company.call("wei", "POST", f"{path}/complete")
    assert (refused.status_code, refused.json()["code"]) == (422, "photo_mismatch")
    assert (await state_of(company, visit_id))[photo_id] == ("quarantined", "its SHA-256 is another")
    async with httpx.AsyncClient() as store:
        assert (await client._in_parts(wei._call, store, photo_id, data, lambda _: None))["state"] == "verified"


async def test_a_bomb_is_kept_and_never_opened(company: Company, wei: Phone, app: Litestar) -> None:
    assert 90_000 < len(bomb()) < 120_000
    visit_id, photo_id = await promised(company, wei, bomb(), "image/png")
    assert await put(await company.must("wei", "POST", f"/v1/photos/{photo_id}/upload"), bomb()) == 200
    refused = await company.call("wei", "POST", f"/v1/photos/{photo_id}/complete")
    assert "900 megapixels" in refused.json()["detail"]
    assert (await state_of(company, visit_id))[photo_id][0] == "kept"
    assert await app.state.storage.read(object_key(sha(bomb())), 10**6) == bomb()
    assert (await company.call("mei", "GET", f"/v1/photos/{photo_id}/download")).status_code == 409


async def test_what_the_storage_says_of_an_object_is_not_believed(
    company: Company, wei: Phone, app: Litestar, s3_address: S3Address
) -> None:
    data = encoded()
    wrong = data[:-600] + bytes(598) + data[-2:]
    visit_id, photo_id = await promised(company, wei, data)
    await app.state.storage.write(object_key(sha(data)), wrong, "image/jpeg")

    def lies(method: str, path: str, said: Said) -> None:
        if method in ("HEAD", "GET") and "cas/" in path:
            said.headers["x-amz-checksum-sha256"] = checksum_of(sha(data))
            said.headers["etag"] = f'"{hashlib.md5(data, usedforsecurity=False).hexdigest()}"'

    with between(s3_address) as (server, storage):
        server.change, app.state.storage = lies, storage
        head = await storage.call(
            lambda seen: seen.head_object(Bucket="fieldproof", Key=object_key(sha(data)), ChecksumMode="ENABLED")
        )
        assert (head["ChecksumSHA256"], head["ContentLength"]) == (checksum_of(sha(data)), len(data))
        refused = await company.call("wei", "POST", f"/v1/photos/{photo_id}/complete")
    assert (refused.status_code, refused.json()["code"]) == (422, "photo_mismatch")
    assert (await state_of(company, visit_id))[photo_id] == ("quarantined", "its SHA-256 is another")


async def test_a_decoder_that_does_not_start_sets_no_photo_aside(
    company: Company, wei: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = encoded()
    visit_id, photo_id = await promised(company, wei, data)
    assert await put(await company.must("wei", "POST", f"/v1/photos/{photo_id}/upload"), data) == 200
    decoder.close()
    with monkeypatch.context() as patch:
        patch.setattr(limited, "_AT_THREE", "raise SystemExit('a library is missing')")
        assert (await company.call("wei", "POST", f"/v1/photos/{photo_id}/complete")).status_code == 503
        assert (await state_of(company, visit_id))[photo_id] == ("promised", "")
    assert (await company.must("wei", "POST", f"/v1/photos/{photo_id}/complete"))["state"] == "verified"


async def test_an_hour_without_storage_holds_nobody_up_and_loses_nothing(
    company: Company, wei: Phone, app: Litestar, s3_address: S3Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "ATTEMPTS", 1)
    sent, waiting, large = encoded(), encoded(), png(64, 64) + bytes(PART_SIZE)
    with between(s3_address) as (server, storage):
        app.state.storage = storage
        await storage.prepare()
        visit_id, sent_id = await promised(company, wei, sent)
        waiting_id, large_id = wei.photo(visit_id, "after", waiting), wei.photo(visit_id, "fault", large, "image/png")
        await wei.sync()
        assert await put(await company.must("wei", "POST", f"/v1/photos/{sent_id}/upload"), sent) == 200
        path, part = f"/v1/photos/{large_id}/multipart", large[:PART_SIZE]
        await company.must("wei", "POST", path)
        wanted = {"parts": [{"number": 1, "sha256": sha(part)}]}
        assert await put((await company.must("wei", "POST", f"{path}/parts", json=wanted))["parts"][0], part) == 200

        server.away, later = True, clock.micros() + HOUR
        try:
            clock.hold(lambda: later)
            await wei.sign_in()
            for who in ("mei", "wei"):
                await company.log_in(who)
            note = wei.tap("note", visit_id, {"note_id": sent_id, "text": "No storage, and the work goes on"})
            during_id = wei.photo(visit_id, "nameplate", encoded())
            await wei.sync()
            assert wei.state["outcomes"][note]["outcome"] == "applied"
            assert (await company.must("mei", "GET", "/v1/board"))["visits"] is not None
            assert (await company.call(None, "GET", "/health")).status_code == 503
            again = await company.call("wei", "POST", f"/v1/photos/{sent_id}/complete")
            assert (again.status_code, again.json()["code"]) == (503, "unavailable")
            for photo_id, data in ((waiting_id, waiting), (large_id, large)):
                with pytest.raises(client.UploadFailed):
                    await bring(wei, photo_id, data)
            with pytest.raises(Unavailable):
                await collect_orphans(app.state.sessions, storage, -USUAL.orphan_after)
            states = await state_of(company, visit_id)
            assert {states[one][0] for one in (sent_id, waiting_id, large_id, during_id)} == {"promised"}

            server.away = False
            server.asked.clear()
            await company.must("wei", "POST", f"/v1/photos/{sent_id}/complete")
            assert await bring(wei, waiting_id, waiting) == "verified"
            assert await bring(wei, large_id, large) == "verified"
            assert await wei.upload_photos() == 4
        finally:
            clock.hold(None)
        assert not [path for method, path in server.asked if method == "PUT" and f"cas/{sha(sent)}" in path]
    assert set((await state_of(company, visit_id)).values()) == {("verified", "")}


async def test_why_the_storage_fails_is_logged_without_secrets(
    s3_address: S3Address, caplog: pytest.LogCaptureFixture
) -> None:
    forged = msgspec.structs.replace(s3_address, secret_access_key="another secret")
    gone = msgspec.structs.replace(s3_address, endpoint_url="http://127.0.0.1:9")
    for address in (forged, gone):
        with pytest.raises(Unavailable):
            await Storage(address, "fieldproof").write("cas/x", b"x", "text/plain")
    assert [one.levelname for one in caplog.records] == ["WARNING"] * 2
    for line, cause in zip(caplog.messages, ("SignatureDoesNotMatch", "EndpointConnection"), strict=True):
        assert cause in line
    for secret in ("another secret", s3_address.access_key_id, "X-Amz", "http:"):
        assert secret not in caplog.text


async def test_a_report_whose_sealing_met_an_outage_is_sealed_when_the_storage_is_back(
    company: Company, wei: Phone, app: Litestar, s3_address: S3Address, sealer: Sealer, database_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(keep, "AGAIN", worker.timedelta(seconds=0.1))
    visit_id = await finished_visit(company, wei)
    await wei.upload_photos()
    connection = await asyncpg.connect(database_url)
    with between(s3_address) as (server, storage):
        server.away = True
        async with asyncio.timeout(30), working(database_url, app.state.sessions, storage, sealer):
            while not await connection.fetchval("select max(attempts) > 1 from pgqueuer"):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
            assert await connection.fetchval("select count(*) from sealed_record") == 0
            server.away = False
            while not await connection.fetchval("select count(*) from sealed_record"):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
    await connection.close()
    assert len(await company.must("mei", "GET", f"/v1/visits/{visit_id}/records")) == 1
