"""What the tests of arrival do through the API: a phone with its own time checks in, and the desk reads what came of it."""

from typing import Any

from litestar import Litestar
from sqlalchemy import select

from mobile_contract.chain import uuid7
from mobile_contract.phone import Phone
from server.arrival.again import judge_corrected, outdated
from server.customers.models import SitePosition
from server.ground import clock
from tests.company import Company
from tests.day import fix

MINUTE = 60_000_000


class Shift:
    """The server's and the phone's time, held and run ahead together, so that a test knows the true time of each tap."""

    def __init__(self, start: int | None = None) -> None:
        self.now = start if start is not None else clock.micros()

    def micros(self) -> int:
        return self.now

    def forward(self, minutes: float) -> None:
        self.now += round(minutes * MINUTE)

    def carried_by(self, phone: Phone) -> None:
        """The phone's wall clock and steady clock run by this time."""
        began = self.now
        phone.micros = self.micros
        phone.monotonic = lambda: 5_000_000 + self.now - began


async def check_in(phone: Phone, visit_id: str, *, code: str | None = None, **changed: Any) -> str:
    """A check-in at the site, synced. Returns the operation's id."""
    tap = tap_check_in(phone, visit_id, code=code, **changed)
    await phone.sync()
    return tap


def tap_check_in(phone: Phone, visit_id: str, *, code: str | None = None, **changed: Any) -> str:
    """A check-in that stays in the outbox."""
    held = phone.row("visit", visit_id)["body"]["plan_version"]
    body: dict[str, Any] = {"check_in_id": uuid7(), "fixes": [fix(phone, visit_id, **changed)], "plan_version": held}
    return phone.tap("check_in", visit_id, body if code is None else {**body, "witness_code": code})


async def arrival(company: Company, visit_id: str) -> Any:
    return await company.must("mei", "GET", f"/v1/visits/{visit_id}/arrival")


async def newest(company: Company, visit_id: str) -> Any:
    """The verdict that counts on the only check-in."""
    (one,) = (await arrival(company, visit_id))["check_ins"]
    return one["verdicts"][0]


async def work_on_corrections(app: Litestar, limit: int = 500) -> int:
    """What the worker does after each correction of a site. Returns how many check-ins were judged."""
    total = 0
    async with app.state.sessions() as session:
        positions = (await session.scalars(select(SitePosition.id).order_by(SitePosition.created_at))).all()
    for position in positions[1:]:
        async with app.state.sessions() as session:
            found = await outdated(session, position, limit)
        for one in found:
            async with app.state.sessions.begin() as session:
                await judge_corrected(session, position, one)
        total += len(found)
    return total
