"""What arrival does with a phone's check-in: keeps the raw fixes, moves the visit, and judges. It never blocks work."""

from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from server.arrival.evidence import Fixes
from server.arrival.judge import judge_check_in
from server.arrival.models import CheckIn
from server.database.tables import Json
from server.jobs.history import NotPossibleNow, advance, record
from server.jobs.models import Visit
from server.taps import Tap


class CheckInBody(msgspec.Struct):
    """'I am here': fixes as the platform gave them, and the number of the plan that the phone had received."""

    check_in_id: UUID
    fixes: Fixes
    plan_version: int


async def check_in(session: AsyncSession, tap: Tap, body: CheckInBody) -> None:
    """Store the claim and judge it. A check-in that comes too late to move the visit is still kept as a fact."""
    visit = await session.get_one(Visit, tap.visit_id)
    row = CheckIn(
        id=body.check_in_id, visit_id=visit.id, technician_id=tap.user_id, operation_id=tap.operation_id,
        fixes={"fixes": msgspec.to_builtins(body.fixes)}, clock={"clock": tap.clock, "interval": tap.interval},
        earliest=tap.earliest, latest=tap.latest, plan_version_held=body.plan_version, received_at=tap.received_at,
    )  # fmt: skip
    session.add(row)
    if visit.arrived_at is None or tap.occurred_at < visit.arrived_at:
        visit.arrived_at = tap.occurred_at
    await session.flush()
    await judge_check_in(session, row, visit, because="check-in")

    def keep(facts: Json) -> None:
        record(
            session, visit.id, "check_in", actor_id=tap.user_id, occurred_at=tap.occurred_at,
            operation_id=tap.operation_id, facts=facts,
        )  # fmt: skip

    if tap.late:
        keep({"after_reassignment": True})
        return
    try:
        advance(
            session, visit, "check_in", actor_id=tap.user_id, occurred_at=tap.occurred_at,
            operation_id=tap.operation_id,
        )  # fmt: skip
    except NotPossibleNow:
        keep({"state": visit.state})
