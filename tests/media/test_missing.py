"""Photos that were promised and do not come: on the board, on the dispatcher's list, and once in the visit's history."""

from datetime import timedelta

import asyncpg
from litestar import Litestar
from sqlalchemy import text

from mobile_contract.phone import Phone
from server.dispatch.missing import alert_missing
from server.ground import clock
from server.media.rules import USUAL
from tests.company import Company
from tests.day import finished_visit
from tests.media.pictures import encoded, promised
from tests.media.test_many import PROMISE


async def test_a_late_photo_is_listed_and_said_once(company: Company, app: Litestar, wei: Phone) -> None:
    visit_id, _ = await promised(company, wei, encoded())
    assert await company.must("mei", "GET", "/v1/photos/missing") == []
    later = clock.micros() + timedelta(hours=2, minutes=1) // timedelta(microseconds=1)
    clock.hold(lambda: later)
    try:
        await company.log_in("mei")
        [late] = await company.must("mei", "GET", "/v1/photos/missing")
        assert (late["visit_id"], late["promised"], late["verified"], late["late"]) == (visit_id, 1, 0, 1)
        assert late["words"].startswith("0 of 1 photos, phone last heard ")
        async with app.state.sessions.begin() as session:
            assert await alert_missing(session, USUAL.late_after) == 1
        async with app.state.sessions.begin() as session:
            assert await alert_missing(session, USUAL.late_after) == 0
        history = await company.must("mei", "GET", f"/v1/visits/{visit_id}/history")
        assert [line["facts"]["late"] for line in history if line["kind"] == "photos_missing"] == [1]
        board = await company.must("mei", "GET", "/v1/board", params={"start": "2026-03-02T00:00:00Z"})
        assert [card["photos_late"] for card in board["visits"] if card["visit_id"] == visit_id] == [1]
        await company.log_in("anna")
        assert (await company.call("anna", "GET", "/v1/photos/missing")).status_code == 403
    finally:
        clock.hold(None)


async def test_a_photo_that_is_promised_after_the_visit_has_its_own_time(
    company: Company, app: Litestar, wei: Phone
) -> None:
    visit_id = await finished_visit(company, wei, outcome="refused")
    later = clock.micros() + timedelta(hours=2, minutes=1) // timedelta(microseconds=1)
    clock.hold(lambda: later)
    try:
        await company.log_in("mei")
        await wei.sign_in()
        wei.photo(visit_id, "other", encoded())
        await wei.sync()
        [late] = await company.must("mei", "GET", "/v1/photos/missing")
        assert (late["promised"], late["late"]) == (3, 2)
        async with app.state.sessions.begin() as session:
            await alert_missing(session, USUAL.late_after)
        history = await company.must("mei", "GET", f"/v1/visits/{visit_id}/history")
        assert [line["facts"]["late"] for line in history if line["kind"] == "photos_missing"] == [2]
    finally:
        clock.hold(None)


async def test_the_alert_touches_visits_in_the_order_in_which_pushes_lock_them(
    company: Company, app: Litestar, database_url: str
) -> None:
    connection = await asyncpg.connect(database_url)
    visits = [await company.visit("wei") for _ in range(30)]
    for number, visit_id in enumerate(visits):
        await connection.execute(PROMISE, visit_id, company.ids["wei"], 1 + number % 3)
    await connection.execute("update device set last_heard_at = now() - interval '1 day'")
    async with app.state.sessions.begin() as session:
        for way in ("enable_sort", "enable_mergejoin", "enable_indexscan"):  # an order that a plan gives by chance
            await session.execute(text(f"set local {way} = off"))
        assert await alert_missing(session, USUAL.late_after) == 30
    query = "select visit_id from visit_event where kind = 'photos_missing' order by ctid"
    assert [str(row[0]) for row in await connection.fetch(query)] == sorted(visits)
    await connection.close()
