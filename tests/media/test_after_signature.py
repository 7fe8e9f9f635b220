"""The customer's signature closes the manifest: after it only photos that the signed report names, or an amendment's."""

from mobile_contract.chain import uuid7
from mobile_contract.phone import Phone
from tests.company import Company
from tests.day import finished_visit, jpeg
from tests.media.pictures import state_of


def report_of(phone: Phone) -> str:
    [report] = phone.rows("report")
    return str(report["id"])


def amending(phone: Phone, visit_id: str, photo_id: str, amends: str) -> str:
    """Promise a photo of this phone for an amendment. Returns the operation's id."""
    told = {name: phone.state["photos"][photo_id][name] for name in ("slot", "sha256", "size", "content_type")}
    return phone.tap("photo", visit_id, {**told, "photo_id": uuid7(), "amends_id": amends})


def outcome(phone: Phone, operation_id: str) -> tuple[str, str | None]:
    found = phone.state["outcomes"][operation_id]
    return found["outcome"], found.get("code")


def last(phone: Phone) -> str:
    return str(list(phone.state["outcomes"])[-1])


async def test_a_photo_that_the_customer_did_not_sign_is_set_before_the_desk(company: Company, wei: Phone) -> None:
    visit_id = await finished_visit(company, wei)
    before = await state_of(company, visit_id)
    photo_id = wei.photo(visit_id, "after", jpeg())
    await wei.sync()
    assert outcome(wei, last(wei)) == ("parked", "after_signature")
    assert await state_of(company, visit_id) == before
    [parked] = await company.must("mei", "GET", "/v1/parked")
    assert (parked["kind"], parked["code"]) == ("photo", "after_signature")
    assert "have that signed" in parked["sentence"]
    assert (await company.call("wei", "POST", f"/v1/photos/{photo_id}/upload")).status_code == 404
    still = await company.call("mei", "POST", f"/v1/parked/{last(wei)}", json={"resolution": "applied"})
    assert (still.status_code, still.json()["code"]) == (409, "conflict")
    assert await state_of(company, visit_id) == before


async def test_the_bytes_of_signed_photos_may_come_later(company: Company, wei: Phone) -> None:
    visit_id = await finished_visit(company, wei)
    assert {state for state, _ in (await state_of(company, visit_id)).values()} == {"promised"}
    assert await wei.upload_photos() == 2
    assert {state for state, _ in (await state_of(company, visit_id)).values()} == {"verified"}


async def test_a_signed_photo_that_is_promised_again_is_the_same_and_in_another_slot_is_refused(
    company: Company, wei: Phone
) -> None:
    visit_id = await finished_visit(company, wei)
    before = await state_of(company, visit_id)
    photo_id, signed = next(iter(wei.state["photos"].items()))
    data = wei.pictures.read(photo_id)
    assert data is not None
    again = wei.photo(visit_id, signed["slot"], data)
    await wei.sync()
    assert outcome(wei, last(wei))[0] in ("applied", "merged")
    wei.photo(visit_id, "nameplate", data)
    await wei.sync()
    assert outcome(wei, last(wei)) == ("parked", "after_signature")
    assert await state_of(company, visit_id) == before
    assert (await company.call("wei", "POST", f"/v1/photos/{again}/upload")).status_code == 200


async def test_a_photo_for_an_amendment_names_the_signed_report(company: Company, wei: Phone) -> None:
    visit_id = await finished_visit(company, wei)
    late = wei.photo(visit_id, "fault", jpeg())
    wrong, good = amending(wei, visit_id, late, uuid7()), amending(wei, visit_id, late, report_of(wei))
    await wei.sync()
    assert outcome(wei, wrong) == ("parked", "after_signature")
    assert outcome(wei, good) == ("applied", None)
    assert len(await state_of(company, visit_id)) == 3


async def test_where_the_customer_refused_to_sign_nothing_is_closed(company: Company, wei: Phone) -> None:
    visit_id = await finished_visit(company, wei, outcome="refused")
    wei.photo(visit_id, "after", jpeg())
    await wei.sync()
    assert outcome(wei, last(wei)) == ("applied", None)
    assert len(await state_of(company, visit_id)) == 3
