"""What a list is narrowed by, and cursors that are not its own."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from litestar import Litestar

from server.ground import clock
from server.http.list_cursor import read
from server.sync.chain import ChainProblem, NotCanonical, OperationTooLarge
from server.sync.down.reconcile import CODE
from server.sync.rules import IncidentCode
from server.sync.up.clock_steps import ClockSteppedBack
from server.sync.up.revocation import DeviceRevoked, SignedAroundRevocation
from tests.company import Company
from tests.http.lists.rows import LISTS, Ids, ids_of, insert
from tests.identity.test_audiences import another_office


@pytest.fixture
async def ids(company: Company, app: Litestar) -> Ids:
    return await ids_of(company, app)


async def found(company: Company, path: str, who: str = "mei", **params: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = await company.must(who, "GET", path, params=params or None)
    return rows


async def refused(company: Company, path: str, **params: Any) -> str:
    answer = await company.call("mei", "GET", path, params=params or None)
    assert answer.status_code in (400, 422), answer.text
    return str(answer.json()["detail"])


async def test_tickets_by_state_kind_customer_time_and_whether_somebody_is_waiting(
    company: Company, app: Litestar, ids: Ids
) -> None:
    rows = [LISTS["list_tickets"].make(ids, n) for n in range(3)]
    answered, fresh = rows[1][0], rows[2][0]
    rows[1][1].met_at, answered.state, answered.kind = rows[1][1].due_at, "responded", "complaint"  # type: ignore[attr-defined]
    rows[2][1].due_at = fresh.received_at = clock.now() + timedelta(hours=1)  # type: ignore[attr-defined]
    for made in rows:
        await insert(app, made)
    ask = lambda **params: found(company, "/v1/tickets", sort="received_at", **params)  # noqa: E731
    subjects = lambda answer: sorted(row["subject"] for row in answer)  # noqa: E731
    assert subjects(await ask()) == ["=E0", "=E1", "=E2"]
    assert subjects(await ask(overdue=True)) == ["=E0"]
    assert subjects(await ask(overdue=False)) == ["=E1", "=E2"]
    assert subjects(await ask(status="responded")) == subjects(await ask(kind="complaint")) == ["=E1"]
    assert subjects(await ask(received_before=clock.now().isoformat())) == ["=E0", "=E1"]
    assert subjects(await ask(received_from=clock.now().isoformat())) == ["=E2"]
    assert len(await ask(customer_id=ids["customer"])) == 3
    assert await ask(customer_id=ids["wei"]) == await ask(site_id=ids["wei"]) == await ask(asset_id=ids["wei"]) == []


async def test_jobs_by_customer_site_and_the_state_of_their_visits(company: Company, app: Litestar, ids: Ids) -> None:
    await insert(app, LISTS["list_jobs"].make(ids, 0))
    titles = {row["title"] for row in await found(company, "/v1/jobs", visit_state="unscheduled")}
    assert titles == {"+1 (555) 010"}
    assert len(await found(company, "/v1/jobs", visit_state="dispatched")) == 1
    assert len(await found(company, "/v1/jobs", customer_id=ids["customer"], site_id=ids["site"])) == 2
    assert len(await found(company, "/v1/jobs", asset_id=ids["asset"])) == 1
    for none in ({"customer_id": ids["wei"]}, {"ticket_id": ids["wei"]}, {"kind": "training"}):
        assert await found(company, "/v1/jobs", **none) == []
    assert await found(company, "/v1/jobs", made_before="2020-01-01T00:00:00Z") == []
    assert len(await found(company, "/v1/jobs", made_from="2020-01-01T00:00:00Z")) == 2


async def test_users_by_role_and_technicians_by_whether_they_are_there(company: Company) -> None:
    assert [row["login"] for row in await found(company, "/v1/users", role="technician")] == ["anna", "wei"]
    await company.must("root", "POST", f"/v1/users/{company.ids['anna']}/deactivate")
    assert [row["login"] for row in await found(company, "/v1/users", active=False)] == ["anna"]
    assert [row["id"] for row in await found(company, "/v1/technicians", active=True)] == [company.ids["wei"]]


async def test_phones_incidents_and_parked_operations_by_technician(company: Company, app: Litestar, ids: Ids) -> None:
    for name in ("list_devices", "list_incidents", "list_parked"):
        await insert(app, LISTS[name].make(ids, 1))
    for path in ("/v1/incidents", "/v1/parked"):
        assert len(await found(company, path, technician_id=ids["wei"])) == 1
        assert await found(company, path, technician_id=ids["anna"]) == []
        (one,) = await found(company, path)
        assert len(await found(company, path, device_id=one["device_id"])) == 1
    assert len(await found(company, "/v1/devices", user_id=ids["wei"], revoked=False)) == 3
    assert await found(company, "/v1/devices", revoked=True) == []
    assert len(await found(company, "/v1/incidents", code="sequence_gap")) == 1
    assert await found(company, "/v1/incidents", code="device_forked") == []
    assert "sequence_gap" in await refused(company, "/v1/incidents", code="gap")


async def test_a_technician_pages_through_their_own_only(company: Company, app: Litestar, ids: Ids) -> None:
    for n in range(3):
        await insert(app, LISTS["list_parked"].make(ids, n))
    assert len(await found(company, "/v1/parked", "wei")) == 3
    assert await found(company, "/v1/parked", "anna") == await found(company, "/v1/devices", "anna") == []
    answer = await company.call("wei", "GET", "/v1/parked", params={"limit": 1})
    cursor = answer.headers["next-cursor"]
    assert await found(company, "/v1/parked", "anna", limit=1, cursor=cursor) == []


def test_every_code_of_an_incident_can_be_asked_for() -> None:
    kinds = [ChainProblem, *ChainProblem.__subclasses__(), NotCanonical, OperationTooLarge]
    kept = {one.code for one in [*kinds, ClockSteppedBack, DeviceRevoked, SignedAroundRevocation]} | {CODE}
    assert kept == {str(code) for code in IncidentCode}


async def test_a_cursor_goes_on_only_where_it_comes_from(company: Company, app: Litestar, ids: Ids) -> None:
    for n in range(3):
        await insert(app, LISTS["list_tickets"].make(ids, n))
        await insert(app, LISTS["list_contacts"].make(ids, n))
    first = await company.call("mei", "GET", "/v1/tickets", params={"limit": 1, "kind": "repair"})
    cursor = first.headers["next-cursor"]
    assert "other filters" in await refused(company, "/v1/tickets", cursor=cursor)
    assert "other filters" in await refused(company, "/v1/tickets", cursor=cursor, kind="repair", status="open")
    assert "another list" in await refused(company, "/v1/jobs", cursor=cursor)
    assert "the order" in await refused(company, "/v1/tickets", cursor=cursor, kind="repair", sort="number")
    for damaged in (cursor[:-2], cursor[:20] + "AAAA" + cursor[24:], "", "é", cursor + "AAAA"):
        assert "damaged" in await refused(company, "/v1/tickets", cursor=damaged, kind="repair")
    assert len(await found(company, "/v1/tickets", cursor=cursor, kind="repair", limit=500)) == 2
    contacts = await company.call("mei", "GET", f"/v1/customers/{ids['customer']}/contacts", params={"limit": 1})
    other = (
        await company.must("mei", "POST", "/v1/customers", json={"name": "Neu", "office_id": company.ids["office"]})
    )["id"]
    said = await refused(company, f"/v1/customers/{other}/contacts", cursor=contacts.headers["next-cursor"])
    assert "other filters" in said
    assert read(cursor).sort == "-made"


async def test_a_parameter_that_is_not_known_or_given_twice_is_refused_by_its_name(company: Company) -> None:
    assert "status is given twice" in await refused(company, "/v1/tickets?status=open&status=closed")
    assert "open, responded" in await refused(company, "/v1/tickets?status=opened")
    assert "colour" in await refused(company, "/v1/tickets?colour=")
    assert "open, responded" in await refused(company, "/v1/tickets?status=")
    assert "perhaps customer_id is meant" in await refused(company, "/v1/tickets", custmer_id="x")
    assert "colour" in await refused(company, "/v1/board", colour="red")
    assert "colour" in await refused(company, f"/v1/records/{UUID(int=0)}/answers", colour="red")
    assert (await company.call("mei", "GET", "/health?colour=red")).status_code in (200, 503)
    assert (await company.call(None, "GET", "/v1/keys?colour=red")).status_code == 200


async def test_the_names_of_before_are_still_taken(company: Company, app: Litestar, ids: Ids) -> None:
    for n in range(3):
        await insert(app, LISTS["list_customers"].make(ids, n))
    whole = [row["id"] for row in await found(company, "/v1/customers")]
    assert [row["id"] for row in await found(company, "/v1/customers", after=whole[1])] == whole[2:]
    assert [row["id"] for row in await found(company, "/v1/customers", q="c0")] == whole[1:3]
    assert len(await found(company, "/v1/users", limit=500)) >= 4


async def test_a_narrowed_desk_has_its_own_office_on_the_board_and_in_the_figures(
    company: Company, app: Litestar
) -> None:
    await another_office(app, company)
    await company.visit("wei")
    span = {"start": "2026-03-02T00:00:00Z", "end": "2026-03-03T00:00:00Z"}
    of = {"office_id": company.ids["office"]}
    app.state.narrow = True
    try:
        for who, there in (("mei", 1), ("root", 1), ("yan", 0)):
            board = await company.must(who, "GET", "/v1/board", params={"day": "2026-03-02"})
            figures = await company.must(who, "GET", "/v1/arrivals/figures", params=span)
            assert (len(board["visits"]), figures["no_check_in"]) == (there, there), who
        for path, asked in (("/v1/board", of), ("/v1/arrivals/figures", of | span)):
            assert (await company.call("yan", "GET", path, params=asked)).status_code == 403
    finally:
        app.state.narrow = False


async def test_the_photos_of_a_visit_go_on_behind_an_id(company: Company, app: Litestar, ids: Ids) -> None:
    for n in range(3):
        await insert(app, LISTS["list_photos"].make(ids, n))
    path = f"/v1/visits/{ids['visit']}/photos"
    whole = [row["id"] for row in await found(company, path, "wei")]
    assert [row["id"] for row in await found(company, path, "wei", after=whole[0], limit=1)] == whole[1:2]
    assert len(await found(company, path, "wei", limit=1000)) == 3
    assert "limit" in await refused(company, path, limit=1001)


async def test_what_an_office_asks_when_nothing_was_entered_is_a_list_of_one(company: Company) -> None:
    path = f"/v1/offices/{company.ids['office']}/arrival-thresholds"
    answer = await company.call("mei", "GET", path, params={"total": True})
    assert (len(answer.json()), answer.headers["total-count"]) == (1, "1")
    file = await company.call("mei", "GET", path, params={"format": "csv"})
    assert file.text.count("\r\n") == 2
