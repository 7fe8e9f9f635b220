"""What arrival does with a phone's check-in: keeps the raw fixes, moves the visit, and judges. It never blocks work."""

from contextlib import suppress
from typing import Annotated, Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from server.arrival.evidence import Fixes
from server.arrival.fixes import kept
from server.arrival.judge import judge_check_in
from server.arrival.models import CheckIn
from server.arrival.witness import NOT_A_TEXT
from server.database.storable import STANDS_FOR_NUL
from server.database.tables import Json
from server.field.kind import Kind
from server.field.taps import Tap
from server.ground.clock import from_micros
from server.jobs.crew import arrive, member_of, take_step
from server.jobs.history import NotPossibleNow, record_tap
from server.jobs.models import Visit
from server.jobs.rules import VisitState


class CheckInBody(msgspec.Struct):
    """'I am here': fixes as the platform gave them, and the number of the plan that the phone had received.

    `witness_code` is what the technician typed in from the customer's page or the site's plate, if there was one. A wrong
    code is kept like a right one and refused by nobody.
    """

    check_in_id: UUID
    fixes: Fixes
    plan_version: int
    witness_code: Annotated[str, msgspec.Meta(max_length=200, examples=["402731"])] | None = None


class Claim(msgspec.Struct):
    """What is taken as a check-in: whatever else is wrong with it, somebody says 'I am here'."""

    check_in_id: UUID
    fixes: Any = None
    plan_version: Any = None
    witness_code: Any = None


async def check_in(session: AsyncSession, tap: Tap, body: Claim) -> None:
    """Store the claim and judge it. A check-in that comes too late to move the visit is still kept as a fact."""
    visit: Visit = tap.batch.rows[Visit, tap.visit_id]
    row = CheckIn(
        id=body.check_in_id, visit_id=visit.id, technician_id=tap.user_id, operation_id=tap.operation_id,
        fixes={"fixes": kept(body.fixes)}, clock=msgspec.to_builtins({"clock": tap.clock, "interval": tap.interval}),
        witness_code=_code(body.witness_code), earliest=tap.earliest, latest=tap.latest, plan_version_held=_plan(body.plan_version), received_at=tap.received_at,
    )  # fmt: skip
    session.add(row)
    await session.flush()
    found = await judge_check_in(session, row, visit, because="check-in")
    member = member_of(tap)
    arrive(visit, member, from_micros(found.point))
    facts: Json = {}
    if not tap.late:
        with suppress(NotPossibleNow):
            take_step(tap)
        facts = {"state": visit.state} if member.state != VisitState.ON_SITE else {}
    record_tap(tap, facts)


def _code(typed: Any) -> str | None:
    """The typed code as a column can hold it; whatever somebody typed, the arrival counts. The whole is in the operation."""
    if typed is None:
        return None
    if type(typed) is int:
        typed = f"{typed:06d}"
    if not isinstance(typed, str):
        return NOT_A_TEXT
    return typed.replace(STANDS_FOR_NUL, "").strip()[:20] or None


def _plan(held: Any) -> int:
    """The number of the plan that the phone had; 0, which no plan has, when it says none."""
    return held if type(held) is int and 0 <= held < 2**53 else 0


KINDS = (Kind("check_in", CheckInBody, check_in, creates="check_in_id", lenient=Claim),)
