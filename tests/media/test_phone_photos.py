"""The reference phone brings its photos one by one: what is refused, lost or unanswered holds up none of the others."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from mobile_contract import upload as client
from mobile_contract.chain import uuid7
from mobile_contract.phone import Phone
from tests.company import Company
from tests.media.pictures import encoded, png, state_of

MB = 1024 * 1024


def states(phone: Phone) -> list[str]:
    return [photo["state"] for photo in phone.state["photos"].values()]


async def test_a_photo_whose_promise_was_parked_holds_up_none_and_is_brought_once_the_desk_applied_it(
    company: Company, wei: Phone
) -> None:
    mine, other = await company.visit("wei"), await company.visit("anna")
    await wei.sync()
    wei.photo(mine, "before", encoded())
    parked = wei.photo(other, "before", encoded())
    wei.photo(mine, "after", encoded())
    await wei.sync()
    assert await wei.upload_photos() == 2
    assert states(wei) == ["verified", "refused", "verified"]
    assert wei.state["photos"][parked]["finding"].startswith("not_found: ")
    [waiting] = await company.must("mei", "GET", "/v1/parked")
    await company.assign(other, "wei")
    await company.must("mei", "POST", f"/v1/parked/{waiting['id']}", json={"resolution": "applied"})
    assert await wei.upload_photos() == 1
    assert (states(wei), await state_of(company, other)) == (["verified"] * 3, {parked: ("verified", "")})


async def test_a_photo_that_was_promised_wrongly_or_is_lost_on_the_phone_holds_up_none(
    company: Company, wei: Phone
) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    wrong = wei.photo(visit_id, "before", encoded(), "image/png")
    lost = wei.photo(visit_id, "fault", encoded())
    wei.photo(visit_id, "after", encoded())
    wei.pictures.only(set(wei.state["photos"]) - {lost})
    await wei.sync()
    assert await wei.upload_photos() == 1
    assert states(wei) == ["refused", "refused", "verified"]
    assert wei.state["photos"][wrong]["finding"].startswith("wrong_promise: ")
    assert wei.state["photos"][lost]["finding"].startswith("bytes_lost: ")


async def test_a_photo_whose_promise_is_unsent_is_not_asked_for(company: Company, wei: Phone) -> None:
    wei.photo(await company.visit("wei"), "before", encoded())
    assert await wei.upload_photos() == 0
    assert states(wei) == ["waiting"]


async def test_a_large_photo_goes_in_parts_by_itself_and_it_is_told_how_far_it_is(
    company: Company, wei: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts: list[int] = []
    told: list[tuple[str, int]] = []
    send = client._part

    def far() -> tuple[str, int]:
        (line,) = wei.photo_progress(visit_id)
        return line["state"], line["sent"]

    async def counted(call: client.Call, storage: httpx.AsyncClient, path: str, number: int, data: bytes) -> None:
        parts.append(number)
        told.append(far())
        await send(call, storage, path, number, data)

    monkeypatch.setattr(client, "_part", counted)
    visit_id = await company.visit("wei")
    await wei.sync()
    photo_id = wei.photo(visit_id, "before", png(64, 64) + bytes(17 * MB), "image/png")
    assert far() == ("promised", 0)
    await wei.sync()
    assert far() == ("waiting", 0)
    assert await wei.upload_photos() == 1
    assert told == [("uploading", 0), ("uploading", 8 * MB), ("uploading", 16 * MB)]
    assert far() == ("verified", wei.photo_progress()[0]["size"])
    assert wei.photo_progress(uuid7()) == []
    assert (await state_of(company, visit_id))[photo_id][0] == "verified"
    assert sorted(parts) == [1, 2, 3]


async def test_when_nobody_answers_the_rest_waits_and_is_brought_later(
    company: Company, wei: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "ATTEMPTS", 1)
    visit_id = await company.visit("wei")
    await wei.sync()
    for _ in range(4):
        wei.photo(visit_id, "before", encoded())
    await wei.sync()
    asked: list[str] = []
    call = wei.session.call

    async def cut(method: str, path: str, **kwargs: Any) -> httpx.Response:
        asked.append(path)
        raise httpx.ReadError("no network")

    monkeypatch.setattr(wei.session, "call", cut)
    with pytest.raises(client.UploadFailed):
        await wei.upload_photos()
    assert (len(asked), states(wei)) == (2, ["waiting"] * 4)

    async def flaky(method: str, path: str, **kwargs: Any) -> httpx.Response:
        if next(iter(wei.state["photos"])) in path:
            raise httpx.ReadError("only for this one")
        return await call(method, path, **kwargs)

    monkeypatch.setattr(wei.session, "call", flaky)
    assert await wei.upload_photos() == 3
    monkeypatch.undo()
    assert await wei.upload_photos() == 1


async def test_those_that_nobody_answers_for_come_last_the_next_time(
    company: Company, wei: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "ATTEMPTS", 1)
    visit_id = await company.visit("wei")
    await wei.sync()
    silent = [wei.photo(visit_id, "before", encoded()) for _ in range(2)]
    wei.photo(visit_id, "after", encoded())
    await wei.sync()
    call = wei.session.call

    async def flaky(method: str, path: str, **kwargs: Any) -> httpx.Response:
        if any(one in path for one in silent):
            raise httpx.ReadError("only for these")
        return await call(method, path, **kwargs)

    monkeypatch.setattr(wei.session, "call", flaky)
    with pytest.raises(client.UploadFailed):
        await wei.upload_photos()
    assert await wei.upload_photos() == 1
    assert states(wei) == ["waiting", "waiting", "verified"]


async def test_bytes_lie_beside_the_state_and_a_kill_leaves_none_without_a_promise(
    company: Company, tmp_path: Path
) -> None:
    phone = Phone(company.http, disk=tmp_path / "phone.json")
    code = await company.must("mei", "POST", f"/v1/users/{company.ids['wei']}/enrolment-codes")
    await phone.enrol(code["code"])
    data = encoded()
    kept = phone.photo(await company.visit("wei"), "before", data)
    assert data.hex()[:40] not in (tmp_path / "phone.json").read_text()
    phone.pictures.keep(uuid7(), b"killed before the promise was written down")
    again = Phone(company.http, disk=tmp_path / "phone.json")
    assert again.pictures.read(kept) == data
    assert again.pictures.folder is not None
    assert [file.name for file in again.pictures.folder.iterdir()] == [kept]
    await again.sync()
    assert await again.upload_photos() == 1


async def test_a_small_picture_lies_beside_its_photo_and_goes_with_the_rows(
    company: Company, wei: Phone, tmp_path: Path
) -> None:
    phone = Phone(wei.http, disk=tmp_path / "phone.json")
    phone.commit(device_id=uuid7())
    with_one = phone.photo(uuid7(), "before", encoded(), thumbnail=b"small")
    without = phone.photo(uuid7(), "before", encoded())
    again = Phone(wei.http, disk=tmp_path / "phone.json")
    assert [again.pictures.thumbnail(one) for one in (with_one, without)] == [b"small", None]
    again.commit(revoked=True, outbox=[], photos={})
    again._forget_when_revoked()
    assert again.pictures.thumbnail(with_one) is None


async def test_the_disk_of_an_older_version_is_taken_over(company: Company, tmp_path: Path) -> None:
    disk = tmp_path / "phone.json"
    phone = Phone(company.http, disk=disk)
    code = await company.must("mei", "POST", f"/v1/users/{company.ids['wei']}/enrolment-codes")
    await phone.enrol(code["code"])
    data = encoded()
    photo_id = phone.photo(await company.visit("wei"), "before", data)
    old = json.loads(disk.read_text())
    for name in ("known_as", "set_aside", "stopped_by", "revoked", "user_id"):
        del old[name]
    old["photos"][photo_id] = {**old["photos"][photo_id], "bytes": data.hex()}
    del old["photos"][photo_id]["state"], old["photos"][photo_id]["finding"]
    phone.pictures.only(())
    disk.write_text(json.dumps(old))
    again = Phone(company.http, disk=disk)
    assert "bytes" not in json.loads(disk.read_text())["photos"][photo_id]
    await again.sync()
    assert await again.upload_photos() == 1
