"""Two people on a visit, each with a phone: what each of them taps is theirs, and the visit follows from both."""

import json
from itertools import permutations
from typing import Any
from uuid import uuid4

import pytest

from mobile_contract.phone import Phone
from mobile_contract.shapes.projection import projected
from tests.arrival.desk import tap_check_in
from tests.company import Company
from tests.phones import enrolled


@pytest.fixture
async def wei(company: Company) -> Phone:
    return await enrolled(company, "wei")


@pytest.fixture
async def anna(company: Company) -> Phone:
    return await enrolled(company, "anna")


def outcome(phone: Phone, tap: str) -> tuple[str, str | None]:
    found = phone.state["outcomes"][tap]
    return found["outcome"], found.get("code")


async def shown(company: Company, visit_id: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = []
    for job in await company.must("mei", "GET", "/v1/jobs"):
        found += [visit for visit in job["visits"] if visit["id"] == visit_id]
    return found[0]


async def states(company: Company, visit_id: str) -> tuple[str, dict[str, str]]:
    visit = await shown(company, visit_id)
    names = {company.ids[one]: one for one in ("wei", "anna")}
    return visit["state"], {names[one["technician_id"]]: one["state"] for one in visit["crew"]}


async def test_each_has_an_acceptance_departure_arrival_and_end_of_their_own(
    company: Company, wei: Phone, anna: Phone
) -> None:
    visit_id = await company.visit("wei", "anna")
    for phone in (wei, anna):
        await phone.sync()
    anna.tap("accept", visit_id)
    anna.tap("depart", visit_id)
    await anna.sync()
    first = [wei.tap("accept", visit_id), wei.tap("depart", visit_id)]
    await wei.sync()
    assert [outcome(wei, one) for one in first] == [("merged", None)] * 2, "overtaken, and nothing to decide"
    assert await states(company, visit_id) == ("en_route", {"wei": "en_route", "anna": "en_route"})
    tap_check_in(wei, visit_id)
    wei.tap("start", visit_id)
    wei.tap("complete", visit_id, {"work_summary": "Fan replaced"})
    await wei.sync()
    late = [anna.tap("start", visit_id), anna.tap("complete", visit_id, {"work_summary": "Wiring checked"})]
    await anna.sync()
    assert [outcome(anna, one) for one in late] == [("merged", None)] * 2
    visit = await shown(company, visit_id)
    lead, helper = visit["crew"]
    assert visit["state"] == lead["state"] == helper["state"] == "completed"
    assert all(lead[stamp] for stamp in ("accepted_at", "departed_at", "arrived_at", "started_at", "finished_at"))
    assert helper["arrived_at"] is None
    assert helper["departed_at"] < lead["departed_at"]
    assert visit["finished_at"] == helper["finished_at"]
    assert visit["work_summary"] == "Fan replaced\n\nWiring checked"
    await wei.sync()
    [row] = wei.rows("visit")
    assert [one["state"] for one in row["crew_states"]] == ["completed", "completed"]
    assert row["crew_states"][1]["work_summary"] == "Wiring checked"


async def test_one_who_declines_takes_the_visit_from_nobody(company: Company, wei: Phone, anna: Phone) -> None:
    visit_id = await company.visit("wei", "anna")
    for phone in (wei, anna):
        await phone.sync()
    wei.tap("decline", visit_id, {"reason": "ill"})
    await wei.sync()
    assert await states(company, visit_id) == ("dispatched", {"wei": "declined", "anna": "dispatched"})
    assert wei.rows("visit") == []
    [card] = (await company.must("mei", "GET", "/v1/board?start=2026-03-02T00:00:00%2B08:00"))["visits"]
    assert [(one["technician_id"], one["state"]) for one in card["crew"]] == [
        (company.ids["wei"], "declined"), (company.ids["anna"], "dispatched"),
    ], "the desk sees who does not come"  # fmt: skip
    assert card["technician_ids"] == [company.ids["anna"]]
    await anna.sync()
    assert {one["state"] for one in anna.rows("visit")[0]["crew_states"]} == {"declined", "dispatched"}
    anna.tap("decline", visit_id, {"reason": "no car"})
    await anna.sync()
    assert (await states(company, visit_id))[0] == "declined"


@pytest.mark.parametrize("turns", sorted(set(permutations(["wei", "wei", "anna", "anna"]))), ids="-".join)
async def test_any_order_of_their_phones_ends_the_same(
    company: Company, wei: Phone, anna: Phone, turns: tuple[str, ...]
) -> None:
    visit_id = await company.visit("wei", "anna")
    phones = {"wei": wei, "anna": anna}
    said = {
        "wei": [("start", {}), ("complete", {"work_summary": "Fan"})],
        "anna": [("accept", {}), ("complete", {"work_summary": "Wiring"})],
    }
    for phone in phones.values():
        await phone.sync()
    tapped = []
    for who in turns:
        kind, body = said[who].pop(0)
        tapped.append((phones[who], phones[who].tap(kind, visit_id, body)))
        await phones[who].sync()
    assert {outcome(phone, tap)[0] for phone, tap in tapped} <= {"applied", "merged"}
    visit = await shown(company, visit_id)
    assert (visit["state"], visit["work_summary"]) == ("completed", "Fan\n\nWiring")
    assert visit["skipped"] == ["en_route", "on_site"]


async def test_of_contradicting_ends_the_second_waits_for_the_desk(company: Company, wei: Phone, anna: Phone) -> None:
    visit_id = await company.visit("wei", "anna")
    for phone in (wei, anna):
        await phone.sync()
    done = wei.tap("complete", visit_id, {"work_summary": "Runs"})
    not_done = anna.tap("cannot_complete", visit_id, {"reason": "part missing"})
    await anna.sync()
    await wei.sync()
    assert outcome(anna, not_done) == ("applied", None)
    assert outcome(wei, done) == ("parked", "state_not_possible")
    assert await states(company, visit_id) == ("cannot_complete", {"wei": "dispatched", "anna": "cannot_complete"})


SAME = ("state", "crew_states", "work_summary", "started_at", "finished_at", "arrived_at")


async def test_what_a_phone_shows_before_it_sends_is_what_comes_back(company: Company, wei: Phone) -> None:
    visit_id = await company.visit("wei", "anna")
    await wei.sync()
    held = {
        name: wei.rows(name)
        for name in ("visit", "job", "site", "part", "part_used", "note", "expense", "checklist_item")
    }
    item = next(row["id"] for row in held["checklist_item"])
    for kind, body in (
        ("accept", {}), ("start", {}), ("note", {"note_id": str(uuid4()), "text": "Noisy"}),
        ("checklist_answer", {"item_id": item, "answer": "yes"}), ("access_note", {"was": "", "text": "Gate 5"}),
        ("part_used", {"part_used_id": str(uuid4()), "part_id": company.ids["part"], "quantity": 2}),
        ("expense", {"expense_id": str(uuid4()), "kind": "parking", "amount": 1500, "currency": "CNY"}),
        ("help_request", {"help_request_id": str(uuid4()), "text": "S3?"}),
        ("further_work", {"further_work_id": str(uuid4()), "text": "Pump leaks", "asset_id": company.ids["asset"]}),
        ("photo_impossible", {"photo_impossible_id": str(uuid4()), "slot": "nameplate", "reason": "Painted over"}),
        ("complete", {"work_summary": "Fan replaced"}),
    ):  # fmt: skip
        wei.tap(kind, visit_id, body)
    said = [json.loads(wire["body"]) for wire in wei.state["outbox"]]
    taps = [{**one, "subject": one["subject"]["id"], "at": one["clock"]["wall"]} for one in said]
    expected = projected(held, taps, company.ids["wei"])
    await wei.sync()
    assert expected.refused == []
    for name, rows in expected.rows.items():
        came = {row["id"]: row for row in wei.rows(name)}
        for row in rows:
            same = {key: row[key] for key in (SAME if name == "visit" else row) if key != "asked_at"}
            assert same == {key: came[row["id"]][key] for key in same}, name


async def test_who_stays_keeps_where_they_are_when_somebody_joins(company: Company, wei: Phone, anna: Phone) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    wei.tap("accept", visit_id)
    wei.tap("start", visit_id)
    await wei.sync()
    await company.assign(visit_id, "wei", "anna")
    assert await states(company, visit_id) == ("in_progress", {"wei": "in_progress", "anna": "dispatched"})
    await company.assign(visit_id, "anna")
    assert await states(company, visit_id) == ("dispatched", {"anna": "dispatched"})
    kept = wei.tap("hold", visit_id, {"reason": "lunch"})
    await wei.sync()
    assert outcome(wei, kept) == ("parked", "after_reassignment")


async def test_another_time_has_to_be_accepted_anew(company: Company, wei: Phone) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    wei.tap("accept", visit_id)
    await wei.sync()
    await company.assign(visit_id, "wei", start="2026-03-03T09:00:00+08:00")
    assert await states(company, visit_id) == ("dispatched", {"wei": "dispatched"})


async def test_each_arrival_is_judged_and_counts_for_who_arrived(company: Company, wei: Phone, anna: Phone) -> None:
    visit_id = await company.visit("wei", "anna")
    for phone in (wei, anna):
        await phone.sync()
        tap_check_in(phone, visit_id)
        await phone.sync()
    arrival = await company.must("mei", "GET", f"/v1/visits/{visit_id}/arrival")
    assert {one["technician_id"] for one in arrival["check_ins"]} == {company.ids["wei"], company.ids["anna"]}
    crew = (await shown(company, visit_id))["crew"]
    assert all(one["arrived_at"] and one["state"] == "on_site" for one in crew)
