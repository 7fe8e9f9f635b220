"""A ticket's clocks: what is promised for what the customer wants, how they are met, and how desks see and are told what is over."""

from datetime import timedelta
from typing import Any

import pytest
from litestar import Litestar

from server.clocks.overdue import note_overdue
from server.clocks.rules import ClockStanding
from server.ground import clock
from server.requests.rules import PROMISED, TOLD, TicketKind
from tests.company import Company
from tests.desk_feed.conftest import listening


async def taken(company: Company, kind: str, minutes_ago: float = 0) -> str:
    received = clock.now() - timedelta(minutes=minutes_ago)
    body = {
        "customer_id": company.ids["customer"], "kind": kind, "channel": "phone", "subject": kind,
        "received_at": received.isoformat(),
    }  # fmt: skip
    return str((await company.must("mei", "POST", "/v1/tickets", json=body))["id"])


async def clocks(company: Company, ticket_id: str) -> dict[str, dict[str, Any]]:
    found = await company.must("mei", "GET", f"/v1/tickets/{ticket_id}/clocks")
    return {one["kind"]: one for one in found}


async def say(company: Company, ticket_id: str, what: str) -> Any:
    return await company.must("mei", "POST", f"/v1/tickets/{ticket_id}/{what}")


@pytest.mark.parametrize("kind", TicketKind)
async def test_clauses_5_19_and_44_a_ticket_has_the_clocks_that_the_plan_promises(
    company: Company, kind: TicketKind
) -> None:
    found = await clocks(company, await taken(company, kind))
    hours = {name: one["within_s"] / 3600 for name, one in found.items()}
    assert hours == {"repair": {"reply": 1}, "complaint": {"reply": 24, "contact": 1}}.get(kind, {"reply": 24})
    assert {one["state"] for one in found.values()} == {"running"}
    assert not any(policy.pausable for policy in PROMISED[kind])


def test_a_ticket_can_tell_of_its_reply_wherever_that_stands() -> None:
    assert set(TOLD) == set(ClockStanding)


async def test_a_complaint_is_contacted_first_and_answered_later(company: Company) -> None:
    ticket_id = await taken(company, "complaint", minutes_ago=30)
    said = await say(company, ticket_id, "contact")
    assert (said["state"], said["first_response"]["state"], said["first_response"]["responded_at"]) == (
        "open", "running", None,
    )  # fmt: skip
    found = await clocks(company, ticket_id)
    assert (found["contact"]["state"], found["contact"]["met_by"]) == ("met_in_time", company.ids["mei"])
    assert found["contact"]["remaining_s"] in range(1700, 1801)
    assert (found["reply"]["state"], found["reply"]["met_at"]) == ("running", None)
    await say(company, ticket_id, "contact")
    said = await say(company, ticket_id, "respond")
    assert (said["state"], said["first_response"]["state"]) == ("responded", "met")
    later = await clocks(company, ticket_id)
    assert later["contact"] == found["contact"], "the first contact counts"
    assert later["reply"]["state"] == "met_in_time"


async def test_an_answer_is_a_contact(company: Company) -> None:
    ticket_id = await taken(company, "complaint", minutes_ago=90)
    assert (await say(company, ticket_id, "respond"))["first_response"]["state"] == "met"
    found = await clocks(company, ticket_id)
    assert {name: one["state"] for name, one in found.items()} == {"reply": "met_in_time", "contact": "met_late"}
    assert found["contact"]["remaining_s"] in range(-1900, -1799)


async def test_where_nobody_is_to_be_contacted_first_the_answer_is_recorded(company: Company) -> None:
    ticket_id = await taken(company, "repair")
    refused = await company.call("mei", "POST", f"/v1/tickets/{ticket_id}/contact")
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    assert "/respond" in refused.json()["detail"]
    nobody = "0192f6a0-0000-7000-8000-000000000000"
    for method, path in (("GET", "clocks"), ("POST", "contact"), ("POST", "respond")):
        assert (await company.call("mei", method, f"/v1/tickets/{nobody}/{path}")).status_code == 404


async def test_what_is_over_is_in_the_list_whichever_clock_it_is(company: Company) -> None:
    late = [await taken(company, "complaint", minutes_ago=90), await taken(company, "repair", minutes_ago=90)]
    in_time = [await taken(company, "inquiry", minutes_ago=90), await taken(company, "complaint", minutes_ago=30)]

    async def overdue(is_over: bool) -> list[str]:
        rows = await company.must("mei", "GET", "/v1/tickets", params={"overdue": is_over, "sort": "number"})
        return [row["id"] for row in rows]

    assert (await overdue(True), await overdue(False)) == (late, in_time)
    await say(company, late[0], "contact")
    await say(company, late[1], "respond")
    assert (await overdue(True), await overdue(False)) == ([], late + in_time)


async def test_desks_are_told_once_that_the_time_ran_out(company: Company, app: Litestar) -> None:
    ticket_id = await taken(company, "repair", minutes_ago=59)
    await taken(company, "repair")
    now = clock.micros()
    async with listening(app) as desk:
        await desk.next()
        try:
            clock.hold(lambda: now + 61_000_000)
            async with app.state.sessions.begin() as session:
                assert await note_overdue(session) == 1
            told = await desk.next()
            assert told.changes == {("tickets", ticket_id)}
            assert told.offices == {company.ids["office"]}
            async with app.state.sessions.begin() as session:
                assert await note_overdue(session) == 0
            assert await desk.silent()
        finally:
            clock.hold(None)
