"""What was done to an asset before comes to the phone of whoever goes there next; all of it is there to be asked for."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from litestar import Litestar

from mobile_contract.phone import Phone
from server.jobs.past.remember import LAST, remember_visit
from server.process.worker import working
from tests.company import Company
from tests.phones import enrolled

FAULT = {"symptom": "E42", "cause": "WORN"}


async def done(company: Company, phone: Phone, app: Litestar, day: int, **says: Any) -> str:
    """A visit that has ended, and what the worker makes of that."""
    visit_id = await worked(company, phone, day, **says)
    async with app.state.sessions.begin() as session:
        await remember_visit(session, UUID(visit_id))
    return visit_id


async def worked(company: Company, phone: Phone, day: int, **says: Any) -> str:
    """A visit to the asset that has ended."""
    visit_id = await company.visit("wei", start=f"2026-03-{day:02}T09:00:00+08:00")
    await phone.sync()
    for step in ("accept", "depart"):
        phone.tap(step, visit_id)
    phone.tap("start", visit_id)
    part = {"part_used_id": str(uuid4()), "part_id": company.ids["part"], "quantity": 2, "quantity_milli": 2000}
    phone.tap("part_used", visit_id, part)
    if says.get("fails"):
        phone.tap("cannot_complete", visit_id, {"reason": "no power"})
    else:
        phone.tap("complete", visit_id, {"work_summary": f"Fan {day} replaced", "fault": FAULT})
    await phone.sync()
    return visit_id


def held(phone: Phone, company: Company) -> list[dict[str, Any]]:
    [asset] = [row for row in phone.rows("asset") if row["id"] == company.ids["asset"]]
    found: list[dict[str, Any]] = asset["last_visits"]
    return found


async def test_the_last_three_are_on_the_phone_newest_first_and_all_of_them_are_there_to_be_asked_for(
    company: Company, app: Litestar
) -> None:
    wei = await enrolled(company, "wei")
    visits = [await done(company, wei, app, day, fails=day == 5) for day in (2, 3, 4, 5)]
    await wei.sync()
    told = held(wei, company)
    assert [one["visit_id"] for one in told] == visits[:0:-1]
    assert [one["done"] for one in told] == [False, True, True]
    assert (told[1]["summary"], told[1]["fault"]) == ("Fan 4 replaced", FAULT)
    assert told[1]["parts"] == [{"part_id": company.ids["part"], "quantity_milli": 2000}]
    assert len(told) == LAST
    assert wei.is_intact()
    for who in ("wei", "mei"):
        past = await company.must(who, "GET", f"/v1/assets/{company.ids['asset']}/visits")
        assert [one["visit_id"] for one in past] == visits[::-1]
        assert past[1]["parts"][0]["quantity_milli"] == 2000
        assert (past[1]["technicians"], past[1]["fault"]) == (["李伟"], FAULT)


async def test_the_worker_writes_it_when_a_visit_ends_and_again_when_a_part_is_said_later(
    company: Company, app: Litestar, database_url: str
) -> None:
    wei = await enrolled(company, "wei")
    async with asyncio.timeout(60), working(database_url, app.state.sessions, app.state.storage, app.state.sealer):
        visit_id = await worked(company, wei, 2)
        await until(wei, lambda: bool(held(wei, company)))
        part = {"part_used_id": str(uuid4()), "part_id": company.ids["part"], "quantity": 1, "quantity_milli": 1000}
        wei.tap("part_used", visit_id, part)
        await wei.sync()
        await until(wei, lambda: held(wei, company)[0]["parts"][0]["quantity_milli"] == 3000)


async def until(phone: Phone, is_so: Callable[[], bool]) -> None:
    while not is_so():
        await asyncio.sleep(0.05)
        await phone.sync()


async def test_nothing_moves_when_nothing_changed(company: Company, app: Litestar) -> None:
    wei = await enrolled(company, "wei")
    visit_id = await done(company, wei, app, 2)
    await wei.sync()
    before = dict(wei.state["scopes"])
    async with app.state.sessions.begin() as session:
        await remember_visit(session, UUID(visit_id))
    await wei.sync()
    assert wei.state["scopes"] == before


async def test_whoever_was_never_sent_there_is_told_of_no_such_asset(company: Company, app: Litestar) -> None:
    wei = await enrolled(company, "wei")
    await done(company, wei, app, 2)
    await company.log_in("anna")
    path = f"/v1/assets/{company.ids['asset']}/visits"
    assert (await company.call("anna", "GET", path)).status_code == 404
    nowhere = "/v1/assets/0192f6a0-0000-7000-8000-0000000000f1/visits"
    assert (await company.call("mei", "GET", nowhere)).status_code == 404
