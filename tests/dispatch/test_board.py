"""The board: whose day it is, what stands on it, what is late, unassigned or came back, and who may see it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar import Litestar
from sqlalchemy import text

from server.dispatch.board import VISITS
from server.dispatch.rules import Lateness, day_in, lateness
from server.ground.moments import END, FIRST
from server.jobs.rules import VisitState
from tests.company import Company
from tests.dispatch.conftest import Hold, Sql

NOON = "2026-03-02T12:00:00+08:00"
TODAY = {"day": "2026-03-02"}


async def planned(company: Company, start: str, end: str, who: str = "wei", **job: Any) -> str:
    """A visit with this window."""
    visit_id = await company.visit(**job)
    plan = {"technician_ids": [company.ids[who]], "window_start": start, "window_end": end}
    await company.must("mei", "POST", f"/v1/visits/{visit_id}/assign", json=plan)
    return visit_id


async def board(company: Company, **params: Any) -> Any:
    return await company.must("mei", "GET", "/v1/board", params=params)


def shown(answer: Any) -> list[str]:
    return [card["visit_id"] for card in answer["visits"]]


async def test_the_day_is_the_offices(company: Company, at: Hold) -> None:
    await at("2026-03-02T00:30:00+08:00")  # still 1 March in UTC
    answer = await board(company)
    assert (answer["start"], answer["end"]) == ("2026-03-01T16:00:00Z", "2026-03-02T16:00:00Z")


async def test_the_day_of_another_office_is_that_offices(company: Company, at: Hold) -> None:
    await at(NOON)
    berlin = {"name": "Berlin", "time_zone": "Europe/Berlin"}
    office_id = (await company.must("root", "POST", "/v1/offices", json=berlin))["id"]
    answer = await board(company, day="2026-10-25", office_id=office_id)
    assert (answer["start"], answer["end"]) == ("2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z")


WINDOWS = {
    ("2026-03-02T09:00:00+08:00", "2026-03-02T11:00:00+08:00"): True,
    ("2026-03-01T22:00:00+08:00", "2026-03-02T00:01:00+08:00"): True,
    ("2026-03-02T23:59:00+08:00", "2026-03-03T02:00:00+08:00"): True,
    ("2026-03-01T08:00:00+08:00", "2026-03-05T18:00:00+08:00"): True,
    ("2026-03-03T00:00:00+08:00", "2026-03-03T02:00:00+08:00"): False,
    ("2026-03-01T22:00:00+08:00", "2026-03-02T00:00:00+08:00"): False,
}


@pytest.mark.parametrize("state", ["dispatched", "completed", "closed"])
async def test_every_window_that_overlaps_the_day_stands_on_it(
    company: Company, at: Hold, sql: Sql, state: str
) -> None:
    await at("2026-02-25T12:00:00+08:00")  # so that nothing is late
    made = {await planned(company, *window): stands for window, stands in WINDOWS.items()}
    await sql("update visit set state = :state", state=state)
    assert set(shown(await board(company, **TODAY))) == {visit_id for visit_id, stands in made.items() if stands}


async def test_what_is_open_and_late_from_before_stands_on_the_day(company: Company, at: Hold, sql: Sql) -> None:
    await at(NOON)
    made = {}
    for state in VisitState:
        made[state] = await planned(company, "2026-01-05T09:00:00+08:00", "2026-01-05T11:00:00+08:00")
        await sql("update visit set state = :state where id = :id", state=state, id=made[state])
    over = {made.pop(state) for state in (VisitState.COMPLETED, VisitState.CLOSED, VisitState.CANCELLED)}
    found = set(shown(await board(company)))
    assert found == set(made.values())
    assert not found & over


async def test_what_is_due_before_a_later_day_is_not_late_for_it_yet(company: Company, at: Hold) -> None:
    await at(NOON)
    await planned(company, "2026-03-02T14:00:00+08:00", "2026-03-02T16:00:00+08:00")
    assert shown(await board(company, day="2026-03-03")) == []


@pytest.mark.parametrize(
    ("state", "late"),
    [
        ("scheduled", Lateness.LATE), ("dispatched", Lateness.LATE), ("accepted", Lateness.LATE),
        ("declined", Lateness.LATE), ("en_route", Lateness.LATE), ("on_site", Lateness.IN_TIME),
        ("in_progress", Lateness.IN_TIME), ("on_hold", Lateness.IN_TIME), ("completed", Lateness.IN_TIME),
    ],
)  # fmt: skip
def test_a_visit_is_late_when_its_window_is_over_and_nobody_has_arrived(state: str, late: Lateness) -> None:
    end = datetime(2026, 3, 2, 11, tzinfo=UTC)
    assert lateness(VisitState(state), end, end + timedelta(minutes=1)) is late


async def test_a_crew_that_left_the_company_counts_as_unassigned(company: Company, at: Hold) -> None:
    await at(NOON)
    visit_id = await planned(company, "2026-03-02T14:00:00+08:00", "2026-03-02T16:00:00+08:00")
    assert (await board(company))["unassigned"] == []
    await company.log_in("root")
    await company.must("root", "POST", f"/v1/users/{company.ids['wei']}/deactivate")
    answer = await board(company)
    assert answer["unassigned"] == [visit_id]
    assert answer["visits"][0]["technician_ids"] == []
    assert company.ids["wei"] not in [one["id"] for one in answer["technicians"]]


async def test_of_a_crew_the_one_who_stayed_still_goes(company: Company, at: Hold) -> None:
    await at(NOON)
    visit_id = await company.visit("wei", "anna", start="2026-03-02T09:00:00+08:00")
    await company.log_in("root")
    await company.must("root", "POST", f"/v1/users/{company.ids['wei']}/deactivate")
    [card] = (answer := await board(company))["visits"]
    assert (card["visit_id"], card["technician_ids"], answer["unassigned"]) == (visit_id, [company.ids["anna"]], [])


async def test_work_that_is_done_stays_with_who_did_it(company: Company, at: Hold, sql: Sql) -> None:
    await at(NOON)
    visit_id = await company.visit("wei")
    await sql("update visit set state = 'closed' where id = :id", id=visit_id)
    await sql("update app_user set active = false where login = 'wei'")
    [card] = (answer := await board(company))["visits"]
    assert (card["technician_ids"], answer["unassigned"]) == ([company.ids["wei"]], [])
    assert {one["name"]: one["active"] for one in answer["technicians"]} == {"Anna Schmidt": True, "李伟": False}


@pytest.mark.parametrize("state", ["on_hold", "cannot_complete"])
@pytest.mark.parametrize(
    "start", ["2026-03-02T09:00:00+08:00", "2026-02-02T09:00:00+08:00", "2026-03-04T09:00:00+08:00"]
)
async def test_what_came_back_is_a_list(company: Company, at: Hold, sql: Sql, state: str, start: str) -> None:
    await at(NOON)
    visit_id = await company.visit("wei", start=start)
    assert (await board(company))["came_back"] == []  # also while its window is still to come
    await sql("update visit set state = :state where id = :id", state=state, id=visit_id)
    assert (await board(company))["came_back"] == [visit_id]


async def test_what_could_not_be_completed_waits_until_another_visit_is_made(
    company: Company, at: Hold, sql: Sql
) -> None:
    await at(NOON)
    visit_id = await company.visit("wei", start="2026-02-02T09:00:00+08:00")
    await sql("update visit set state = 'cannot_complete' where id = :id", id=visit_id)
    job_id = (await company.must("mei", "GET", f"/v1/visits/{visit_id}"))["job_id"]
    await at("2026-03-02T12:01:00+08:00")
    again = (await company.must("mei", "POST", f"/v1/jobs/{job_id}/visits", json={}))["id"]
    answer = await board(company)
    assert (answer["came_back"], shown(answer)) == ([], [again])
    await company.must("mei", "POST", f"/v1/visits/{again}/cancel", json={"reason": "wrong day"})
    assert (await board(company))["came_back"] == [visit_id]


async def test_a_backlog_hides_nothing_of_the_day_and_says_how_much_is_left_out(company: Company, at: Hold) -> None:
    await at(NOON)
    for _ in range(3):
        await company.visit()
    late = await company.visit("wei", start="2026-02-02T09:00:00+08:00")
    due = await company.visit("wei")
    answer = await board(company, limit=2)
    assert (shown(answer), answer["left_out"]) == ([late, due], 3)
    assert len(shown(await board(company))) == 5


async def test_a_board_of_one_office_has_that_offices_visits(company: Company, at: Hold) -> None:
    await at(NOON)
    berlin = {"name": "Berlin", "time_zone": "Europe/Berlin"}
    office_id = (await company.must("root", "POST", "/v1/offices", json=berlin))["id"]
    visit_id = await company.visit("wei")
    assert shown(await board(company, office_id=office_id)) == []
    assert shown(await board(company, office_id=company.ids["office"])) == [visit_id]


REFUSED: list[tuple[dict[str, Any], int]] = [
    ({"day": "9999-12-31"}, 422), ({"day": "0001-01-01"}, 422), ({"day": "2255-01-01"}, 422), ({"day": "x"}, 400),
    ({"start": "9999-12-31T23:59:59Z"}, 422), ({"start": "0001-01-01T00:00:00+14:00"}, 422),
    ({"start": "2026-03-02T00:00:00"}, 422), ({"start": "2026-03-02T00:00:00Z", "day": "2026-03-02"}, 422),
    ({"office_id": "0192f6a0-0000-7000-8000-000000000000"}, 404), ({"hours": 0}, 400),
    ({"day": "2254-12-31"}, 200), ({"day": "1900-01-02", "hours": 336}, 200),
]  # fmt: skip


async def test_a_day_that_nobody_means_is_refused(company: Company) -> None:
    for params, status in REFUSED:
        answer = await company.call("mei", "GET", "/v1/board", params=params)
        assert answer.status_code == status, (params, answer.text)


@given(
    st.dates(date(1970, 1, 2), date(2100, 1, 1)),
    st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe", "Africa/Cairo"]),
)
def test_days_follow_one_another_without_a_gap(day: date, zone: str) -> None:
    start, end = day_in(zone, day, datetime.max.replace(tzinfo=UTC))
    assert day_in(zone, day + timedelta(days=1), end)[0] == end
    assert day_in(zone, None, start)[0] == start
    assert (end - timedelta(microseconds=1)).astimezone(ZoneInfo(zone)).date() == day


@pytest.mark.parametrize(("who", "status"), [(None, 401), ("wei", 403), ("mei", 200), ("root", 200)])
async def test_who_may_see_the_board(company: Company, who: str | None, status: int) -> None:
    assert (await company.call(who, "GET", "/v1/board")).status_code == status


async def test_the_board_reads_what_is_open_and_what_overlaps_by_their_indexes(app: Litestar) -> None:
    values: dict[str, Any] = {
        "start": FIRST,
        "end": END,
        "now": FIRST,
        "late_before": FIRST,
        "office_id": None,
        "limit": 5,
    }
    async with app.state.sessions() as session:
        await session.execute(text("set local enable_seqscan = off"))
        plan = "\n".join(await session.scalars(text(f"explain {VISITS}"), values))
    assert "ix_visit_waiting" in plan
    assert "ix_visit_window_range" in plan
