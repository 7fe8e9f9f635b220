"""Promises that do not fit the bytes: two names of one type, a wrong size or type, and how a phone makes them good."""

import hashlib
from typing import Any

import httpx
import pytest
from litestar import Litestar

from mobile_contract.chain import uuid7
from mobile_contract.phone import Phone
from server.media import custody
from server.media.decoder import Decoded
from server.media.storage import object_key
from server.records.sealer import Sealer
from tests.company import Company
from tests.day import finished_visit
from tests.media.pictures import encoded, promised, state_of
from tests.media.test_uploads import bring, sent_in_parts
from tests.records.sealing import record_and_pdf, seal, verified


def promise(phone: Phone, visit_id: str, data: bytes, **said: Any) -> str:
    """Promise these bytes in words of one's own. Returns the operation's id."""
    body = {
        "photo_id": uuid7(), "slot": "before", "sha256": hashlib.sha256(data).hexdigest(), "size": len(data),
        "content_type": "image/jpeg",
    }  # fmt: skip
    return phone.tap("photo", visit_id, body | said)


def outcome(phone: Phone, operation_id: str) -> str:
    return str(phone.state["outcomes"][operation_id]["outcome"])


async def put(company: Company, photo_id: str, data: bytes) -> int:
    where = await company.must("wei", "POST", f"/v1/photos/{photo_id}/upload")
    async with httpx.AsyncClient() as store:
        return (await store.put(where["url"], headers=where["headers"], content=data)).status_code


@pytest.mark.parametrize("names", [("image/heic", "image/heif"), ("image/heif", "image/heic")])
async def test_heic_is_one_type_whichever_of_its_names_comes_first(
    company: Company, wei: Phone, names: tuple[str, str]
) -> None:
    data = encoded("HEIF")
    visit_id, first = await promised(company, wei, data, names[0])
    under_way = promise(wei, visit_id, data, slot="after", content_type=names[1])
    await wei.sync()
    assert await bring(wei, first, data) == "verified"
    later = promise(wei, visit_id, data, slot="fault", content_type=names[1])
    again = promise(wei, visit_id, data, content_type=names[1])
    await wei.sync()
    assert [outcome(wei, one) for one in (under_way, later, again)] == ["applied", "applied", "merged"]
    assert [state for state, _ in (await state_of(company, visit_id)).values()] == ["verified"] * 3


JPEG_NAMES = ["image/jpg", "IMAGE/JPEG", "image/pjpeg", "Image/Jpg"]


@pytest.mark.parametrize("name", JPEG_NAMES)
async def test_a_jpeg_by_another_of_its_names_is_taken_and_kept_as_it_was_signed(
    company: Company, wei: Phone, name: str
) -> None:
    data = encoded("JPEG")
    visit_id, first = await promised(company, wei, data, name)
    assert await bring(wei, first, data) == "verified"
    later = promise(wei, visit_id, data, slot="after", content_type="image/jpeg")
    again = promise(wei, visit_id, data, content_type="image/jpeg")
    other = promise(wei, visit_id, encoded("PNG"), slot="fault", content_type="image/jpg")
    await wei.sync()
    assert [outcome(wei, one) for one in (later, again, other)] == ["applied", "merged", "applied"]
    photos = await company.must("mei", "GET", f"/v1/visits/{visit_id}/photos")
    assert [one["content_type"] for one in photos if one["slot"] == "before"] == [name]
    shown = await company.call("mei", "GET", f"/v1/photos/{first}/original")
    assert (shown.status_code, shown.headers.get("content-type")) == (200, "image/jpeg")


async def test_a_record_of_a_photo_by_another_name_verifies(
    company: Company, wei: Phone, app: Litestar, sealer: Sealer
) -> None:
    tap = wei.photo
    wei.photo = lambda visit_id, slot, data: tap(visit_id, slot, data, "image/jpg")  # type: ignore[method-assign,misc]
    visit_id = await finished_visit(company, wei)
    await wei.upload_photos()
    assert await seal(app, sealer, visit_id) == 1
    _, pdf = await record_and_pdf(company, visit_id)
    claims = await verified(pdf, sealer)
    assert [claim.id for claim in claims.values() if claim.ok is False] == []


@pytest.mark.parametrize("name", ["image/gif", "text/html", "image/jpeg2", "", "JPEG"])
async def test_what_is_no_photo_is_parked_and_says_what_is(company: Company, wei: Phone, name: str) -> None:
    visit_id = await company.visit("wei")
    tap = promise(wei, visit_id, b"x", content_type=name)
    await wei.sync()
    assert outcome(wei, tap) == "parked"
    assert wei.state["outcomes"][tap]["sentence"].startswith("A photo is image/jpeg, image/png")


async def test_a_visit_is_sealed_after_a_photo_that_was_promised_wrongly_is_promised_again(
    company: Company, wei: Phone, app: Litestar, sealer: Sealer, monkeypatch: pytest.MonkeyPatch
) -> None:
    take = wei.photo
    monkeypatch.setattr(wei, "photo", lambda visit, slot, data: take(visit, slot, data, "image/png"))
    visit_id = await finished_visit(company, wei)
    monkeypatch.undo()
    photos = {photo_id: wei.pictures.read(photo_id) or b"" for photo_id in wei.state["photos"]}
    operations = []
    for photo_id, data in photos.items():
        assert await put(company, photo_id, data) == 200
        refused = await company.call("wei", "POST", f"/v1/photos/{photo_id}/complete")
        assert (refused.status_code, refused.json()["code"]) == (422, "wrong_promise")
        assert "its content is image/jpeg, not image/png. Promise the photo again" in refused.json()["detail"]
        operations.append(promise(wei, visit_id, data, slot=wei.state["photos"][photo_id]["slot"]))
    assert {state for state, _ in (await state_of(company, visit_id)).values()} == {"kept"}
    await wei.sync()
    assert [outcome(wei, one) for one in operations] == ["applied", "applied"]
    for photo_id, data in photos.items():
        assert await put(company, photo_id, data) == 412
        await company.must("wei", "POST", f"/v1/photos/{photo_id}/complete")
    assert await state_of(company, visit_id) == dict.fromkeys(photos, ("verified", ""))
    assert await seal(app, sealer, visit_id) == 1


async def test_a_whole_whose_promise_was_wrong_is_not_sent_again(company: Company, wei: Phone) -> None:
    data = encoded()
    visit_id, photo_id = await promised(company, wei, data, "image/webp")
    await sent_in_parts(company, photo_id, data)
    path = f"/v1/photos/{photo_id}/multipart"
    assert (await company.call("wei", "POST", f"{path}/complete")).json()["code"] == "wrong_promise"
    promise(wei, visit_id, data)
    await wei.sync()
    assert len((await company.must("wei", "POST", path))["arrived"]) == 1
    assert (await company.must("wei", "POST", f"{path}/complete"))["state"] == "verified"


async def test_a_wrong_size_keeps_the_bytes_out_until_it_is_promised_again(company: Company, wei: Phone) -> None:
    data = encoded()
    visit_id = await company.visit("wei")
    await wei.sync()
    wrong = promise(wei, visit_id, data, size=len(data) + 1)
    await wei.sync()
    [photo_id] = await state_of(company, visit_id)
    assert await put(company, photo_id, data) in (400, 403)
    right, same = promise(wei, visit_id, data), promise(wei, visit_id, data)
    await wei.sync()
    assert [outcome(wei, one) for one in (wrong, right, same)] == ["applied", "applied", "merged"]
    assert await bring(wei, photo_id, data) == "verified"
    late = promise(wei, visit_id, data, size=1)
    await wei.sync()
    assert outcome(wei, late) == "merged"
    assert await state_of(company, visit_id) == {photo_id: ("verified", "")}


async def test_a_promise_that_does_not_fit_bytes_known_from_elsewhere_is_parked(company: Company, wei: Phone) -> None:
    data = encoded()
    visit_id, _ = await promised(company, wei, data, "image/png")
    other = wei.photo(visit_id, "after", data)
    await wei.sync()
    assert await bring(wei, other, data) == "verified"
    wrong, right = promise(wei, visit_id, data, content_type="image/webp"), promise(wei, visit_id, data)
    await wei.sync()
    assert [outcome(wei, one) for one in (wrong, right)] == ["parked", "applied"]
    assert {state for state, _ in (await state_of(company, visit_id)).values()} == {"verified"}


async def test_a_promise_that_changes_while_the_bytes_are_looked_at_is_looked_at_again(
    company: Company, wei: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = encoded()
    visit_id, photo_id = await promised(company, wei, data)
    assert await put(company, photo_id, data) == 200
    examine = custody.examine_in_thread

    async def while_it_is_promised_anew(*arguments: Any, **promise_of: Any) -> Any:
        found = await examine(*arguments, **promise_of)
        promise(wei, visit_id, data, content_type="image/png")
        await wei.sync()
        return found

    monkeypatch.setattr(custody, "examine_in_thread", while_it_is_promised_anew)
    answer = await company.call("wei", "POST", f"/v1/photos/{photo_id}/complete")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_uploaded")
    monkeypatch.undo()
    assert (await company.call("wei", "POST", f"/v1/photos/{photo_id}/complete")).json()["code"] == "wrong_promise"


async def test_a_copy_that_cannot_be_made_says_whether_the_bytes_or_the_decoder_fail(
    company: Company, wei: Phone, app: Litestar, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = encoded()
    _, photo_id = await promised(company, wei, data)
    assert await bring(wei, photo_id, data) == "verified"
    path = f"/v1/photos/{photo_id}/download"

    async def too_large(*_: Any, **__: Any) -> Decoded:
        return Decoded(fault="it takes too much memory")

    monkeypatch.setattr(custody, "shrink_in_thread", too_large)
    failed = await company.call("mei", "GET", path, params={"copy": "true"})
    assert (failed.status_code, failed.json()["code"]) == (409, "not_shrunk")
    assert "it takes too much memory" in failed.json()["detail"]
    monkeypatch.undo()
    await app.state.storage.delete(object_key(hashlib.sha256(data).hexdigest()))
    gone = await company.call("mei", "GET", path, params={"copy": "true"})
    assert (gone.status_code, gone.json()["code"]) == (409, "not_uploaded")
    assert "not in storage any more" in gone.json()["detail"]
