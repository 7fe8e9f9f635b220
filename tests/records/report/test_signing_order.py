"""Several decisions on one visit: what contradicts what the customer signed is parked, what holds is sealed and verified."""

from typing import Any

import pytest
from litestar import Litestar
from sqlalchemy import select

from mobile_contract.phone import Phone
from server.records.customer.answers import corrected_by
from server.records.models import SealedRecord
from server.records.sealer import Sealer
from server.records.verify import all_hold
from tests.company import Company
from tests.records.intake import REFUSED, begun, outcome, report_of, said, tap_signing
from tests.records.sealing import seal, verified

APPLIED = ("applied", None)


async def sealed_reports(company: Company, app: Litestar, sealer: Sealer, phone: Phone, visit_id: str) -> list[str]:
    """The reports of a visit that are sealed when it is over, oldest first; each record holds in the verifier."""
    phone.tap("complete", visit_id, {"work_summary": "x"})
    await phone.sync()
    await seal(app, sealer, visit_id)
    records = await company.must("mei", "GET", f"/v1/visits/{visit_id}/records")
    for record in records:
        pdf = (await company.call("mei", "GET", f"/v1/records/{record['id']}/pdf")).content
        assert all_hold(list((await verified(pdf, sealer)).values()))
    return [record["report_id"] for record in records]


def shown(company: Company, phone: Phone, visit_id: str, work: str, amends: str | None = None) -> dict[str, Any]:
    """A report that was shown and sent; nobody has decided on it yet."""
    report = report_of(company, phone, visit_id, work=work, amends=amends)
    phone.tap("report", visit_id, report)
    return report


async def test_of_two_signed_reports_where_neither_amends_the_other_the_first_counts(
    company: Company, app: Litestar, sealer: Sealer, wei: Phone
) -> None:
    visit_id = await begun(company, wei)
    one, two = shown(company, wei, visit_id, "one"), shown(company, wei, visit_id, "two")
    first, second = tap_signing(wei, visit_id, one), tap_signing(wei, visit_id, two)
    await wei.sync()
    assert said(wei, first) == APPLIED
    assert said(wei, second) == ("parked", "signed_before")
    assert "does not amend" in outcome(wei, second)[2]
    assert await sealed_reports(company, app, sealer, wei, visit_id) == [one["report_id"]]


async def test_of_two_phones_that_had_reports_signed_apart_from_each_other_the_later_to_arrive_is_parked(
    company: Company, app: Litestar, sealer: Sealer, wei: Phone, anna: Phone
) -> None:
    visit_id = await begun(company, wei, "anna")
    await anna.sync()
    one, two = shown(company, wei, visit_id, "one"), shown(company, anna, visit_id, "two")
    later, first = tap_signing(wei, visit_id, one), tap_signing(anna, visit_id, two)
    await anna.sync()
    await wei.sync()
    assert (said(anna, first), said(wei, later)) == (APPLIED, ("parked", "signed_before"))
    mended = shown(company, wei, visit_id, "both", amends=two["report_id"])
    signed = tap_signing(wei, visit_id, mended)
    await wei.sync()
    assert said(wei, signed) == APPLIED
    sealed = await sealed_reports(company, app, sealer, wei, visit_id)
    assert sealed == [two["report_id"], mended["report_id"]]


async def test_a_report_that_is_signed_after_its_correction_is_parked(
    company: Company, app: Litestar, sealer: Sealer, wei: Phone
) -> None:
    visit_id = await begun(company, wei)
    old = shown(company, wei, visit_id, "old")
    new = shown(company, wei, visit_id, "new", amends=old["report_id"])
    first, second = tap_signing(wei, visit_id, new), tap_signing(wei, visit_id, old)
    await wei.sync()
    assert said(wei, first) == APPLIED
    assert said(wei, second) == ("parked", "signed_before")
    assert "out of date" in outcome(wei, second)[2]
    assert await sealed_reports(company, app, sealer, wei, visit_id) == [new["report_id"]]


async def test_of_two_corrections_of_one_report_the_first_to_be_signed_counts(
    company: Company, app: Litestar, sealer: Sealer, wei: Phone
) -> None:
    visit_id = await begun(company, wei)
    old = shown(company, wei, visit_id, "old")
    tap_signing(wei, visit_id, old)
    one = shown(company, wei, visit_id, "one", amends=old["report_id"])
    two = shown(company, wei, visit_id, "two", amends=old["report_id"])
    first, second = tap_signing(wei, visit_id, one), tap_signing(wei, visit_id, two)
    await wei.sync()
    assert (said(wei, first), said(wei, second)) == (APPLIED, ("parked", "signed_before"))
    assert "amends the same one" in outcome(wei, second)[2]
    assert await sealed_reports(company, app, sealer, wei, visit_id) == [old["report_id"], one["report_id"]]


async def test_a_correction_of_a_correction_that_nobody_signed_holds(
    company: Company, app: Litestar, sealer: Sealer, wei: Phone
) -> None:
    visit_id = await begun(company, wei)
    old = shown(company, wei, visit_id, "old")
    tap_signing(wei, visit_id, old)
    draft = shown(company, wei, visit_id, "draft", amends=old["report_id"])
    new = shown(company, wei, visit_id, "new", amends=draft["report_id"])
    signed = tap_signing(wei, visit_id, new)
    await wei.sync()
    assert said(wei, signed) == APPLIED
    assert await sealed_reports(company, app, sealer, wei, visit_id) == [old["report_id"], new["report_id"]]


@pytest.mark.parametrize(
    ("first", "second"),
    [(REFUSED, {}), ({**REFUSED, "outcome": "customer_absent"}, {}), ({}, REFUSED), (REFUSED, REFUSED)],
    ids=["refused, then signed", "absent, then signed", "signed, then refused", "refused twice"],
)
async def test_a_report_has_one_decision(
    company: Company, app: Litestar, sealer: Sealer, wei: Phone, first: dict[str, Any], second: dict[str, Any]
) -> None:
    visit_id = await begun(company, wei)
    report = shown(company, wei, visit_id, "x")
    one, two = (
        tap_signing(wei, visit_id, report, **({"strokes": None} if other else {}), **other) for other in (first, second)
    )
    await wei.sync()
    assert said(wei, one) == APPLIED
    assert said(wei, two) == ("parked", "decided_before")
    assert "Make a new report" in outcome(wei, two)[2]
    assert await sealed_reports(company, app, sealer, wei, visit_id) == [report["report_id"]]


@pytest.mark.parametrize("amends", [True, False])
async def test_who_refused_one_report_may_sign_another_and_both_are_sealed(
    company: Company, app: Litestar, sealer: Sealer, wei: Phone, amends: bool
) -> None:
    visit_id = await begun(company, wei)
    dear = shown(company, wei, visit_id, "dear")
    tap_signing(wei, visit_id, dear, strokes=None, **REFUSED)
    cheap = shown(company, wei, visit_id, "cheap", amends=dear["report_id"] if amends else None)
    signed = tap_signing(wei, visit_id, cheap)
    await wei.sync()
    assert said(wei, signed) == APPLIED
    assert await sealed_reports(company, app, sealer, wei, visit_id) == [dear["report_id"], cheap["report_id"]]


async def test_who_signed_one_report_may_refuse_its_correction_and_both_are_sealed(
    company: Company, app: Litestar, sealer: Sealer, wei: Phone
) -> None:
    visit_id = await begun(company, wei)
    old = shown(company, wei, visit_id, "old")
    tap_signing(wei, visit_id, old)
    new = shown(company, wei, visit_id, "new", amends=old["report_id"])
    refused = tap_signing(wei, visit_id, new, strokes=None, **REFUSED)
    await wei.sync()
    assert said(wei, refused) == APPLIED
    assert await sealed_reports(company, app, sealer, wei, visit_id) == [old["report_id"], new["report_id"]]
    last = shown(company, wei, visit_id, "last", amends=new["report_id"])
    signed = tap_signing(wei, visit_id, last)
    await wei.sync()
    assert said(wei, signed) == APPLIED, "the refused correction stands between, and binds nobody"


@pytest.mark.parametrize(("decision", "corrected"), [({}, True), (REFUSED, False)], ids=["signed", "refused"])
async def test_a_sealed_report_counts_as_corrected_when_a_later_one_was_signed_by_way_of_drafts_too(
    company: Company, app: Litestar, sealer: Sealer, wei: Phone, decision: dict[str, Any], corrected: bool
) -> None:
    visit_id = await begun(company, wei)
    old = shown(company, wei, visit_id, "old")
    tap_signing(wei, visit_id, old)
    draft = shown(company, wei, visit_id, "draft", amends=old["report_id"])
    new = shown(company, wei, visit_id, "new", amends=draft["report_id"])
    tap_signing(wei, visit_id, new, **({"strokes": None} if decision else {}), **decision)
    assert len(await sealed_reports(company, app, sealer, wei, visit_id)) == 2
    async with app.state.sessions() as session:
        rows = (await session.scalars(select(SealedRecord).order_by(SealedRecord.leaf_index))).all()
        found = await corrected_by(session, rows[0])
        assert found == (rows[1].id if corrected else None)
        assert await corrected_by(session, rows[1]) is None
