"""The action log as desks read it, and that nothing in it is lost, mixed up or changed."""

import asyncio
from typing import Any

import pytest
from litestar import Litestar
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from server.identity.founding import Founder, found
from server.identity.people import hold_administrators
from tests.company import HASH, Company
from tests.identity.test_audiences import another_office, with_a_manager

SITE_CHANGES = 12


async def log(company: Company, who: str = "mei", **filters: Any) -> list[Any]:
    rows: list[Any] = await company.must(who, "GET", "/v1/actions", params={"sort": "at", "limit": 500, **filters})
    return rows


async def test_an_order_is_told_with_what_was_before(company: Company) -> None:
    visit_id = await company.visit("wei")
    await company.assign(visit_id, "anna", "wei", start="2026-03-03T09:00:00+08:00")
    await company.must("mei", "POST", f"/v1/visits/{visit_id}/cancel", json={"reason": "The customer repaired it"})
    first, second, cancelled = await log(company, thing_id=visit_id)
    assert [first["what"], second["what"], cancelled["what"]] == ["assign_visit", "assign_visit", "cancel_visit"]
    assert {first["actor"], first["actor_id"], first["thing"]} == {"陈梅", company.ids["mei"], "visit"}
    assert first["before"] == {"state": "unscheduled", "plan_version": 0}
    assert first["after"]["technician_ids"] == [company.ids["wei"]]
    assert second["before"] == {
        "plan_version": 1, "technician_ids": [company.ids["wei"]], "planned_start": "2026-03-02T01:00:00Z",
        "window_start": "2026-03-02T01:00:00Z", "window_end": "2026-03-02T03:00:00Z",
    }  # fmt: skip
    assert second["after"]["technician_ids"] == [company.ids["anna"], company.ids["wei"]]
    assert "state" not in second["after"], "it was dispatched before"
    assert (cancelled["after"], cancelled["withheld"]) == ({"state": "cancelled"}, ["reason"])


async def test_each_filter_narrows_and_a_stretch_of_time_has_both_its_ends(company: Company) -> None:
    visit_id = await company.visit("wei")
    rows = await log(company)
    assert [row["at"] for row in rows] == sorted(row["at"] for row in rows)
    for name, value in (
        ("thing", "visit"), ("what", "add_part"), ("actor_id", company.ids["root"]), ("thing_id", visit_id),
    ):  # fmt: skip
        expected = [row for row in rows if row[name] == value]
        assert 0 < len(expected) < len(rows)
        assert await log(company, **{name: value}) == expected
    middle = rows[3]["at"]
    assert await log(company, at_from=middle) == rows[3:]
    assert await log(company, at_before=middle) == rows[:3]
    wrong = await company.call("mei", "GET", "/v1/actions", params={"what": "paint"})
    assert (wrong.status_code, "cancel_visit" in wrong.json()["detail"]) == (400, True)
    assert (await company.call("wei", "GET", "/v1/actions")).status_code == 403


async def test_a_narrowed_desk_reads_its_own_offices_actions_and_the_companys(company: Company, app: Litestar) -> None:
    await another_office(app, company)
    theirs = {"name": "Harbour Cold Store", "office_id": company.ids["other_office"]}
    made = await company.must("yan", "POST", "/v1/customers", json=theirs)
    seen = {row["what"] for row in await log(company, "yan")}
    assert {"add_customer", "add_site", "add_part"} <= seen
    app.state.narrow = True
    try:
        rows = await log(company, "yan")
        assert {row["thing_id"] for row in rows if row["office_id"]} == {made["id"]}
        assert {row["thing"] for row in rows if not row["office_id"]} == {"product", "part"}
        assert {row["office_id"] for row in await log(company, "root")} >= {company.ids["office"], made["office_id"]}
        assert (await company.call("yan", "GET", "/v1/actions", params={"office_id": company.ids["office"]})).is_error
    finally:
        app.state.narrow = False


async def test_of_changes_at_once_none_is_lost_and_each_begins_where_the_one_before_ended(company: Company) -> None:
    path = f"/v1/sites/{company.ids['site']}"
    bodies = [{"geofence_radius_m": 200 + n, "reason": f"measured {n}"} for n in range(SITE_CHANGES)]
    await asyncio.gather(*(company.must("mei", "PATCH", path, json=body) for body in bodies))
    rows = await log(company, thing_id=company.ids["site"], what="change_site")
    assert len(rows) == SITE_CHANGES
    begun = {row["before"]["geofence_radius_m"]: row["after"]["geofence_radius_m"] for row in rows}
    chain = [150]
    while chain[-1] in begun:
        chain.append(begun[chain[-1]])
    assert len(chain) == SITE_CHANGES + 1
    assert all(row["withheld"] == ["reason"] for row in rows)


async def test_of_two_answers_at_once_to_a_customer_one_counts(company: Company) -> None:
    body = {"customer_id": company.ids["customer"], "kind": "repair", "channel": "phone", "subject": "E42"}
    ticket = await company.must("mei", "POST", "/v1/tickets", json=body)
    path = f"/v1/tickets/{ticket['id']}/respond"
    told = await asyncio.gather(*(company.must(who, "POST", path) for who in ("mei", "root", "mei", "root")))
    assert len({one["first_response"]["responded_at"] for one in told}) == 1
    [row] = await log(company, thing_id=ticket["id"], what="respond_to_ticket")
    assert row["before"] == {"state": "open", "clock": "running"}
    assert {row["after"]["state"], row["after"]["clock"]} == {"responded", "met_in_time"}


async def test_a_verb_does_not_wait_for_a_change_of_who_does_it(company: Company, app: Litestar) -> None:
    root = app.state.tokens.actor(company.tokens["root"])
    part = {"number": "BRG-6205", "name": "Bearing", "unit_price": 6800}
    async with app.state.sessions.begin() as session, asyncio.timeout(20):
        await hold_administrators(
            session, root
        )  # two such verbs, each holding what the other names, would wait in a circle
        made = await company.must("root", "POST", "/v1/parts", json=part)
    assert len(await log(company, thing_id=made["id"])) == 1


async def test_what_changes_nothing_is_no_action(company: Company, app: Litestar) -> None:
    visit_id = await company.visit("wei")
    site = f"/v1/sites/{company.ids['site']}"
    repeated = (
        ("mei", "PATCH", site, {"name": "主楼"}),
        ("root", "PATCH", f"/v1/users/{company.ids['mei']}", {"name": "陈梅"}),
        ("root", "POST", f"/v1/users/{company.ids['mei']}/reactivate", None),
        ("mei", "POST", f"/v1/visits/{visit_id}/unassign", {"reason": "ill"}),
        ("mei", "POST", f"/v1/visits/{visit_id}/unassign", {"reason": "ill"}),
    )
    before = len(await log(company))
    for who, method, path, body in repeated:
        await company.must(who, method, path, json=body)
    assert [row["what"] for row in (await log(company))[before:]] == ["unassign_visit"]


async def test_a_name_is_the_one_that_the_person_has_now(company: Company, app: Litestar) -> None:
    await with_a_manager(app, company)
    body = {"name": "Neu", "office_id": company.ids["office"]}
    made = await company.must("lin", "POST", "/v1/customers", json=body)
    [row] = await log(company, thing_id=made["id"])
    assert row["actor"] == "lin"
    await company.must("root", "PATCH", f"/v1/users/{row['actor_id']}", json={"name": "erased"})
    [row] = await log(company, thing_id=made["id"])
    assert row["actor"] == "erased"


async def test_a_command_of_the_server_has_no_actor(company: Company, app: Litestar) -> None:
    async with app.state.sessions.begin() as session:
        made = await found(session, Founder("second", "Second", "Branch", "Europe/Berlin"), HASH)
        await found(session, Founder("mei", "-", None, "UTC"), HASH)
    [office, user] = [
        row for row in await log(company, "root") if row["actor_id"] is None and row["what"] != "reset_password"
    ]
    assert (office["what"], office["after"], office["actor"]) == ("add_office", {"time_zone": "Europe/Berlin"}, None)
    assert (user["what"], user["thing_id"], user["after"]["role"]) == ("add_user", str(made.user.id), "admin")
    [reset] = await log(company, "root", what="reset_password")  # Mei has to sign in again
    assert (reset["thing_id"], reset["before"], reset["after"]) == (company.ids["mei"], {}, {})


async def test_a_line_is_never_changed(company: Company, app: Litestar) -> None:
    with pytest.raises(DBAPIError, match="never changed"):
        async with app.state.sessions.begin() as session:
            await session.execute(text("update action set what = 'add_part'"))
