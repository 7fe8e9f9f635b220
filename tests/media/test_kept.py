"""Bytes with the promised hash are kept even if no picture can be made of them: in a state of their own, never shown inline."""

import os

import pytest
from litestar import Litestar

from mobile_contract.phone import Phone
from server.media import custody
from server.media.decoder import Decoded
from server.media.storage import object_key
from tests.company import Company
from tests.media.pictures import bomb, encoded, promised, state_of
from tests.media.test_faults import put, sha
from tests.media.test_uploads import sent_in_parts


def damaged() -> bytes:
    """Begins as a JPEG does, and is none: what a phone's full memory leaves of a photo."""
    return b"\xff\xd8\xff\xe0" + os.urandom(3000)


async def came(company: Company, photo_id: str, data: bytes) -> tuple[int, str]:
    """The bytes are sent, and looked at. Status and code of the answer."""
    assert await put(await company.must("wei", "POST", f"/v1/photos/{photo_id}/upload"), data) in (200, 412)
    answer = await company.call("wei", "POST", f"/v1/photos/{photo_id}/complete")
    return answer.status_code, answer.json().get("code", answer.json().get("state"))


@pytest.mark.parametrize("data", [damaged(), os.urandom(500), b"<html><script>alert(1)</script></html>", bomb()])
async def test_what_has_the_promised_hash_is_kept_though_it_is_no_picture(
    company: Company, wei: Phone, app: Litestar, data: bytes
) -> None:
    data += os.urandom(8)
    visit_id, photo_id = await promised(company, wei, data)
    expected = "wrong_promise" if data.startswith(b"\x89PNG") else "photo_unreadable"
    assert await came(company, photo_id, data) == (422, expected)
    state, finding = (await state_of(company, visit_id))[photo_id]
    assert state == "kept"
    assert finding
    assert await app.state.storage.read(object_key(sha(data)), 10**6) == data
    assert await came(company, photo_id, data) == (422, expected), "sent again, it is the same"


async def test_kept_bytes_are_the_desks_as_a_file_of_no_kind(company: Company, wei: Phone) -> None:
    data = b"<html><script>alert(1)</script></html>" + os.urandom(8)
    _, photo_id = await promised(company, wei, data)
    await came(company, photo_id, data)
    original = await company.call("mei", "GET", f"/v1/photos/{photo_id}/original")
    assert original.content == data
    assert original.headers["content-type"] == "application/octet-stream"
    assert original.headers["content-disposition"].startswith("attachment")
    assert original.headers["content-disposition"].endswith('.bin"')
    assert original.headers["x-content-type-options"] == "nosniff"
    for query in ({}, {"thumbnail": "true"}, {"copy": "true"}):
        shown = await company.call("mei", "GET", f"/v1/photos/{photo_id}/download", params=query)
        assert (shown.status_code, shown.json()["code"]) == (409, "only_as_file")
    assert (await company.call("wei", "GET", f"/v1/photos/{photo_id}/original")).status_code == 409
    assert (await company.call("anna", "GET", f"/v1/photos/{photo_id}/original")).status_code == 404


async def test_a_large_damaged_photo_is_kept_and_its_parts_are_not_sent_again(
    company: Company, wei: Phone, app: Litestar
) -> None:
    data = damaged()
    visit_id, photo_id = await promised(company, wei, data)
    await sent_in_parts(company, photo_id, data)
    path = f"/v1/photos/{photo_id}/multipart"
    refused = await company.call("wei", "POST", f"{path}/complete")
    assert (refused.status_code, refused.json()["code"]) == (422, "photo_unreadable")
    assert (await state_of(company, visit_id))[photo_id][0] == "kept"
    assert await app.state.storage.read(object_key(sha(data)), 10**6) == data
    assert len((await company.must("wei", "POST", path))["arrived"]) == 1
    assert (await company.call("wei", "POST", f"{path}/complete")).json()["code"] == "photo_unreadable"


async def test_every_promise_of_the_same_bytes_is_kept_at_once(company: Company, wei: Phone) -> None:
    data = damaged()
    visit_id, photo_id = await promised(company, wei, data)
    wei.photo(visit_id, "after", data)
    await wei.sync()
    await came(company, photo_id, data)
    assert {state for state, _ in (await state_of(company, visit_id)).values()} == {"kept"}


async def test_what_is_kept_is_looked_at_again_by_a_better_decoder(
    company: Company, wei: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = encoded()
    visit_id, photo_id = await promised(company, wei, data)

    def cannot(*_: object, **__: object) -> Decoded:
        return Decoded(fault="decoding it takes too long")

    monkeypatch.setattr("server.media.verify.decode", cannot)
    assert await came(company, photo_id, data) == (422, "photo_unreadable")
    monkeypatch.undo()
    assert await came(company, photo_id, data) == (200, "verified")
    assert await state_of(company, visit_id) == {photo_id: ("verified", "")}


async def test_other_bytes_at_its_upload_do_not_take_the_place_of_what_is_kept(
    company: Company, wei: Phone, app: Litestar
) -> None:
    data = damaged()
    visit_id, photo_id = await promised(company, wei, data)
    await came(company, photo_id, data)
    before = await state_of(company, visit_id)
    await app.state.storage.write("incoming/other", damaged(), "image/jpeg")
    async with app.state.sessions() as session:
        photo = await session.get_one(custody.Photo, photo_id)
    problem = await custody.verify(app.state.sessions, app.state.storage, photo, "incoming/other")
    assert isinstance(problem, custody.PhotoMismatch)
    assert await state_of(company, visit_id) == before
    assert await app.state.storage.read(object_key(sha(data)), 10**6) == data
