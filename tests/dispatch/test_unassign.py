"""Taking an order back without a replacement: what becomes of the visit, its record, and the phone that still works on it."""

from typing import Any

import pytest

from mobile_contract.chain import uuid7
from server.jobs.rules import VisitState
from tests.company import Company
from tests.day import fix
from tests.dispatch.conftest import Sql
from tests.phones import enrolled

REASON = {"reason": "Li Wei is ill"}
NOBODY = "0192f6a0-0000-7000-8000-000000000000"


async def taken_back(company: Company, visit_id: str, **body: Any) -> Any:
    return await company.must("mei", "POST", f"/v1/visits/{visit_id}/unassign", json=REASON | body)


async def test_with_its_window_the_visit_is_scheduled_and_nobody_goes(company: Company) -> None:
    visit_id = await company.visit("wei", "anna")
    visit = await taken_back(company, visit_id)
    assert (visit["state"], visit["crew"], visit["plan_version"]) == ("scheduled", [], 1)
    assert visit["window_start"] == "2026-03-02T01:00:00Z"


async def test_without_its_window_it_is_unscheduled_and_stays_so(company: Company) -> None:
    visit_id = await company.visit("wei")
    await taken_back(company, visit_id)
    visit = await taken_back(company, visit_id, keep_window=False)
    assert (visit["state"], visit["window_start"], visit["window_end"]) == ("unscheduled", None, None)
    assert (await taken_back(company, visit_id))["state"] == "unscheduled"


async def test_the_dispatch_record_and_the_history_say_who_took_it_back_and_why(company: Company) -> None:
    visit_id = await company.visit("wei")
    await taken_back(company, visit_id)
    await taken_back(company, visit_id)
    await company.assign(visit_id, "anna")
    first, second = await company.must("mei", "GET", f"/v1/visits/{visit_id}/orders")
    assert (first["technician_ids"], first["withdrawn_by"], first["withdrawal_reason"]) == (
        [company.ids["wei"]], company.ids["mei"], "Li Wei is ill",
    )  # fmt: skip
    assert (second["plan_version"], second["withdrawn_at"], second["withdrawal_reason"]) == (2, None, "")
    history = await company.must("mei", "GET", f"/v1/visits/{visit_id}/history")
    [line] = [one["facts"] for one in history if one["kind"] == "unassign"]
    assert (line["crew"], line["before"], line["window_kept"]) == ([company.ids["wei"]], "dispatched", True)


async def test_it_leaves_the_phone_and_comes_back_with_the_next_order(company: Company) -> None:
    wei = await enrolled(company, "wei")
    visit_id = await company.visit("wei")
    await wei.sync()
    await taken_back(company, visit_id)
    await wei.sync()
    assert [row for row in wei.rows("visit") if row["id"] == visit_id] == []
    assert wei.is_intact()
    assert (await company.assign(visit_id, "wei"))["plan_version"] == 2
    await wei.sync()
    assert wei.row("visit", visit_id)["body"]["state"] == "dispatched"


async def test_facts_from_the_dark_are_kept_and_flagged_and_moves_are_parked(company: Company) -> None:
    wei = await enrolled(company, "wei")
    visit_id = await company.visit("wei")
    await wei.sync()
    wei.tap("check_in", visit_id, {"check_in_id": uuid7(), "fixes": [fix(wei, visit_id)], "plan_version": 1})
    wei.tap("note", visit_id, {"note_id": uuid7(), "text": "Nobody there"})
    wei.tap("start", visit_id)
    await taken_back(company, visit_id)
    await wei.sync()
    assert [outcome["outcome"] for outcome in wei.state["outcomes"].values()] == ["applied", "applied", "parked"]
    visit = await company.must("mei", "GET", f"/v1/visits/{visit_id}")
    assert (visit["state"], visit["after_reassignment"]) == ("scheduled", True)
    [arrival] = (await company.must("mei", "GET", f"/v1/visits/{visit_id}/arrival"))["check_ins"]
    assert "newer_window_not_held" not in arrival["verdicts"][0]["flags"]


OVER = {VisitState.COMPLETED, VisitState.CLOSED, VisitState.CANNOT_COMPLETE, VisitState.CANCELLED}


@pytest.mark.parametrize("keep_window", [True, False])
async def test_what_is_over_is_not_taken_back(company: Company, sql: Sql, keep_window: bool) -> None:
    for state in VisitState:
        visit_id = await company.visit("wei")
        await sql("update visit set state = :state where id = :id", state=state, id=visit_id)
        body = REASON | {"keep_window": keep_window}
        answer = await company.call("mei", "POST", f"/v1/visits/{visit_id}/unassign", json=body)
        if state not in OVER:
            assert answer.status_code == 200, answer.text
            continue
        assert (answer.status_code, answer.json()["code"]) == (409, "state_not_possible")
        assert len((await company.must("mei", "GET", f"/v1/visits/{visit_id}"))["crew"]) == 1


async def test_it_stands_on_the_board_as_unassigned(company: Company) -> None:
    visit_id = await company.visit("wei")
    await taken_back(company, visit_id)
    board = await company.must("mei", "GET", "/v1/board", params={"day": "2026-03-02"})
    assert (board["unassigned"], board["late"]) == ([visit_id], [visit_id])


@pytest.mark.parametrize(("who", "status"), [(None, 401), ("wei", 403), ("mei", 200), ("root", 200)])
async def test_who_may_take_an_order_back(company: Company, who: str | None, status: int) -> None:
    visit_id = await company.visit("wei")
    assert (await company.call(who, "POST", f"/v1/visits/{visit_id}/unassign", json=REASON)).status_code == status


async def test_a_reason_is_needed_and_a_visit(company: Company) -> None:
    visit_id = await company.visit("wei")
    blank = await company.call("mei", "POST", f"/v1/visits/{visit_id}/unassign", json={"reason": " "})
    assert (blank.status_code, blank.json()["code"]) == (422, "invalid")
    assert (await company.call("mei", "POST", f"/v1/visits/{NOBODY}/unassign", json=REASON)).status_code == 404
