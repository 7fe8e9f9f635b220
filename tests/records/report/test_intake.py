"""What a phone sends that could not be sealed or verified is parked with a sentence that names the field; the rest is sealed."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from litestar import Litestar
from sqlalchemy import text

from mobile_contract import phone as phone_module
from mobile_contract.chain import sha256_hex, uuid7
from mobile_contract.phone import Phone
from server.records.sealer import Sealer
from server.records.verify import all_hold
from tests.company import Company
from tests.day import jpeg
from tests.records.intake import REFUSED, begun, changed, outcome, report_of, said, tap_signing
from tests.records.sealing import record_and_pdf, seal, verified

Json = dict[str, Any]


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("parts[0].quantity", lambda value: value.update(parts=[{"quantity": "2"}])),
        ("charges[0].amount", lambda value: value.update(charges=[{"label": "", "amount": "450.00", "currency": "CNY"}])),
        ("finished_at", lambda value: value.update(finished_at="2026-03-14T10:00:00Z")),
        ("parts", lambda value: value.update(parts=None)),
        ("checklist[0]", lambda value: value.update(checklist=["Isolated"])),
        ("weather.wind", lambda value: value.update(weather={"wind": 2.5})),
        ("type", lambda value: value.pop("type")),
        ("total.amount", lambda value: value["total"].update(amount=1)),
        ("time_zone", lambda value: value.update(time_zone="localtime")),
        ("consent.sha256", lambda value: value["consent"].update(text="I agree to nothing.")),
    ],
)  # fmt: skip
async def test_a_report_that_cannot_be_sealed_is_parked_with_its_field(
    company: Company, wei: Phone, field: str, change: Callable[[Json], object]
) -> None:
    visit_id = await begun(company, wei)
    report = changed(report_of(company, wei, visit_id), change)
    sent = wei.tap("report", visit_id, report)
    signing = tap_signing(wei, visit_id, report)
    await wei.sync()
    was, code, sentence = outcome(wei, sent)
    assert (was, code) == ("parked", "report_mismatch")
    assert sentence.startswith(f"{field} "), sentence
    assert said(wei, signing) == ("parked", "waits_for_parked")


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("report_ids", lambda value: value.update(report_id=uuid7())),
        ("another visit", lambda value: value["visit"].update(id=uuid7())),
        ("different reports", lambda value: value.update(amends=uuid7())),
        ("locales", lambda value: value.update(locale="zh-CN")),
    ],
)
async def test_a_report_that_says_something_else_than_its_operation_is_parked(
    company: Company, wei: Phone, field: str, change: Callable[[Json], object]
) -> None:
    visit_id = await begun(company, wei)
    sent = wei.tap("report", visit_id, changed(report_of(company, wei, visit_id), change))
    await wei.sync()
    was, code, sentence = outcome(wei, sent)
    assert (was, code) == ("parked", "report_mismatch")
    assert field in sentence


@pytest.mark.parametrize(
    "change",
    [
        lambda photo: photo.update(photo_id=uuid7()),
        lambda photo: photo.update(slot="after"),
        lambda photo: photo.update(sha256="0" * 64),
    ],
    ids=["id", "slot", "hash"],
)
async def test_a_photo_under_another_id_slot_or_hash_than_was_promised_is_parked(
    company: Company, wei: Phone, change: Callable[[Json], object]
) -> None:
    visit_id = await begun(company, wei)
    wei.photo(visit_id, "before", jpeg())
    sent = wei.tap("report", visit_id, changed(report_of(company, wei, visit_id), lambda it: change(it["photos"][0])))
    await wei.sync()
    assert said(wei, sent) == ("parked", "report_mismatch")
    assert outcome(wei, sent)[2].startswith("photos[0] ")


@pytest.mark.parametrize(
    "strokes",
    [
        "[]", "null", '{"strokes":[]}', '{"strokes":[[]]}', '{"strokes":[[[5,5,0,500]]]}',
        '{"strokes":[[{"x":1,"y":2},{"x":3,"y":4}]]}', '{"strokes":[[null]]}', "data:image/png;base64,iVBORw0KGgo=",
        '\ufeff{"strokes":[[[1,2],[3,4]]]}',
    ],
)  # fmt: skip
async def test_strokes_that_cannot_be_drawn_or_show_nothing_are_parked(
    company: Company, wei: Phone, strokes: str
) -> None:
    visit_id = await begun(company, wei)
    report = report_of(company, wei, visit_id)
    wei.tap("report", visit_id, report)
    signing = tap_signing(wei, visit_id, report, strokes)
    await wei.sync()
    was, code, sentence = outcome(wei, signing)
    assert (was, code) == ("parked", "invalid")
    assert "strokes" in sentence


@pytest.mark.parametrize(
    ("field", "other"),
    [
        ("signer.name", {"signer": {"name": "\u3000\u200b"}}),
        ("consent.sha256", {"consent": {"id": "work-confirmation-1", "sha256": sha256_hex("else"), "locale": "en"}}),
        ("reason", {"outcome": "refused", "signer": None, "strokes": None, "reason": " \u00a0"}),
        ("although the outcome is refused", REFUSED),
        ("There is a signer", {"outcome": "customer_absent", "strokes": None, "reason": "left"}),
    ],
)
async def test_a_decision_that_says_nothing_or_contradicts_itself_is_parked(
    company: Company, wei: Phone, field: str, other: Json
) -> None:
    visit_id = await begun(company, wei)
    report = report_of(company, wei, visit_id)
    wei.tap("report", visit_id, report)
    signing = tap_signing(wei, visit_id, report, **other)
    await wei.sync()
    was, code, sentence = outcome(wei, signing)
    assert (was, code) == ("parked", "invalid")
    assert field in sentence


async def test_a_report_that_an_older_version_took_in_cannot_be_signed_any_more(
    company: Company, wei: Phone, app: Litestar
) -> None:
    visit_id = await begun(company, wei)
    report = report_of(company, wei, visit_id)
    wei.tap("report", visit_id, report)
    await wei.sync()
    old = changed(report, lambda value: value.update(parts=[{"quantity": "2"}]))
    async with app.state.sessions.begin() as session:
        await session.execute(
            text("update service_report set canonical = :raw, sha256 = :sha256 where id = :id"),
            {"raw": old["canonical"].encode(), "sha256": sha256_hex(old["canonical"]), "id": UUID(old["report_id"])},
        )
    signing = tap_signing(wei, visit_id, old)
    await wei.sync()
    assert said(wei, signing) == ("parked", "report_mismatch")
    assert "Make a new report" in outcome(wei, signing)[2]


@pytest.mark.parametrize(
    "strokes",
    [
        '{"width":400,"height":200,"strokes":[[[54.4,10.9,0,500],[60.25,31.5,8.5,512.75],[81,12,16,0.5]]]}',
        '{"strokes":[[[1,2],[3,4]]]}',
        '{"pen":{"width":2.5},"strokes":[[],[[0.1,0.2,0,null],[0.9,0.8,16,null,45]],[[0.5,0.5]]]}',
    ],
    ids=["fractions", "two numbers", "from 0 to 1, with more"],
)
async def test_strokes_as_touch_screens_give_them_are_sealed(
    company: Company, wei: Phone, app: Litestar, sealer: Sealer, strokes: str
) -> None:
    visit_id = await begun(company, wei)
    report = report_of(company, wei, visit_id)
    wei.tap("report", visit_id, report)
    signing = tap_signing(wei, visit_id, report, strokes)
    wei.tap("complete", visit_id, {"work_summary": "x"})
    await wei.sync()
    assert said(wei, signing) == ("applied", None)
    assert await seal(app, sealer, visit_id) == 1
    _, pdf = await record_and_pdf(company, visit_id)
    claims = await verified(pdf, sealer)
    assert claims["strokes"].ok is True
    assert all_hold(list(claims.values())), claims


async def test_unknown_members_and_the_same_photo_taken_twice_are_no_reason_to_park(
    company: Company, wei: Phone, app: Litestar, sealer: Sealer
) -> None:
    visit_id = await begun(company, wei)
    bytes_ = jpeg()
    wei.photo(visit_id, "before", bytes_)
    wei.photo(visit_id, "before", bytes_)

    def extend(value: Json) -> None:
        for part in (value, value["visit"], value["customer"], value["photos"][0], value["total"], value["consent"]):
            part["unknown"] = {"a": [1, None, {"b": "\u0000"}]}

    report = changed(report_of(company, wei, visit_id), extend)
    sent = wei.tap("report", visit_id, report)
    signing = tap_signing(wei, visit_id, report)
    wei.tap("complete", visit_id, {"work_summary": "x"})
    await wei.sync()
    assert (said(wei, sent), said(wei, signing)) == (("applied", None), ("applied", None))
    await wei.upload_photos()
    assert await seal(app, sealer, visit_id) == 1
    _, pdf = await record_and_pdf(company, visit_id)
    assert all_hold(list((await verified(pdf, sealer)).values()))


async def test_an_operation_whose_id_is_in_capitals_is_found_by_its_letters(
    company: Company, wei: Phone, app: Litestar, sealer: Sealer, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit_id = await begun(company, wei)
    report = report_of(company, wei, visit_id)
    wei.tap("report", visit_id, report)
    with monkeypatch.context() as swift:
        swift.setattr(phone_module, "uuid7", lambda: uuid7().upper())
        signing = tap_signing(wei, visit_id, report)
    wei.tap("complete", visit_id, {"work_summary": "x"})
    await wei.sync()
    assert said(wei, signing.lower()) == ("applied", None)
    assert await seal(app, sealer, visit_id) == 1
    _, pdf = await record_and_pdf(company, visit_id)
    assert all_hold(list((await verified(pdf, sealer)).values()))


async def test_an_id_of_a_body_in_capitals_is_parked_because_verifiers_compare_letters(
    company: Company, wei: Phone
) -> None:
    visit_id = await begun(company, wei)
    report = report_of(company, wei, visit_id)
    wei.tap("report", visit_id, report)
    signing = tap_signing(wei, visit_id, report, report_id=report["report_id"].upper())
    await wei.sync()
    assert said(wei, signing) == ("parked", "malformed_body")
    assert outcome(wei, signing)[2].startswith("report_id should be written in lower case")
