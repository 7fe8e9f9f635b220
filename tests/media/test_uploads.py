"""Bringing photos to the real storage: in one piece, in parts with a phone that is killed, and what must be refused."""

import asyncio
import hashlib
from typing import Any

import httpx
import pytest

from mobile_contract import upload as client
from mobile_contract.phone import Phone
from server.media import storage as signing
from server.media import uploads
from server.media import verify as looking
from server.media.rules import PART_SIZE
from tests.company import Company
from tests.media.pictures import encoded, png, promised, state_of, with_archive


async def bring(phone: Phone, photo_id: str, data: bytes) -> str:
    async with httpx.AsyncClient(timeout=60) as storage:
        return str((await client.upload(phone._call, storage, photo_id, data))["state"])


async def test_a_killed_phone_goes_on_without_sending_parts_again(
    company: Company, wei: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = png(64, 64) + b"\0" * (20 * 1024 * 1024)
    visit_id, photo_id = await promised(company, wei, data, "image/png")
    path = f"/v1/photos/{photo_id}/multipart"
    begun = await company.must("wei", "POST", path)
    assert (begun["parts"], begun["arrived"]) == (3, [])
    part = data[: begun["part_size"]]
    wanted = {"parts": [{"number": 1, "sha256": hashlib.sha256(part).hexdigest()}]}
    signed = (await company.must("wei", "POST", f"{path}/parts", json=wanted))["parts"][0]
    async with httpx.AsyncClient(timeout=60) as storage:
        assert (await storage.put(signed["url"], headers=signed["headers"], content=part[::-1])).status_code == 400
        for _ in range(2):  # some services list a part that came twice twice
            assert (await storage.put(signed["url"], headers=signed["headers"], content=part)).is_success
    early = await company.call("wei", "POST", f"{path}/complete")
    assert (early.status_code, early.json()["missing"]) == (409, [2, 3])
    assert [one["number"] for one in (await company.must("wei", "GET", path))["arrived"]] == [1]
    sent: list[int] = []
    send = client._part

    async def counted(call: client.Call, storage: httpx.AsyncClient, path: str, number: int, data: bytes) -> None:
        sent.append(number)
        await send(call, storage, path, number, data)

    monkeypatch.setattr(client, "_part", counted)
    assert await bring(wei, photo_id, data) == "verified"
    assert sorted(sent) == [2, 3]
    assert (await state_of(company, visit_id))[photo_id] == ("verified", "")


async def test_an_original_with_more_behind_it_is_given_as_a_file_only(company: Company, wei: Phone) -> None:
    data = with_archive()
    visit_id, photo_id = await promised(company, wei, data)
    assert await bring(wei, photo_id, data) == "verified"
    assert "ZIP" in (await state_of(company, visit_id))[photo_id][1]
    refused = await company.call("mei", "GET", f"/v1/photos/{photo_id}/download")
    assert (refused.status_code, refused.json()["code"]) == (409, "only_as_file")
    original = await company.call("mei", "GET", f"/v1/photos/{photo_id}/original")
    assert original.content == data
    assert original.headers["content-type"] == "image/jpeg"
    assert original.headers["x-content-type-options"] == "nosniff"
    assert original.headers["content-disposition"].startswith("attachment")
    assert (await company.call("anna", "GET", f"/v1/photos/{photo_id}/original")).status_code == 404
    copy = await company.must("mei", "GET", f"/v1/photos/{photo_id}/download", params={"copy": "true"})
    async with httpx.AsyncClient() as store:
        assert b"PK\x05\x06" not in (await store.get(copy["url"])).content


async def test_an_expired_signature_is_refused_and_a_new_one_works(
    company: Company, wei: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = encoded()
    _, photo_id = await promised(company, wei, data)
    monkeypatch.setattr(signing, "UPLOAD_SECONDS", 1)
    where = await company.must("wei", "POST", f"/v1/photos/{photo_id}/upload")
    await asyncio.sleep(1.3)
    async with httpx.AsyncClient() as store:
        assert (await store.put(where["url"], headers=where["headers"], content=data)).status_code == 403
    monkeypatch.undo()
    assert await bring(wei, photo_id, data) == "verified"


async def test_the_same_photo_twice_is_one_and_in_two_slots_two_entries_of_one_object(
    company: Company, wei: Phone
) -> None:
    data = encoded()
    visit_id, first = await promised(company, wei, data)
    again, other = wei.photo(visit_id, "before", data), wei.photo(visit_id, "after", data)
    await wei.sync()
    assert set(await state_of(company, visit_id)) == {first, other}
    assert await bring(wei, again, data) == "verified"
    assert {state for state, _ in (await state_of(company, visit_id)).values()} == {"verified"}


async def sent_in_parts(company: Company, photo_id: str, data: bytes) -> str:
    """Bring all parts and complete nothing. Returns the upload's id."""
    path = f"/v1/photos/{photo_id}/multipart"
    begun = await company.must("wei", "POST", path)
    size = begun["part_size"]
    parts = [data[start : start + size] for start in range(0, len(data), size)]
    wanted = [{"number": n, "sha256": hashlib.sha256(part).hexdigest()} for n, part in enumerate(parts, 1)]
    signed = await company.must("wei", "POST", f"{path}/parts", json={"parts": wanted})
    async with httpx.AsyncClient(timeout=60) as storage:
        for where, part in zip(signed["parts"], parts, strict=True):
            assert (await storage.put(where["url"], headers=where["headers"], content=part)).is_success
    return str(begun["upload_id"])


async def test_a_whole_whose_verification_was_put_off_is_not_sent_again(
    company: Company, wei: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = png(64, 64) + bytes(PART_SIZE + 1000)
    _, photo_id = await promised(company, wei, data, "image/png")
    upload_id, path = await sent_in_parts(company, photo_id, data), f"/v1/photos/{photo_id}/multipart"
    monkeypatch.setattr(looking, "MOST_WAITING", 0)
    busy = await company.call("wei", "POST", f"{path}/complete")
    assert (busy.status_code, busy.json()["code"]) == (429, "busy")
    monkeypatch.undo()
    for method in ("POST", "GET"):
        begun = await company.must("wei", method, path)
        assert begun["upload_id"] == upload_id
        assert [(part["number"], part["size"]) for part in begun["arrived"]] == [
            (1, PART_SIZE), (2, len(data) - PART_SIZE),
        ]  # fmt: skip
    assert (await company.must("wei", "POST", f"{path}/complete"))["state"] == "verified"
    assert (await company.call("wei", "GET", path)).status_code == 404


@pytest.mark.parametrize("moment", ["must_find", "assemble"])
async def test_a_call_that_comes_second_gets_the_photo_that_the_first_had_verified(
    company: Company, wei: Phone, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    data = encoded()
    _, photo_id = await promised(company, wei, data)
    await sent_in_parts(company, photo_id, data)
    go_on, path = getattr(uploads, moment), f"/v1/photos/{photo_id}/multipart/complete"

    async def while_another_completes(*arguments: Any) -> Any:
        monkeypatch.undo()
        await company.must("wei", "POST", path)
        return await go_on(*arguments)

    monkeypatch.setattr(uploads, moment, while_another_completes)
    assert (await company.must("wei", "POST", path))["state"] == "verified"
    assert getattr(uploads, moment) is go_on


async def test_an_upload_under_way_keeps_the_part_size_it_was_begun_with(
    company: Company, wei: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, before = png(64, 64) + bytes(12_000_000), 5 * 1024 * 1024
    _, photo_id = await promised(company, wei, data, "image/png")
    monkeypatch.setattr(uploads, "PART_SIZE", before)
    upload_id = await sent_in_parts(company, photo_id, data)
    monkeypatch.undo()
    begun = await company.must("wei", "POST", f"/v1/photos/{photo_id}/multipart")
    assert (begun["upload_id"], begun["part_size"], begun["parts"]) == (upload_id, before, 3)
    done = await company.must("wei", "POST", f"/v1/photos/{photo_id}/multipart/complete")
    assert done["state"] == "verified"


async def test_a_revoked_phone_may_drop_an_upload_that_was_signed_for_other_bytes(company: Company, wei: Phone) -> None:
    data = encoded()
    _, photo_id = await promised(company, wei, data)
    path = f"/v1/photos/{photo_id}/multipart"
    await wei._call("POST", path)
    await company.must("root", "POST", f"/v1/devices/{wei.state['device_id']}/revoke")
    assert (await wei._call("DELETE", path)).status_code == 204
    assert (await wei._call("GET", path)).status_code == 404
