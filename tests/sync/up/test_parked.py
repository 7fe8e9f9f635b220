"""Parked operations: nothing is lost, what builds on one waits with it, and one decision is enough for all of them."""

import pytest
from litestar import Litestar
from sqlalchemy import text

from mobile_contract.chain import uuid7
from mobile_contract.phone import Phone
from mobile_contract.report import make_report, sign_body
from tests.company import Company
from tests.day import SIGNER, STROKES


def outcome(phone: Phone, operation_id: str) -> tuple[str, str | None]:
    found = phone.state["outcomes"][operation_id]
    return found["outcome"], found.get("code")


async def test_a_signature_waits_for_its_parked_report_and_is_applied_with_it(
    company: Company, wei: Phone, app: Litestar
) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    report = make_report(
        wei, visit_id, technician={"id": company.ids["wei"], "name": "李伟"}, work="done", fault=None, locale="en"
    )
    async with app.state.sessions.begin() as session:  # a rule of this day's database, gone tomorrow
        await session.execute(
            text("alter table service_report add constraint ck_not_today check (locale <> 'en') not valid")
        )
    parent = wei.tap("report", visit_id, report)
    child = wei.tap("sign", visit_id, sign_body(report, "signed", strokes=STROKES, signer=SIGNER), attachment=STROKES)
    note = wei.tap("note", visit_id, {"note_id": uuid7(), "text": "not held up"})
    await wei.sync()
    assert outcome(wei, parent) == ("parked", "refused_by_database")
    assert outcome(wei, child) == ("parked", "waits_for_parked")
    assert outcome(wei, note) == ("applied", None)
    async with app.state.sessions.begin() as session:
        await session.execute(text("alter table service_report drop constraint ck_not_today"))
    await company.must("mei", "POST", f"/v1/parked/{parent}", json={"resolution": "applied"})
    await wei.sync()
    assert wei.rows("operation") == []
    assert [row["signature"] for row in wei.rows("report")] == ["signed"]


async def test_an_operation_about_nothing_cannot_be_attached_but_is_dismissed(company: Company, wei: Phone) -> None:
    lost = wei.tap("note", uuid7(), {"note_id": uuid7(), "text": "?"})
    await wei.sync()
    refused = await company.call("mei", "POST", f"/v1/parked/{lost}", json={"resolution": "attached"})
    assert refused.status_code == 422
    await company.must("mei", "POST", f"/v1/parked/{lost}", json={"resolution": "dismissed", "reason": "no such visit"})


async def test_a_failing_operation_undoes_nothing_of_its_neighbours(
    company: Company, wei: Phone, app: Litestar
) -> None:
    """The batch is first tried whole; what is undone with the failure must come again."""
    visit_id = await company.visit("wei")
    await wei.sync()
    taken = uuid7()
    first = wei.tap("note", visit_id, {"note_id": taken, "text": "first"})
    again = wei.tap("note", visit_id, {"note_id": taken, "text": "the id is taken"})
    resume = wei.tap("resume", visit_id)
    start = wei.tap("start", visit_id)
    await wei.sync()
    assert [outcome(wei, one)[0] for one in (first, again, resume, start)] == ["applied", "parked", "parked", "applied"]
    async with app.state.sessions() as session:
        kinds = (await session.execute(text("select kind from visit_event where operation_id is not null"))).scalars()
        assert sorted(kinds) == ["note", "start"]
    assert [note["text"] for note in wei.rows("note")] == ["first"]


async def test_both_summaries_stay_when_two_technicians_complete(company: Company, wei: Phone, anna: Phone) -> None:
    visit_id = await company.visit("wei", "anna")
    await wei.sync()
    await anna.sync()
    for phone in (wei, anna):
        phone.tap("start", visit_id)
    wei.tap("complete", visit_id, {"work_summary": "Fan replaced"})
    hers = anna.tap("complete", visit_id, {"work_summary": "Filter cleaned"})
    await wei.sync()
    await anna.sync()
    assert outcome(anna, hers) == ("merged", None)
    assert anna.row("visit", visit_id)["body"]["work_summary"] == "Fan replaced\n\nFilter cleaned"


@pytest.mark.parametrize(("was", "expected"), [("", "gate 4711"), ("old", "new from the desk\n\ngate 4711")])
async def test_an_access_note_is_replaced_or_kept_beside_the_desks(
    company: Company, wei: Phone, app: Litestar, was: str, expected: str
) -> None:
    visit_id = await company.visit("wei")
    async with app.state.sessions.begin() as session:
        await session.execute(
            text("update site set access_note = :now"), {"now": "" if not was else "new from the desk"}
        )
    tap = wei.tap("access_note", visit_id, {"was": was, "text": "gate 4711"})
    await wei.sync()
    assert outcome(wei, tap)[0] == ("merged" if was else "applied")
    assert [site["access_note"] for site in wei.rows("site")] == [expected]
