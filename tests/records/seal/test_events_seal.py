"""Every way in which a signed visit ends has it sealed by the worker alone, by what is told of it, and by a look if nothing is."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest
from litestar import Litestar
from sqlalchemy import text

from mobile_contract.phone import Phone
from mobile_contract.shapes.visits import STEPS
from server.jobs.rules import ENDED, MOVES, VisitState
from server.process.worker import working
from server.records.seal.missed import begin_what_was_missed
from tests.company import Company
from tests.day import jpeg
from tests.phones import enrolled
from tests.records.intake import begun, report_of, said, tap_signing


@pytest.fixture
async def wei(company: Company) -> Phone:
    return await enrolled(company, "wei")


def at_work(app: Litestar, database_url: str) -> AbstractAsyncContextManager[None]:
    return working(database_url, app.state.sessions, app.state.storage, app.state.sealer)


@pytest.fixture
async def worker(app: Litestar, database_url: str) -> AsyncIterator[None]:
    async with at_work(app, database_url):
        yield


async def idle(app: Litestar) -> None:
    async with asyncio.timeout(30):
        while (await app.state.readers.fetch("select count(*) from pgqueuer"))[0]["count"]:  # noqa: ASYNC110
            await asyncio.sleep(0.1)


async def signed(company: Company, wei: Phone) -> str:
    """A visit under way on which a report with a photo was signed; everything has arrived."""
    visit_id = await begun(company, wei)
    wei.photo(visit_id, "before", jpeg())
    report = report_of(company, wei, visit_id)
    wei.tap("report", visit_id, report)
    signature = tap_signing(wei, visit_id, report)
    await wei.sync()
    await wei.upload_photos()
    assert said(wei, signature) == ("applied", None)
    return visit_id


async def desk(company: Company, path: str, **body: Any) -> None:
    await company.must("mei", "POST", path, json=body)


async def ended(company: Company, wei: Phone, visit_id: str, way: str) -> None:
    """End a visit in one of the ways there are."""
    if way == "cancel":
        await desk(company, f"/v1/visits/{visit_id}/cancel", reason="called off")
    elif way == "finish":
        await desk(company, f"/v1/unsealed/{visit_id}", decision="finish", reason="the phone is lost")
    elif way.startswith("taken back"):
        await desk(company, f"/v1/visits/{visit_id}/unassign", reason="ill", keep_window="with" in way.split())
        await desk(company, f"/v1/unsealed/{visit_id}", decision="finish", reason="it was done all the same")
    elif way == "parked, then applied":
        await desk(company, f"/v1/visits/{visit_id}/unassign", reason="ill", keep_window=True)
        tap = wei.tap("cannot_complete", visit_id, {"reason": "no part"})
        await wei.sync()
        assert said(wei, tap) == ("parked", "after_reassignment")
        await company.assign(visit_id, "wei")
        await desk(company, f"/v1/parked/{tap}", resolution="applied", reason="he was there")
    else:
        body = {"complete": {"work_summary": "done"}, "cannot_complete": {"reason": "a part is missing"}}[way]
        wei.tap(way, visit_id, body)
        await wei.sync()


WAYS = (
    "complete", "cannot_complete", "cancel", "finish", "taken back with its window", "taken back without", "parked, then applied",
)  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
async def test_a_signed_visit_is_sealed_however_it_ends(
    company: Company, app: Litestar, wei: Phone, worker: None, way: str
) -> None:
    visit_id = await signed(company, wei)
    await idle(app)
    assert [one["why"] for one in await company.must("mei", "GET", "/v1/unsealed")] == ["visit_open"]
    await ended(company, wei, visit_id, way)
    await idle(app)
    [record] = await company.must("mei", "GET", f"/v1/visits/{visit_id}/records")
    assert record["state"] == "issued"
    assert await company.must("mei", "GET", "/v1/unsealed") == []


def test_every_move_to_an_end_is_tried_above() -> None:
    """Whoever adds a move to a state in which reports are sealed adds a way; `close` comes after the seal."""
    tried = {"complete", "cannot_complete", "cancel", "finish"}
    steps = {step: to for step, (_, to) in MOVES.items()} | {tap: step.to for tap, step in STEPS.items()}
    assert {name for name, to in steps.items() if to in ENDED} == tried | {"close"}
    assert MOVES["finish"][0] == set(VisitState) - ENDED, "a signed visit can be finished wherever it stands"


@pytest.mark.parametrize("state", sorted(set(VisitState) - ENDED))
async def test_the_desk_finishes_a_signed_visit_wherever_it_stands(
    company: Company, app: Litestar, wei: Phone, state: str
) -> None:
    visit_id = await signed(company, wei)
    async with app.state.sessions.begin() as session:
        await session.execute(text("update visit set state = :state"), {"state": state})
    [one] = await company.must("mei", "GET", "/v1/unsealed")
    assert one["why"] == "visit_open"
    assert one["sentence"].endswith("Finish it here, or have it done on the phone.")
    await desk(company, f"/v1/unsealed/{visit_id}", decision="finish", reason="it was done")
    assert (await company.must("mei", "GET", f"/v1/visits/{visit_id}"))["state"] == "completed"


async def test_what_is_ready_and_has_no_task_is_found(
    company: Company, app: Litestar, wei: Phone, database_url: str
) -> None:
    visit_id = await signed(company, wei)
    await ended(company, wei, visit_id, "complete")
    sessions = app.state.sessions

    async def look(*before: str) -> int:
        async with sessions.begin() as session:
            for statement in before:
                await session.execute(text(statement))
            return await begin_what_was_missed(session)

    assert await look() == 0, "it is in the queue"
    fault = (
        "insert into task_fault select 'custody_changed', id, 'x', 'x', '', 3, true, now(), now(), null from visit"
        f" where id = '{visit_id}'"
    )
    assert await look("delete from pgqueuer", fault) == 0, "it is held for a person"
    assert await look("delete from task_fault", "update photo set state = 'promised'") == 0, "a photo is still to come"
    assert await look("update photo set state = 'verified'") == 1
    assert await look() == 0, "one task is enough"
    async with at_work(app, database_url):
        await idle(app)
    assert await look("update sealed_record set state = 'logged'") == 1, "its PDF was never made"
    async with at_work(app, database_url):
        await idle(app)
    [record] = await company.must("mei", "GET", f"/v1/visits/{visit_id}/records")
    assert record["state"] == "issued"
    assert await look() == 0
