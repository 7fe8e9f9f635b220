"""A later operation dates an earlier one, and the check-in that it belongs to is judged again beside its first verdict."""

from datetime import datetime
from typing import Any

import pytest
from litestar import Litestar
from sqlalchemy import select, text

from mobile_contract.phone import Phone
from server.arrival.again import judge_narrowed
from server.arrival.models import CheckIn
from server.field.models import Operation
from server.ground import clock
from server.ground.clock import to_micros
from tests.arrival.desk import MINUTE, Shift, arrival, tap_check_in
from tests.company import Company


@pytest.fixture
def time(wei: Phone) -> Any:
    shift = Shift()
    clock.hold(shift.micros)
    shift.carried_by(wei)
    yield shift
    clock.hold(None)


async def bounds(app: Litestar) -> list[tuple[int, int]]:
    """Earliest and latest of each operation, in the order of the chain."""
    async with app.state.sessions() as session:
        rows = await session.scalars(select(Operation).order_by(Operation.seq))
        return [(to_micros(row.earliest), to_micros(row.latest)) for row in rows]


async def test_the_first_tap_with_a_fresh_anchor_dates_what_was_tapped_in_the_cellar(
    company: Company, wei: Phone, time: Shift, app: Litestar
) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    wei.boot_id = "rebooted in the cellar"
    wei.micros = lambda: time.now - 9 * 60 * MINUTE
    time.forward(4)
    tap_check_in(wei, visit_id)
    tapped = time.now
    time.forward(4)
    wei.tap("start", visit_id)
    time.forward(4)
    await wei.sync()
    wide, _ = await bounds(app)
    assert wide[1] - wide[0] > 7 * MINUTE
    wei.tap("hold", visit_id, {"reason": "fetching a part"})
    await wei.sync()
    narrow, _, _ = await bounds(app)
    assert narrow[0] <= tapped <= narrow[1]
    assert narrow[1] - narrow[0] < MINUTE / 10

    async with app.state.sessions() as session:
        waiting = await session.execute(text("select entrypoint from pgqueuer"))
        assert {row.entrypoint for row in waiting} == {"check_in_narrowed"}
    (before,) = (await arrival(company, visit_id))["check_ins"]
    async with app.state.sessions.begin() as session:
        row = await session.scalar(select(CheckIn))
        await judge_narrowed(session, row.id)
    (after,) = (await arrival(company, visit_id))["check_ins"]
    assert len(before["verdicts"]) == 1
    new, old = after["verdicts"]
    assert old == {**before["verdicts"][0], "counts": False}
    interval = new["inputs"]["interval"]
    assert (interval["earliest"], interval["latest"]) == narrow
    assert (interval["earliest_basis"], interval["latest_basis"]) == ("order", "order")
    shown = await company.must("mei", "GET", f"/v1/visits/{visit_id}")
    assert interval["earliest"] <= to_micros(datetime.fromisoformat(shown["arrived_at"])) <= interval["latest"]
    assert new["because"] == "a later operation of the phone narrows the time"


async def test_an_ordinary_day_narrows_nothing_afterwards(
    company: Company, wei: Phone, time: Shift, app: Litestar
) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    for kind in ("accept", "depart", "start"):
        time.forward(4)
        wei.tap(kind, visit_id)
    await wei.sync()
    before = await bounds(app)
    wei.tap("hold", visit_id, {"reason": "lunch"})
    await wei.sync()
    assert (await bounds(app))[:3] == before
