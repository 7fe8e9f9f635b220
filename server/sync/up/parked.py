"""Parked operations: kept whole until somebody says what becomes of them."""

from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

import msgspec
from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from server.actions.log_action import Of, log_action
from server.actions.rules import Thing, Verb, Word
from server.arrival.bounded_time import Interval
from server.field.models import Operation
from server.field.subject import Decided
from server.ground import clock
from server.ground.clock import to_micros
from server.ground.problems import Conflict, Forbidden, Invalid, NotFound
from server.ground.texts import is_blank
from server.identity.models import Device, User
from server.identity.rules import DESK
from server.identity.tokens import Actor
from server.records.report.strokes import unlock
from server.sync.chain import Link, NotCanonical, OperationTooLarge, read_link
from server.sync.schemas import WireOperation
from server.sync.subjects import SUBJECTS
from server.sync.up.apply import WaitsForParked, apply
from server.sync.up.bounds import bounds_within
from server.sync.up.held import hold
from server.sync.up.revocation import DeviceRevoked
from server.sync.up.store import Case

UNREAD = (NotCanonical.code, OperationTooLarge.code)
"""Codes of what was never taken as it is, and never can be."""

SHOWN = 20_000
"""Bytes of such an operation that are shown."""

WAITING = (Operation.outcome == "parked", Operation.resolution.is_(None))


MOST_ALIKE = 20
"""Listed at once of what one phone sent and was parked for one reason; the rest is counted, and kept like these."""
MOST_DISMISSED = 500
"""Dismissed by one word."""


def select_parked(actor: Actor, *, each: bool) -> Select[Operation, int]:
    """The unresolved ones, with how many are alike: all for the desk, a technician's own for a technician."""
    kind = (Operation.device_id, Operation.code)
    place = func.row_number().over(partition_by=kind, order_by=(Operation.received_at, Operation.seq))
    alike = func.count().over(partition_by=kind)
    found = select(Operation.id, place.label("place"), alike.label("alike")).where(*WAITING).subquery()
    # What was attached may be half a megabyte each, and is not shown.
    shown = defer(Operation.attachment, raiseload=True), defer(Operation.signature, raiseload=True)
    query = (
        select(Operation, found.c.alike)
        .join(found, found.c.id == Operation.id)
        .join(User, User.id == Operation.user_id)
        .options(*shown)
    )
    if not each:
        query = query.where(found.c.place <= MOST_ALIKE)
    return query if actor.role in DESK else query.where(Operation.user_id == actor.user_id)


async def office_of_parked(session: AsyncSession, operation_id: UUID) -> UUID | None:
    """Where the technician works whose phone sent an operation."""
    query = select(User.office_id).join(Operation, Operation.user_id == User.id)
    return await session.scalar(query.where(Operation.id == operation_id))


async def resolve(
    session: AsyncSession, actor: Actor, operation_id: UUID, resolution: str, reason: str, *, alike: bool = False
) -> Operation:
    """Apply it now, attach it to the record of what it is about, or dismiss it with a reason. The operation itself stays.

    What was parked only because it waited for this one is applied with it. With `alike` what the same phone sent and was parked
    for the same reason is dismissed with it.
    """
    if alike and resolution != "dismissed":
        raise Invalid("Only dismissing is said of all that are alike. Decide the others one by one.", field="alike")
    row = await _locked(session, actor, operation_id)
    if row.outcome != "parked" or row.resolution is not None:
        raise Conflict("This operation is not waiting for a decision any more.")
    if resolution == "dismissed" and is_blank(reason):
        raise Invalid("Dismissing needs a reason: it stays with the operation.", field="reason")
    if resolution == "attached" and row.visit_id is None:
        raise Invalid(
            "It is about nothing here that has a record, so there is nothing to attach it to. Dismiss it with a reason."
        )
    if resolution == "applied":
        if actor.role not in DESK and row.code in ("user_inactive", DeviceRevoked.code):
            raise Forbidden("Only the desk may apply what a deactivated user or a revoked phone sent.")
        if problem := await _apply_now(session, row):
            raise problem
    _decide(session, actor, row, resolution, reason)
    with_it = await _apply_dependants(session, actor, row) if resolution == "applied" else 0
    others = await _alike(session, row) if alike else ()
    for other in others:
        _decide(session, actor, other, resolution, reason)
    of = Of(Thing.OPERATION, row.id, await office_of_parked(session, row.id))
    after = {
        "resolution": Word(resolution), "reason": reason, "visit_id": row.visit_id, "device_id": row.device_id,
        "with_it": with_it or None, "alike": len(others) or None,
    }  # fmt: skip
    why = {"code": Word(row.code) if row.code else None}
    log_action(session, actor.user_id, Verb.RESOLVE_PARKED, of, before=why, after=after)
    return row


async def _locked(session: AsyncSession, actor: Actor, operation_id: UUID) -> Operation:
    """The operation, locked in the order of a push: the device, then what is tapped, then operations, so neither waits in a circle.

    Raises `NotFound`, before it locks anything, for what is not the actor's to decide.
    """
    row = await session.get(Operation, operation_id)
    if row is None or (actor.role not in DESK and row.user_id != actor.user_id):
        raise NotFound("No parked operation of yours has this id.")
    await session.get_one(Device, row.device_id, with_for_update=True)
    links = [_link(one) for one in (row, *await _dependants(session, row))]
    await hold(session, await session.get_one(User, row.user_id), links)
    return await session.get_one(Operation, operation_id, with_for_update=True, populate_existing=True)


async def _alike(session: AsyncSession, row: Operation) -> Sequence[Operation]:
    """What else the phone sent that waits for the same reason, the oldest of it, locked like the operation itself."""
    query = (
        select(Operation)
        .where(*WAITING, Operation.device_id == row.device_id, Operation.code == row.code, Operation.id != row.id)
        .order_by(Operation.received_at, Operation.seq)
        .limit(MOST_DISMISSED)
        .options(defer(Operation.attachment, raiseload=True))
    )
    rows = (await session.scalars(query)).all()
    await hold(session, await session.get_one(User, row.user_id), [_link(one) for one in rows])
    return rows


def _link(row: Operation) -> Link:
    return read_link(WireOperation(row.raw.decode(), ""), row.device_id)


async def _dependants(session: AsyncSession, parent: Operation) -> Sequence[Operation]:
    """Operations of the same phone that may wait for this one, in the order of the chain."""
    waiting = await session.scalars(
        select(Operation)
        .where(*WAITING, Operation.device_id == parent.device_id, Operation.seq > parent.seq)
        .where(Operation.code == WaitsForParked.code)
        .order_by(Operation.seq)
    )
    return waiting.all()


def text_of(row: Operation) -> bytes:
    """The text of an operation as JSON to be shown: as it was signed, or, where that is no JSON or is too long, its
    beginning as a string."""
    if row.code in UNREAD:
        with suppress(msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            if len(row.raw) <= SHOWN:
                msgspec.json.decode(row.raw)
                return row.raw
        return msgspec.json.encode(row.raw[:SHOWN].decode(errors="replace"))
    return row.raw


def _decide(session: AsyncSession, actor: Actor, row: Operation, resolution: str, reason: str) -> None:
    row.resolution, row.resolution_reason = resolution, reason
    row.resolved_by, row.resolved_at = actor.user_id, clock.now()
    if row.visit_id is not None:
        told = Decided(row.subject_id, row.id, row.kind, resolution, reason, actor.user_id)
        SUBJECTS[row.subject_type].decided(session, told)


async def _apply_now(session: AsyncSession, row: Operation) -> Conflict | None:
    """None when it took effect; else what still stands in its way."""
    device = await session.get_one(Device, row.device_id)
    user = await session.get_one(User, row.user_id)
    wire = WireOperation(row.raw.decode(), "", unlock(session, row.id, row.attachment))
    link = read_link(wire, row.device_id)
    if link.fault is not None:
        return Conflict(f"It cannot be applied. {link.fault.detail}", reason_code=link.fault.code)
    if link.envelope.id != row.id:
        return Conflict("It cannot be applied: it carries the id of another operation. Dismiss it with a reason.")
    when = bounds_within(link.envelope.clock, Interval(to_micros(row.earliest), to_micros(row.latest)))
    case = Case(link, when, row.received_at, decided=True)
    result = await apply(session, user, device, case)
    if result.outcome == "parked":
        return Conflict(f"It still cannot be applied: {result.sentence}", reason_code=result.code)
    row.visit_id = result.visit_id
    return None


async def _apply_dependants(session: AsyncSession, actor: Actor, parent: Operation) -> int:
    """In the order of the chain; one that still cannot be applied goes on waiting, for its own reason. Returns how many were."""
    await session.flush()
    applied = 0
    for row in await _dependants(session, parent):
        if await _apply_now(session, row) is None:
            _decide(session, actor, row, "applied", f"with operation {parent.seq}")
            await session.flush()
            applied += 1
    return applied
