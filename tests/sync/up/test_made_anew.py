"""Operations that a client makes anew: the same content is merged, other content under a used id waits, a late one keeps its time."""

from typing import Any

import pytest
from litestar import Litestar
from sqlalchemy import text

from mobile_contract.chain import uuid7
from mobile_contract.outbox import envelope_of
from mobile_contract.phone import Phone
from mobile_contract.report import make_report, sign_body
from tests.company import Company
from tests.day import SIGNER, STROKES, fix
from tests.phones import enrolled


def said(phone: Phone, company: Company, visit_id: str) -> dict[str, tuple[dict[str, Any], str | None]]:
    """A body of each kind that makes something, and its attachment."""
    technician = {"id": company.ids["wei"], "name": "李伟"}
    report = make_report(phone, visit_id, technician=technician, work="done", fault=None, locale="en")
    photo = {"photo_id": uuid7(), "slot": "before", "sha256": "ab" * 32, "size": 1000, "content_type": "image/jpeg"}
    return {
        "photo": (photo, None),
        "note": ({"note_id": uuid7(), "text": "x"}, None),
        "expense": ({"expense_id": uuid7(), "kind": "meal", "amount": 1, "currency": "CNY"}, None),
        "check_in": ({"check_in_id": uuid7(), "fixes": [fix(phone, visit_id)], "plan_version": 1}, None),
        "survey": ({"survey_id": uuid7(), "satisfaction": 5}, None),
        "report": (report, None),
        "sign": (sign_body(report, "signed", strokes=STROKES, signer=SIGNER), STROKES),
    }


def outcome(phone: Phone, operation_id: str) -> tuple[str, str | None]:
    found = phone.state["outcomes"][operation_id]
    return found["outcome"], found.get("code")


@pytest.mark.parametrize("same_batch", [True, False], ids=["in one batch", "later, from a new phone"])
async def test_the_same_content_under_a_new_operation_id_is_merged(
    company: Company, wei: Phone, app: Litestar, same_batch: bool
) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    bodies = said(wei, company, visit_id)
    first = [wei.tap(kind, visit_id, body, attachment=strokes) for kind, (body, strokes) in bodies.items()]
    phone = wei
    if not same_batch:
        await wei.sync()
        phone = await enrolled(company, "wei")
    again = [phone.tap(kind, visit_id, body, attachment=strokes) for kind, (body, strokes) in bodies.items()]
    await phone.sync()
    if same_batch:
        assert [outcome(wei, one)[0] for one in first] == ["applied"] * 7
    assert {kind: outcome(phone, one) for kind, one in zip(bodies, again, strict=True)} == dict.fromkeys(
        bodies, ("merged", None)
    )
    async with app.state.sessions() as session:
        for table in ("note", "expense", "check_in", "survey_response", "service_report", "signature", "photo"):
            assert await session.scalar(text(f"select count(*) from {table}")) == 1, table


@pytest.mark.parametrize("kind", ["note", "expense", "check_in", "survey"])
async def test_other_content_under_a_used_id_waits_with_a_sentence(company: Company, wei: Phone, kind: str) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    body, _ = said(wei, company, visit_id)[kind]
    other = {"note": {"text": "y"}, "expense": {"amount": 2}, "check_in": {"fixes": []}, "survey": {"comment": "!"}}
    wei.tap(kind, visit_id, body)
    taken = wei.tap(kind, visit_id, body | other[kind])
    await wei.sync()
    assert outcome(wei, taken) == ("parked", "id_taken")
    assert wei.state["outcomes"][taken]["sentence"].startswith("Something with this id exists already")


async def test_the_same_words_of_somebody_else_are_not_the_same(company: Company, wei: Phone, anna: Phone) -> None:
    visit_id = await company.visit("wei", "anna")
    body = {"note_id": uuid7(), "text": "x"}
    wei.tap("note", visit_id, body)
    await wei.sync()
    hers = anna.tap("note", visit_id, body)
    await anna.sync()
    assert outcome(anna, hers) == ("parked", "id_taken")


async def test_quantities_stay_deltas(company: Company, wei: Phone) -> None:
    visit_id = await company.visit("wei")
    body = {"part_used_id": uuid7(), "part_id": company.ids["part"]}
    for quantity in (2, 3):
        wei.tap("part_used", visit_id, {**body, "quantity": quantity})
        await wei.sync()
    assert [row["quantity"] for row in wei.rows("part_used")] == [5]


async def test_what_is_applied_later_shows_when_it_was_tapped(company: Company, wei: Phone, app: Litestar) -> None:
    """After a reboot the bounds reach from the last anchor to the receipt; the time to show is the phone's own."""
    visit_id = await company.visit("wei")
    await wei.sync()
    wei.boot_id = uuid7()
    async with app.state.sessions.begin() as session:
        await session.execute(text("alter table note add constraint ck_note_today check (text <> 'x') not valid"))
        await session.execute(text("update device set enrolled_at = enrolled_at - interval '2 days'"))
    wei.state["anchor"] = None
    tapped = wei.micros() - 3_600_000_000
    wei.micros = lambda: tapped
    parked = wei.tap("note", visit_id, {"note_id": uuid7(), "text": "x"})
    await wei.sync()
    assert outcome(wei, parked) == ("parked", "refused_by_database")
    async with app.state.sessions.begin() as session:
        await session.execute(text("alter table note drop constraint ck_note_today"))
    await company.must("mei", "POST", f"/v1/parked/{parked}", json={"resolution": "applied"})
    await wei.sync()
    assert [row["occurred_at"] for row in wei.rows("note")] == [tapped]


@pytest.mark.parametrize("wall", [2**53 - 1, -(2**53) + 1, 0, -1, 9_000_000_000_000_000])
async def test_whatever_year_a_phone_shows_its_taps_count(company: Company, wei: Phone, wall: int) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    wei.micros = lambda: wall
    taps = [wei.tap("note", visit_id, {"note_id": uuid7(), "text": "x"}), wei.tap("start", visit_id)]
    body = {"check_in_id": uuid7(), "fixes": [fix(wei, visit_id)], "plan_version": 1}
    taps.append(wei.tap("check_in", visit_id, body))
    await wei.sync()
    assert [outcome(wei, one)[0] for one in taps] == ["applied"] * 3


async def test_a_whole_visit_made_anew_is_merged_and_nothing_counts_twice(company: Company, wei: Phone) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    item = next(row["id"] for row in wei.rows("checklist_item") if row["visit_id"] == visit_id)
    taps: list[tuple[str, dict[str, Any]]] = [
        ("accept", {}), ("depart", {}),
        ("check_in", {"check_in_id": uuid7(), "fixes": [fix(wei, visit_id)], "plan_version": 1}),
        ("start", {}), ("hold", {"reason": "part"}), ("resume", {}), ("note", {"note_id": uuid7(), "text": "n"}),
        ("checklist_answer", {"item_id": item, "answer": "yes"}),
        ("part_used", {"part_used_id": uuid7(), "part_id": company.ids["part"], "quantity": 2}),
        ("expense", {"expense_id": uuid7(), "kind": "meal", "amount": 1, "currency": "EUR"}),
        ("access_note", {"was": "", "text": "ring"}), ("survey", {"survey_id": uuid7(), "satisfaction": 5}),
        ("complete", {"work_summary": "done"}),
    ]  # fmt: skip
    for kind, body in taps:
        wei.tap(kind, visit_id, body)
    await wei.sync()
    before = [row for row in wei.rows("part_used") if row["visit_id"] == visit_id]
    again = {kind: wei.tap(kind, visit_id, body) for kind, body in taps}
    await wei.sync()
    assert {kind: outcome(wei, one) for kind, one in again.items()} == dict.fromkeys(again, ("merged", None))
    assert [row for row in wei.rows("part_used") if row["visit_id"] == visit_id] == before
    assert [row["quantity"] for row in before] == [2]


async def test_a_part_that_is_said_twice_counts_once_and_other_quantities_of_its_line_add_up(
    company: Company, wei: Phone, anna: Phone
) -> None:
    visit_id = await company.visit("wei", "anna")
    await wei.sync()
    await anna.sync()
    line = {"part_used_id": uuid7(), "part_id": company.ids["part"], "quantity": 2}
    one_batch = [wei.tap("part_used", visit_id, line), wei.tap("part_used", visit_id, line)]
    await wei.sync()
    assert [outcome(wei, one)[0] for one in one_batch] == ["applied", "merged"]
    later = wei.tap("part_used", visit_id, line)
    takes_back = wei.tap("part_used", visit_id, {**line, "quantity": -1})
    await wei.sync()
    hers = anna.tap("part_used", visit_id, line)
    await anna.sync()
    assert [outcome(wei, later)[0], outcome(wei, takes_back)[0], outcome(anna, hers)[0]] == ["merged"] * 3
    await wei.sync()
    assert [row["quantity"] for row in wei.rows("part_used") if row["visit_id"] == visit_id] == [2 - 1 + 2]


async def test_a_move_that_another_of_the_crew_has_made_is_merged(company: Company, wei: Phone, anna: Phone) -> None:
    visit_id = await company.visit("wei", "anna")
    await wei.sync()
    await anna.sync()
    for kind in ("accept", "depart", "start"):
        wei.tap(kind, visit_id)
    wei.tap("hold", visit_id, {"reason": "part"})
    await wei.sync()
    overtaken = [anna.tap(kind, visit_id) for kind in ("accept", "depart", "start")]
    another = anna.tap("hold", visit_id, {"reason": "lunch"})
    wei.tap("resume", visit_id)
    wei.tap("complete", visit_id, {"work_summary": "done"})
    await wei.sync()
    await anna.sync()
    assert [outcome(anna, one) for one in overtaken] == [("merged", None)] * 3
    assert outcome(anna, another) == ("merged", None)
    history = await company.must("mei", "GET", f"/v1/visits/{visit_id}/history")
    assert {"reason": "lunch"} in [line["facts"] for line in history], "a reason of her own is not lost"


async def made_anew(company: Company, phone: Phone, landed: list[dict[str, Any]]) -> None:
    """Enrol the phone anew while its outbox still has what has landed; clocks stay as they were."""
    phone.commit(outbox=landed, stopped_by={"problem": {"code": "device_forked"}})
    code = await company.must("mei", "POST", f"/v1/users/{company.ids['wei']}/enrolment-codes")
    await phone.enrol(code["code"])


async def state_of(company: Company, visit_id: str) -> str:
    state: str = (await company.must("mei", "GET", f"/v1/visits/{visit_id}"))["state"]
    return state


async def test_a_hold_made_anew_does_not_hold_a_visit_that_went_on(company: Company, wei: Phone) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    for kind in ("accept", "start"):
        wei.tap(kind, visit_id)
    wei.tap("hold", visit_id, {"reason": "part"})
    wei.tap("resume", visit_id)
    landed = wei.state["outbox"]
    await wei.sync()
    await made_anew(company, wei, landed[2:3])
    await wei.sync()
    assert outcome(wei, envelope_of(landed[2])["id"]) == ("merged", None)
    assert await state_of(company, visit_id) == "in_progress"


async def test_the_other_way_round_a_resume_made_anew_does_not_end_the_next_hold(company: Company, wei: Phone) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    wei.tap("start", visit_id)
    wei.tap("hold", visit_id, {"reason": "part"})
    wei.tap("resume", visit_id)
    wei.tap("hold", visit_id, {"reason": "lunch"})
    landed = wei.state["outbox"]
    await wei.sync()
    await made_anew(company, wei, landed[2:3])
    await wei.sync()
    assert await state_of(company, visit_id) == "on_hold"


@pytest.mark.parametrize("same_batch", [True, False])
async def test_a_second_hold_for_the_same_reason_is_another_one(company: Company, wei: Phone, same_batch: bool) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    wei.tap("start", visit_id)
    wei.tap("hold", visit_id, {"reason": "part"})
    wei.tap("resume", visit_id)
    if not same_batch:
        await wei.sync()
        wei.boot_id, wei.state["anchor"] = uuid7(), None  # nothing says that it was tapped after what is there
    second = wei.tap("hold", visit_id, {"reason": "part"})
    await wei.sync()
    assert outcome(wei, second) == ("applied", None)
    assert await state_of(company, visit_id) == "on_hold"


async def test_an_answer_made_anew_does_not_replace_the_one_that_came_after_it(company: Company, wei: Phone) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    item = next(row["id"] for row in wei.rows("checklist_item") if row["visit_id"] == visit_id)
    for answer in ("yes", "no"):
        wei.tap("checklist_answer", visit_id, {"item_id": item, "answer": answer})
    landed = wei.state["outbox"]
    await wei.sync()
    await made_anew(company, wei, landed[:1])
    await wei.sync()
    [row] = [row for row in wei.rows("checklist_item") if row["id"] == item]
    assert row["answer"]["value"] == "no"
