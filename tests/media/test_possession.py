"""A hash is no photo: who promises what others brought brings it too, and learns and gets nothing before."""

import hashlib

import httpx
from litestar import Litestar

from mobile_contract.phone import Phone
from server.media.models import Photo
from server.media.possession import shown_key
from server.media.storage import object_key
from tests.company import Company
from tests.media.pictures import encoded, promised, state_of
from tests.media.test_promises import outcome, promise
from tests.media.test_uploads import bring


async def claimed(company: Company, anna: Phone, data: bytes) -> tuple[str, str]:
    """Anna promises bytes on a visit of her own. Returns the ids of visit and photo."""
    visit_id = await company.visit("anna")
    await anna.sync()
    photo_id = anna.photo(visit_id, "before", data)
    await anna.sync()
    return visit_id, photo_id


async def gets_nothing(company: Company, photo_id: str) -> None:
    for path in ("download", "download?copy=true", "download?thumbnail=true", "original"):
        answer = await company.call("anna", "GET", f"/v1/photos/{photo_id}/{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path


async def completed(company: Company, photo_id: str) -> tuple[int, str]:
    answer = await company.call("anna", "POST", f"/v1/photos/{photo_id}/complete")
    return answer.status_code, answer.json().get("code") or answer.json()["state"]


async def test_a_hash_that_others_brought_is_not_verified_and_gives_nothing_until_the_bytes_come(
    company: Company, wei: Phone, anna: Phone, app: Litestar
) -> None:
    data = encoded()
    _, mine = await promised(company, wei, data)
    assert await bring(wei, mine, data) == "verified"
    visit_id, claim = await claimed(company, anna, data)
    assert await state_of(company, visit_id) == {claim: ("promised", "")}
    assert await completed(company, claim) == (409, "not_uploaded")
    await gets_nothing(company, claim)
    where = await company.must("anna", "POST", f"/v1/photos/{claim}/upload")
    assert (where["state"], "/cas/" in where["url"]) == ("promised", False)
    async with httpx.AsyncClient() as store:
        other = b"other bytes of the same length".ljust(len(data))
        assert not (await store.put(where["url"], headers=where["headers"], content=other)).is_success
    assert await completed(company, claim) == (409, "not_uploaded")
    assert await bring(anna, claim, data) == "verified"
    original = await company.call("anna", "GET", f"/v1/photos/{claim}/original")
    assert original.content == data
    async with app.state.sessions() as session:
        row = await session.get(Photo, claim)
    assert await app.state.storage.look(shown_key(row)) is None, "what was shown is not kept twice"


async def test_bytes_that_others_bring_later_do_not_verify_a_claim_that_was_there_before(
    company: Company, wei: Phone, anna: Phone
) -> None:
    data = encoded()
    visit_id, claim = await claimed(company, anna, data)
    address = await company.must("anna", "POST", f"/v1/photos/{claim}/upload")
    _, mine = await promised(company, wei, data)
    assert await bring(wei, mine, data) == "verified"
    assert await state_of(company, visit_id) == {claim: ("promised", "")}
    async with httpx.AsyncClient() as store:
        assert (await store.put(address["url"], headers=address["headers"], content=data)).status_code == 412
    assert await completed(company, claim) == (409, "not_uploaded")
    await gets_nothing(company, claim)
    assert await bring(anna, claim, data) == "verified", "one who has the bytes is asked for them once more"


async def test_a_wrong_promise_of_what_others_brought_tells_nothing_and_opens_nothing(
    company: Company, wei: Phone, anna: Phone
) -> None:
    data = encoded()
    _, mine = await promised(company, wei, data)
    assert await bring(wei, mine, data) == "verified"
    visit_id = await company.visit("anna")
    wrong = promise(anna, visit_id, data, size=7, content_type="image/png")
    right = promise(anna, visit_id, data)
    await anna.sync()
    assert [outcome(anna, one) for one in (wrong, right)] == ["applied", "applied"]
    [(claim, stands)] = (await state_of(company, visit_id)).items()
    assert stands == ("promised", "")
    await gets_nothing(company, claim)


async def test_a_decision_of_the_desk_does_not_verify_what_others_brought(
    company: Company, wei: Phone, anna: Phone
) -> None:
    data = encoded()
    _, mine = await promised(company, wei, data)
    assert await bring(wei, mine, data) == "verified"
    visit_id, claim = await claimed(company, anna, data)
    body = {"kind": "never_arrived", "reason": "The phone is lost"}
    await company.must("mei", "POST", f"/v1/photos/{claim}/decision", json=body)
    assert await state_of(company, visit_id) == {claim: ("promised", "")}


async def test_what_arrived_serves_its_visit_and_its_technician_without_being_sent_again(
    company: Company, wei: Phone, anna: Phone
) -> None:
    data = encoded()
    visit_id = await company.visit("wei", "anna")
    await wei.sync()
    await anna.sync()
    mine = wei.photo(visit_id, "before", data)
    await wei.sync()
    assert await bring(wei, mine, data) == "verified"
    colleague = anna.photo(visit_id, "after", data)
    await anna.sync()
    other = await company.visit("wei")
    await wei.sync()
    again = wei.photo(other, "fault", data)
    await wei.sync()
    assert (await state_of(company, visit_id))[colleague] == ("verified", "")
    assert await state_of(company, other) == {again: ("verified", "")}


async def test_two_who_hold_the_same_bytes_are_both_verified_whoever_is_first(
    company: Company, wei: Phone, anna: Phone, app: Litestar
) -> None:
    data = encoded()
    _, mine = await promised(company, wei, data)
    visit_id, hers = await claimed(company, anna, data)
    assert await bring(anna, hers, data) == "verified"
    assert await app.state.storage.look(object_key(hashlib.sha256(data).hexdigest())) is not None
    assert await bring(wei, mine, data) == "verified"
    assert await state_of(company, visit_id) == {hers: ("verified", "")}
