"""Applies operations to what the domains hold, and stores an outcome for each.

A batch is first tried as one, without savepoints. When something in it fails, the transaction is undone and each operation is
applied in a savepoint of its own: a `Problem`, or a value that the database refuses, parks that operation and none of the
others. An outage of the database parks nothing; it ends the batch.
"""

import logging
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.ext.asyncio import AsyncSession

from server.database.events import emit
from server.database.refusals import cause_of, refusal
from server.field.kind import Kind
from server.field.models import Operation
from server.field.taps import Tap
from server.ground.legible import legible
from server.ground.problems import Conflict, Forbidden, NotFound, Problem
from server.identity.models import Device, User
from server.sync.chain import Link
from server.sync.up import revocation
from server.sync.up.again import is_said_again, said_before
from server.sync.up.body import MalformedBody, read_body, read_clock
from server.sync.up.held import Held, hold, id_in, subject_of
from server.sync.up.kinds import KINDS
from server.sync.up.room import must_have_room
from server.sync.up.store import Applied, Case, store, write

log = logging.getLogger("fieldproof.sync")


class UserInactive(Forbidden):
    """The technician is not active any more"""

    code = "user_inactive"


class WaitsForParked(Conflict):
    """What this operation is about was made by one that is parked"""

    code = "waits_for_parked"


class RefusedByDatabase(Conflict):
    """A value breaks a rule of the database"""

    code = "refused_by_database"


class IdTaken(Conflict):
    """Something else has this id already"""

    code = "id_taken"


class NotUnderstood(Conflict):
    """The server failed over this operation; nothing of it took effect"""

    code = "not_understood"


FAULTS = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError, RecursionError, StatementError)
"""What a mistake in a handler raises over a value that nobody thought of; never an outage, which ends the batch:
a `DBAPIError` is a `StatementError` too, and is looked at before these."""


class NotAsOne(Exception):
    """Something in a batch failed: its operations are to be applied one by one, in a new transaction."""


async def apply_as_one(
    session: AsyncSession, user: User, device: Device, cases: Sequence[Case], held: Held
) -> list[Applied]:
    """Apply a device's operations in order and store them with their outcomes. Raises `NotAsOne` when any fails."""
    try:
        done = [await _take(session, user, device, case, held) for case in cases]
        await write(session, held.batch.facts, held.batch.changes)
        await emit(session, *held.batch.events)
        await store(session, user, device, cases, done)
        await session.flush()
    except (Problem, DBAPIError, *FAULTS) as error:
        if isinstance(error, DBAPIError) and not _refused(error):
            raise
        raise NotAsOne from error
    return done


async def apply_each(
    session: AsyncSession, user: User, device: Device, cases: Sequence[Case], _: Held
) -> list[Applied]:
    """The same with a savepoint for each, so that what fails parks alone."""
    done = []
    for case in cases:
        done.append(await apply(session, user, device, case))
        await store(session, user, device, [case], done[-1:])
    return done


async def park_all(
    session: AsyncSession, user: User, device: Device, cases: Sequence[Case], held: Held, why: Problem
) -> list[Applied]:
    """Store operations without applying any: what they would do cannot be committed."""
    done = [_parked(device, case, held) for case in cases]
    for one in done:
        one.code, one.sentence = why.code, why.detail
    await store(session, user, device, cases, done)
    return done


def _parked(device: Device, case: Case, held: Held) -> Applied:
    envelope = case.link.envelope
    kind, found = KINDS.get(envelope.kind), subject_of(case.link, held)
    recorded = found is not None and found[0].recorded and _has_room(case.link, held)
    creates = id_in(envelope.body, kind.creates) if kind else None
    return Applied("parked", envelope.subject.id if recorded else None, flags=_flags(device, case), creates=creates)


def _has_room(link: Link, held: Held) -> bool:
    try:
        must_have_room(link, held.sizes[link.envelope.subject.id])
    except Problem:
        return False
    return True


async def apply(session: AsyncSession, user: User, device: Device, case: Case) -> Applied:
    """Apply one operation in a savepoint of its own; a failure parks it, a fault of ours as well, so that it blocks nobody."""
    held = await hold(session, user, [case.link])
    parked = _parked(device, case, held)
    try:
        async with session.begin_nested():
            applied = await _take(session, user, device, case, held)
            await write(session, held.batch.facts, held.batch.changes)
            await emit(session, *held.batch.events)
            await session.flush()
        return applied
    except Problem as problem:
        parked.code, parked.sentence = problem.code, problem.detail
    except DBAPIError as error:
        if (refused := _refused(error)) is None:
            raise
        log.info("operation %s (%s) is refused: %s", case.link.envelope.id, case.link.envelope.kind, cause_of(error))
        parked.code, parked.sentence = refused.code, refused.detail
    except FAULTS:
        log.exception(
            "operation %s (%s) met a fault of ours and is parked", case.link.envelope.id, case.link.envelope.kind
        )
        parked.code, parked.sentence = NotUnderstood.code, "The server could not make sense of it; it was logged."
    envelope = case.link.envelope
    if held.admitted and await said_before(session, user, envelope, parked.creates):
        return Applied("merged", parked.visit_id, flags=parked.flags, creates=parked.creates)
    return parked


def _refused(error: DBAPIError) -> Problem | None:
    """What the database says against a value; None for an outage or a deadlock."""
    found = refusal(error)
    if found is None:
        return None
    if str(getattr(cause_of(error), "constraint_name", "")).startswith("pk_"):
        return IdTaken("Something with this id exists already, with other content. Both are kept; this one waits.")
    return RefusedByDatabase(found.detail)


async def _take(session: AsyncSession, user: User, device: Device, case: Case, held: Held) -> Applied:
    """Admit the operation and run its domain's handler. Raises the `Problem` that stands in its way."""
    envelope, when = case.link.envelope, case.when
    if case.link.fault is not None:
        raise case.link.fault
    if not case.decided:
        revocation.must_not_be_after(device, when)
    if not user.active and not case.decided:
        raise UserInactive("This user was deactivated. The dispatcher decides what becomes of it.")
    found = subject_of(case.link, held)
    if found is None:
        raise NotFound(f"There is no such {legible(envelope.subject.type)}.")
    (subject, row), subject_id = found, envelope.subject.id
    if envelope.kind in KINDS:  # another is parked in any case, and says so
        must_have_room(case.link, held.sizes.get(subject_id))
    if subject.recorded:
        held.sizes[subject_id] += len(case.link.raw)
    if subject_id not in held.holds:
        raise subject.not_yours()
    late = not held.holds[subject_id] or subject.over(row)
    kind, body = read_body(case.link)
    if kind.subject != subject.name:
        raise MalformedBody(f"'{kind.name}' is about {_a(kind.subject)}, and this one about {_a(subject.name)}.")
    await _wait_for_parked(session, kind, envelope.body)
    tap = Tap(
        operation_id=envelope.id, kind=envelope.kind, user_id=user.id, device_id=device.id, subject_id=subject_id,
        occurred_at=when.display, earliest=when.earliest, latest=when.latest, received_at=case.received,
        clock=read_clock(case.link), interval=when.interval, late=late,
        batch=held.batch, attachment=case.link.attachment, platform=device.platform,
    )  # fmt: skip
    held.admitted = True
    if await is_said_again(session, user, kind, case.link, held):
        subject.said_again(tap)
        merged: bool | None = True
    else:
        merged = await kind.handler(session, tap, body)
    held.alike(envelope).append(envelope)
    if late:
        subject.was_late(row)
    flags = _flags(device, case) | ({"after_reassignment": True} if late else {})
    about = subject_id if subject.recorded else None
    return Applied("merged" if merged else "applied", about, flags=flags, creates=id_in(envelope.body, kind.creates))


def _a(name: str) -> str:
    return f"an {name}" if name[0] in "aeiou" else f"a {name}"


async def _wait_for_parked(session: AsyncSession, kind: Kind, body: dict[str, Any]) -> None:
    """Raises `WaitsForParked` when something that the operation needs was to be made by one that is parked."""
    needed = [found for name in kind.needs if (found := id_in(body, name))]
    if not needed:
        return
    parent = await session.scalar(
        select(Operation)
        .where(Operation.creates.in_(needed), Operation.outcome == "parked", Operation.resolution.is_(None))
        .order_by(Operation.seq)
        .limit(1)
    )
    if parent is not None:
        raise WaitsForParked(
            f"It needs what operation {parent.seq} ({parent.kind}) makes, which is parked. Apply that one first."
        )


def _flags(device: Device, case: Case) -> dict[str, Any]:
    return ({"clock_disagrees": True} if case.when.clock_disagrees else {}) | revocation.flags(device, case.when)
