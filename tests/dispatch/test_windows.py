"""The agreed window is the promise, with who agreed; the plan is the office's. Neither overwrites the other."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from server.ground import clock
from tests.arrival.desk import arrival, tap_check_in
from tests.company import Company
from tests.phones import enrolled

MORNING = {"window_start": "2026-03-02T09:00:00+08:00", "window_end": "2026-03-02T12:00:00+08:00"}
AFTERNOON = {"window_start": "2026-03-02T13:00:00+08:00", "window_end": "2026-03-02T15:00:00+08:00"}
WEBER = {"agreed_with": "Frau Weber, reception", "channel": "phone", "agreed_at": "2026-03-01T16:20:00+08:00"}


async def planned(company: Company, visit_id: str, *who: str, status: int = 200, **plan: Any) -> dict[str, Any]:
    body = {"technician_ids": [company.ids[one] for one in who or ("wei",)], **plan}
    answer = await company.call("mei", "POST", f"/v1/visits/{visit_id}/assign", json=body)
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def agree(company: Company, visit_id: str, **body: Any) -> dict[str, Any]:
    found: dict[str, Any] = await company.must(
        "mei", "POST", f"/v1/visits/{visit_id}/windows", json={"agreed": WEBER, **AFTERNOON, **body}
    )
    return found


async def windows(company: Company, visit_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await company.must("mei", "GET", f"/v1/visits/{visit_id}/windows")
    return found


async def test_a_window_is_agreed_before_anybody_is_planned(company: Company) -> None:
    visit_id = await company.visit()
    visit = await agree(company, visit_id, agreed={**WEBER, "contact_id": company.ids["contact"]}, **MORNING)
    assert (visit["state"], visit["planned_start"], visit["crew"]) == ("scheduled", None, [])
    [kept] = await windows(company, visit_id)
    assert (kept["contact_id"], kept["agreed_with"], kept["channel"], kept["agreed_at"]) == (
        company.ids["contact"], WEBER["agreed_with"], "phone", "2026-03-01T08:20:00Z",
    )  # fmt: skip
    assert kept["recorded_by"] == company.ids["mei"]
    visit = await planned(company, visit_id, planned_start="2026-03-02T10:30:00+08:00", minutes=90)
    assert (visit["window_start"], visit["planned_start"], visit["minutes"]) == (
        "2026-03-02T01:00:00Z", "2026-03-02T02:30:00Z", 90,
    )  # fmt: skip
    assert len(await windows(company, visit_id)) == 1, "planning agrees to nothing"


async def test_a_plan_outside_the_window_asks_with_whom_it_was_agreed(company: Company) -> None:
    visit_id = await company.visit()
    await agree(company, visit_id, **MORNING)
    outside = {"planned_start": "2026-03-02T14:00:00+08:00"}
    problem = await planned(company, visit_id, status=409, **outside)
    assert (problem["code"], problem["window_start"]) == ("outside_window", "2026-03-02T01:00:00Z")
    visit = await planned(company, visit_id, **outside, **AFTERNOON, agreed=WEBER)
    assert visit["window_start"] == "2026-03-02T05:00:00Z"
    visit = await planned(company, visit_id, planned_start="2026-03-03T09:00:00+08:00", to_be_agreed=True)
    assert (visit["window_start"], visit["planned_start"]) == (None, "2026-03-03T01:00:00Z")
    newest, agreed, first = await windows(company, visit_id)
    assert (newest["window_start"], newest["agreed_at"]) == (None, None)
    assert (agreed["agreed_with"], first["window_end"]) == (WEBER["agreed_with"], "2026-03-02T04:00:00Z")


async def test_whoever_only_names_a_window_plans_its_start_as_before(company: Company) -> None:
    visit_id = await company.visit("wei")
    [order] = await company.must("mei", "GET", f"/v1/visits/{visit_id}/orders")
    assert order["planned_start"] == order["window_start"] == "2026-03-02T01:00:00Z"
    [kept] = await windows(company, visit_id)
    assert (kept["agreed_at"], kept["agreed_with"]) == (None, ""), "nobody said that the customer agreed"
    visit = await planned(company, visit_id, "anna")
    assert (visit["planned_start"], visit["plan_version"]) == ("2026-03-02T01:00:00Z", 2)
    assert len(await windows(company, visit_id)) == 1


async def test_another_window_goes_to_the_phones_as_a_new_order(company: Company) -> None:
    wei = await enrolled(company, "wei")
    visit_id = await company.visit("wei")
    await wei.sync()
    wei.tap("accept", visit_id)
    await wei.sync()
    visit = await agree(company, visit_id)
    assert (visit["state"], visit["plan_version"], visit["planned_start"]) == ("dispatched", 2, "2026-03-02T05:00:00Z")
    await wei.sync()
    [row] = wei.rows("visit")
    start = int(datetime(2026, 3, 2, 5, tzinfo=UTC).timestamp() * 1e6)
    assert (row["window_start"], row["planned_start"], row["crew_states"][0]["state"]) == (start, start, "dispatched")


async def test_moving_the_plan_within_the_window_keeps_the_promise(company: Company) -> None:
    visit_id = await company.visit("wei")
    await planned(company, visit_id, planned_start="2026-03-02T10:00:00+08:00")
    assert len(await windows(company, visit_id)) == 1
    first, second = await company.must("mei", "GET", f"/v1/visits/{visit_id}/orders")
    assert (first["window_start"], second["window_start"]) == ("2026-03-02T01:00:00Z",) * 2
    assert second["planned_start"] == "2026-03-02T02:00:00Z"


async def test_an_arrival_is_judged_by_the_window_that_the_phone_had(company: Company) -> None:
    wei = await enrolled(company, "wei")
    now = clock.now()
    visit_id = await company.visit()
    held = {
        "window_start": (now - timedelta(hours=1)).isoformat(),
        "window_end": (now + timedelta(hours=1)).isoformat(),
    }
    await planned(company, visit_id, **held)
    await wei.sync()
    tap_check_in(wei, visit_id)
    later = {
        "window_start": (now + timedelta(hours=5)).isoformat(),
        "window_end": (now + timedelta(hours=6)).isoformat(),
    }
    await agree(company, visit_id, agreed={"agreed_with": "Weber"}, **later)
    await wei.sync()
    [check_in] = (await arrival(company, visit_id))["check_ins"]
    assert (check_in["plan_version_held"], check_in["verdicts"][0]["time"]) == (1, "on_time")


async def test_where_nothing_was_agreed_the_time_is_open(company: Company) -> None:
    wei = await enrolled(company, "wei")
    visit_id = await company.visit()
    await planned(company, visit_id, planned_start=clock.now().isoformat())
    await wei.sync()
    [row] = wei.rows("visit")
    assert row["window_start"] is None
    tap_check_in(wei, visit_id)
    await wei.sync()
    [check_in] = (await arrival(company, visit_id))["check_ins"]
    assert check_in["verdicts"][0]["time"] == "inconclusive"


async def test_overlap_is_judged_on_the_plan_and_blocks_nothing(company: Company) -> None:
    first, second = await company.visit(), await company.visit()
    await planned(company, first, "wei", "anna", planned_start="2026-03-02T09:00:00+08:00", minutes=60, **MORNING)
    visit = await planned(company, second, "wei", planned_start="2026-03-02T09:40:00+08:00", minutes=60, **MORNING)
    both = {"visit_id": first, "technician_id": company.ids["wei"], "minutes": 20}
    assert visit["overlaps"] == [both]
    board = await company.must("mei", "GET", "/v1/board?start=2026-03-02T00:00:00%2B08:00")
    assert {card["visit_id"]: [one["visit_id"] for one in card["overlaps"]] for card in board["visits"]} == {
        first: [second], second: [first],
    }  # fmt: skip
    visit = await planned(company, second, "wei", planned_start="2026-03-02T10:00:00+08:00")
    assert visit["overlaps"] == [], "one window, and no overlap: it is the plan that counts"


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        ({"window_start": MORNING["window_start"]}, "start and an end"),
        ({}, "when somebody is to be there"),
        ({"to_be_agreed": True, **MORNING}, "no times yet"),
        ({"agreed": WEBER, "planned_start": MORNING["window_start"]}, "window_start and window_end"),
        ({"agreed": {"agreed_with": " "}, **MORNING}, "who agreed"),
        ({"agreed": {**WEBER, "agreed_at": "2030-01-01T00:00:00Z"}, **MORNING}, "future"),
    ],
)
async def test_what_says_nothing_is_refused_with_what_to_send(
    company: Company, plan: dict[str, Any], said: str
) -> None:
    visit_id = await company.visit()
    problem = await planned(company, visit_id, status=422, **plan)
    assert said in problem["detail"]
    assert await windows(company, visit_id) == []


async def test_no_window_is_agreed_for_a_visit_that_is_over(company: Company) -> None:
    visit_id = await company.visit("wei")
    await company.must("mei", "POST", f"/v1/visits/{visit_id}/cancel", json={"reason": "repaired"})
    answer = await company.call("mei", "POST", f"/v1/visits/{visit_id}/windows", json={"agreed": WEBER, **AFTERNOON})
    assert answer.status_code == 409


async def test_the_board_has_a_visit_that_is_planned_but_not_agreed_on_its_day(company: Company) -> None:
    visit_id = await company.visit()
    await planned(company, visit_id, planned_start="2026-03-02T09:00:00+08:00")
    for day, cards in (("2026-03-02", [visit_id]), ("2026-03-01", [])):
        board = await company.must("mei", "GET", f"/v1/board?day={day}")
        assert [card["visit_id"] for card in board["visits"]] == cards, day
