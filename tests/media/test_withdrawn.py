"""A photo is taken back before the customer has decided, and custody waits for it no more; what was decided stays."""

import json
from typing import Any
from uuid import uuid4

import pytest
from litestar import Litestar

from mobile_contract.phone import Phone
from mobile_contract.report import make_report, sign_body
from server.jobs.rules import REQUIRED_SLOTS, JobKind
from server.media.rules import PhotoSlot
from server.records.sealer import Sealer
from tests.company import Company
from tests.day import SIGNER, STROKES, jpeg
from tests.phones import enrolled
from tests.records.sealing import seal


@pytest.fixture
async def wei(company: Company) -> Phone:
    return await enrolled(company, "wei")


def outcome(phone: Phone, tap: str) -> tuple[str, str | None]:
    found = phone.state["outcomes"][tap]
    return found["outcome"], found.get("code")


def signed(company: Company, phone: Phone, visit_id: str) -> None:
    technician = {"id": company.ids["wei"], "name": "李伟"}
    report = make_report(phone, visit_id, technician=technician, work="Fan", fault=None, locale="en")
    phone.tap("report", visit_id, report)
    phone.tap("sign", visit_id, sign_body(report, "signed", strokes=STROKES, signer=SIGNER), attachment=STROKES)


async def photos(company: Company, visit_id: str) -> list[Any]:
    found: list[Any] = await company.must("mei", "GET", f"/v1/visits/{visit_id}/photos")
    return found


async def test_custody_waits_no_more_and_the_report_is_sealed(
    company: Company, app: Litestar, sealer: Sealer, wei: Phone
) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    wei.tap("start", visit_id)
    kept, blurred = wei.photo(visit_id, "after", jpeg()), wei.photo(visit_id, "after", jpeg())
    await wei.sync()
    withdrawn = wei.withdraw_photo(blurred, "blurred")
    await wei.sync()
    assert outcome(wei, withdrawn) == ("applied", None)
    assert [one["id"] for one in await photos(company, visit_id)] == [kept]
    assert [row["id"] for row in wei.rows("photo")] == [kept]
    assert [one["id"] for one in wei.photo_progress()] == [kept]
    signed(company, wei, visit_id)
    wei.tap("complete", visit_id, {"work_summary": "Fan"})
    await wei.sync()
    assert await wei.upload_photos() == 1
    assert await seal(app, sealer, visit_id) == 1
    assert (await company.must("mei", "GET", f"/v1/visits/{visit_id}"))["state"] == "closed"


async def test_what_the_customer_decided_on_stays(company: Company, wei: Phone) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    photo = wei.photo(visit_id, "after", jpeg())
    signed(company, wei, visit_id)
    tap = wei.withdraw_photo(photo)
    assert await wei.upload_photos() == 0
    await wei.sync()
    assert outcome(wei, tap) == ("parked", "photo_cannot_be_withdrawn")
    assert await wei.upload_photos() == 1, "it has to come after all"
    assert len(await photos(company, visit_id)) == 1


async def test_a_report_that_shows_a_photo_which_was_taken_back_is_not_signed(company: Company, wei: Phone) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    photo = wei.photo(visit_id, "after", jpeg())
    technician = {"id": company.ids["wei"], "name": "李伟"}
    report = make_report(wei, visit_id, technician=technician, work="Fan", fault=None, locale="en")
    assert [one["photo_id"] for one in json.loads(report["canonical"])["photos"]] == [photo]
    wei.tap("report", visit_id, report)
    wei.tap("photo_withdrawn", visit_id, {"photo_id": photo})
    body = sign_body(report, "signed", strokes=STROKES, signer=SIGNER)
    tap = wei.tap("sign", visit_id, body, attachment=STROKES)
    await wei.sync()
    assert outcome(wei, tap) == ("parked", "report_mismatch")
    assert "taken back" in wei.state["outcomes"][tap]["sentence"]


async def test_it_can_be_promised_anew_and_only_who_took_it_takes_it_back(company: Company, wei: Phone) -> None:
    anna = await enrolled(company, "anna")
    visit_id = await company.visit("wei", "anna")
    for phone in (wei, anna):
        await phone.sync()
    data = jpeg()
    photo = wei.photo(visit_id, "after", data)
    await wei.sync()
    other = anna.tap("photo_withdrawn", visit_id, {"photo_id": photo})
    await anna.sync()
    assert outcome(anna, other) == ("parked", "forbidden")
    wei.tap("photo_withdrawn", visit_id, {"photo_id": photo})
    await wei.sync()
    again = wei.photo(visit_id, "after", data)
    await wei.sync()
    assert [one["id"] for one in await photos(company, visit_id)] == [again]
    unknown = wei.tap("photo_withdrawn", visit_id, {"photo_id": str(uuid4())})
    await wei.sync()
    assert outcome(wei, unknown) == ("parked", "not_found")


def test_what_a_job_requires_are_slots_of_photos() -> None:
    assert {slot for slots in REQUIRED_SLOTS.values() for slot in slots} <= set(PhotoSlot)
    assert set(REQUIRED_SLOTS) == set(JobKind)


async def test_a_slot_that_cannot_be_filled_says_why_on_every_phone(company: Company, wei: Phone) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    assert wei.rows("job")[0]["required_slots"] == ["nameplate", "after"]
    body = {"photo_impossible_id": str(uuid4()), "slot": "nameplate", "reason": "Painted over"}
    wei.tap("photo_impossible", visit_id, body)
    await wei.sync()
    assert [(row["slot"], row["reason"]) for row in wei.rows("photo_impossible")] == [("nameplate", "Painted over")]
