"""Bringing photos to the real storage: in one piece, in parts with a phone that is killed, and what must be refused."""

import asyncio
import hashlib

import httpx
import pytest

from mobile_contract import upload as client
from mobile_contract.phone import Phone
from server.media import storage as signing
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
