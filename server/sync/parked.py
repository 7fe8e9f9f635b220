"""Parked operations: kept whole until somebody says what becomes of them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server import clock
from server.arrival.bounded_time import Interval
from server.clock import to_micros
from server.identity.models import Device, User
from server.identity.rules import DESK
from server.identity.tokens import Actor
from server.jobs.history import record
from server.problems import Conflict, Forbidden, Invalid, NotFound
from server.records.strokes import unlock
from server.sync.apply import Bounds, apply
from server.sync.chain import read_link
from server.sync.models import Operation
from server.sync.schemas import WireOperation


async def parked(session: AsyncSession, actor: Actor, *, limit: int) -> Sequence[Operation]:
    """The unresolved ones: all for the desk, a technician's own for a technician."""
    query = (
        select(Operation)
        .where(Operation.outcome == "parked", Operation.resolution.is_(None))
        .order_by(Operation.received_at)
        .limit(limit)
    )
    if actor.role not in DESK:
        query = query.where(Operation.user_id == actor.user_id)
    return (await session.scalars(query)).all()


async def resolve(session: AsyncSession, actor: Actor, operation_id: UUID, resolution: str, reason: str) -> Operation:
    """Apply it now, attach it to the visit as evidence, or dismiss it with a reason. The operation itself stays."""
    row = await session.scalar(select(Operation).where(Operation.id == operation_id).with_for_update())
    if row is None or (actor.role not in DESK and row.user_id != actor.user_id):
        raise NotFound("No parked operation of yours has this id.")
    if row.outcome != "parked" or row.resolution is not None:
        raise Conflict("This operation is not waiting for a decision any more.")
    if resolution == "dismissed" and not reason:
        raise Invalid("Dismissing needs a reason.")
    if resolution == "applied":
        if actor.role not in DESK and row.code == "user_inactive":
            raise Forbidden("Only the desk may apply what a deactivated user sent.")
        await _apply_now(session, row)
    row.resolution, row.resolution_reason = resolution, reason
    row.resolved_by, row.resolved_at = actor.user_id, clock.now()
    if row.visit_id is not None:
        facts = {"kind": row.kind, "reason": reason}
        record(session, row.visit_id, f"parked_{resolution}", actor_id=actor.user_id, operation_id=row.id, facts=facts)
    return row


async def _apply_now(session: AsyncSession, row: Operation) -> None:
    device = await session.get_one(Device, row.device_id)
    user = await session.get_one(User, row.user_id)
    wire = WireOperation(row.raw.decode(), "", unlock(session, row.id, row.attachment))
    interval = Interval(to_micros(row.earliest), to_micros(row.latest))
    when = Bounds(interval, row.latest, clock_disagrees=False)
    result = await apply(session, user, device, read_link(wire, row.device_id), when, row.received_at)
    if result.outcome == "parked":
        raise Conflict(f"It still cannot be applied: {result.sentence}", reason_code=result.code)
