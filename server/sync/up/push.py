"""Up: takes a phone's operations, each exactly once and in order, and stores an outcome for every one of them.

What cannot be read takes its place in the chain, parked, if it is signed and the place is certain; else it is an incident,
and what follows goes on where it fits without it.

One transaction for a batch, applied as one, which is what nearly always works; its signatures are checked while the database
works, all of them before the commit. Where something in it fails, the batch is run again, signatures first, and with a
savepoint for each operation. Should the commit itself fail (a deferred rule), it is run again one operation to a
transaction, and the one that cannot be committed is parked. So one bad operation never holds up the next.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec
from msgspec.structs import replace
from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from server.database.engine import Sessions
from server.database.rows import among
from server.field.models import Operation
from server.ground import clock
from server.ground.ids import uuid7
from server.ground.problems import NotFound, Problem
from server.identity.models import Device, User
from server.identity.tokens import Tokens
from server.records.seal.steps import ClockStep
from server.sync.chain import (
    ChainProblem,
    DeviceForked,
    Link,
    NotCanonical,
    OperationTooLarge,
    all_signed,
    check_place,
    must_be_signed,
    read_links,
)
from server.sync.incidents import incidents
from server.sync.schemas import OutcomeOut, WireOperation
from server.sync.up import clock_steps, revocation
from server.sync.up.apply import NotAsOne, RefusedByDatabase, apply_as_one, apply_each, park_all
from server.sync.up.bounds import Timeline
from server.sync.up.held import Held, hold
from server.sync.up.narrowing import known, narrow_before
from server.sync.up.store import Applied, Case

log = logging.getLogger("fieldproof.sync")
DEADLOCK = "40P01"
DEADLOCK_TRIES = 3


class Way(NamedTuple):
    """How the new operations of a batch are applied and stored.

    `signed_first`: every signature is checked before anything is done; else meanwhile, and all of them before the commit.
    """

    apply: Callable[[AsyncSession, User, Device, Sequence[Case], Held], Awaitable[list[Applied]]]
    signed_first: bool = True


# Statements are made once: what SQLAlchemy does to make one costs as much as PostgreSQL's answer.
DEVICE = (
    # Planning for the very ids of a batch takes a tenth of what PostgreSQL does for it, and finds the plan for any ids.
    select(Device, User, func.set_config("plan_cache_mode", "force_generic_plan", True))
    .join(User, User.id == Device.user_id)
    .where(Device.id == bindparam("device_id"))
    .with_for_update(of=Device)
)
STORED = select(Operation).where(
    or_(
        among(Operation.id, "ids"),
        (Operation.device_id == bindparam("device_id")) & among(Operation.seq, "numbers"),
    )
)
BY_TEXT = select(Operation).where(Operation.device_id == bindparam("device_id"), among(Operation.sha256, "texts"))


class Pushed(msgspec.Struct):
    """What came of a batch; `refused` is the problem that ended it early, `last_seq` the last number that has landed."""

    outcomes: list[OutcomeOut]
    refused: Problem | None = None
    last_seq: int = 0


class Stored(msgspec.Struct):
    """What is known of the batch already: operations by number, by id, and by their text's hash where that is needed."""

    by_seq: dict[int, Operation]
    ids: set[UUID]
    by_text: dict[str, Operation]


class Outbox(NamedTuple):
    """A batch as it came: whose, from which phone (its row is locked), when, and how it is to be applied."""

    user: User
    device: Device
    links: Sequence[Link]
    received: datetime
    way: Way


class Batch(msgspec.Struct):
    """A batch in the order of the chain: what came before, what is new by number, what has no place, and what ends it."""

    repeated: list[OutcomeOut] = []
    fresh: dict[int, Case] = {}
    incidents: list[tuple[Link, Problem]] = []
    problem: Problem | None = None


async def push(
    sessions: Sessions, tokens: Tokens, device_id: UUID, wire: list[WireOperation], contract_version: int
) -> Pushed:
    """Store and apply a batch. Acknowledged means committed: the outcomes are returned after the commit."""
    links = read_links(wire, device_id)

    async def run(some: Sequence[Link], way: Way) -> Pushed:
        return await _again_after_deadlock(
            lambda: _transaction(sessions, tokens, device_id, some, contract_version, way)
        )

    with suppress(IntegrityError):
        with suppress(NotAsOne):
            if all(link.fault is None for link in links):
                return await run(links, AS_ONE)
        return await run(links, EACH)
    done = Pushed([])
    for link in links:
        try:
            one = await run([link], EACH)
        except IntegrityError:
            one = await run([link], REFUSED)
        done.outcomes += one.outcomes
        done.last_seq = one.last_seq
        if one.refused:
            done.refused = done.refused or one.refused
            if link.fault is None:
                break
        elif any(outcome.outcome != "duplicate" for outcome in one.outcomes):
            done.refused = None  # what had no place before it is no part of the chain
    return done


async def _park_as_refused(
    session: AsyncSession, user: User, device: Device, cases: Sequence[Case], held: Held
) -> list[Applied]:
    why = RefusedByDatabase("What it would do breaks a rule of the database at its end.")
    return await park_all(session, user, device, cases, held, why)


AS_ONE = Way(apply_as_one, signed_first=False)
EACH = Way(apply_each)
REFUSED = Way(_park_as_refused)


async def _again_after_deadlock(run: Callable[[], Awaitable[Pushed]]) -> Pushed:
    """Locks are taken in one order wherever it is known before; where it is not, the loser of a deadlock tries again."""
    for _ in range(DEADLOCK_TRIES):
        try:
            return await run()
        except DBAPIError as error:
            cause = error.orig.__cause__ if error.orig else None
            if getattr(cause, "sqlstate", None) != DEADLOCK:
                raise
            log.info("a push met another in a deadlock and is run again")
    return await run()


async def _transaction(
    sessions: Sessions,
    tokens: Tokens,
    device_id: UUID,
    links: Sequence[Link],
    contract_version: int,
    way: Way,
) -> Pushed:
    async with sessions.begin() as session:
        return await _run(session, tokens, device_id, links, contract_version, way)


async def _run(
    session: AsyncSession,
    tokens: Tokens,
    device_id: UUID,
    links: Sequence[Link],
    contract_version: int,
    way: Way,
) -> Pushed:
    found = (await session.execute(DEVICE, {"device_id": device_id})).one_or_none()
    if found is None:
        raise NotFound("This device is not known any more. Enrol it again.")
    device = found.Device
    # Times of receipt never run backwards in a chain, unless the clock was set back by much, which is an incident.
    heard = device.last_heard_at or device.enrolled_at
    received = clock.from_micros(clock.not_before(clock.to_micros(heard)))
    if received < heard:
        await clock_steps.note(session, device, ClockStep(clock.to_micros(heard), clock.to_micros(received)))
    outbox = Outbox(found.User, device, links, received, way)
    take_in = _take_in if way.signed_first else _take_in_while_checked
    pushed = await take_in(session, tokens, outbox)
    device.last_heard_at, device.contract_version = received, contract_version
    return pushed


async def _take_in_while_checked(session: AsyncSession, tokens: Tokens, outbox: Outbox) -> Pushed:
    """Take a batch in while its signatures are checked. Raises `NotAsOne` when one is wrong, whatever else came of it."""
    device = outbox.device
    unknown = [link for link in outbox.links if link.envelope.seq > device.last_seq]
    checks = asyncio.create_task(all_signed(unknown, device.public_key))
    try:
        try:
            pushed = await _take_in(session, tokens, outbox)
        except NotAsOne:
            raise
        except Exception as error:
            if not await checks:
                raise NotAsOne from error
            raise
        if not await checks:
            raise NotAsOne
    finally:
        checks.cancel()
    return pushed


async def _take_in(session: AsyncSession, tokens: Tokens, outbox: Outbox) -> Pushed:
    """Sort a batch into what came before and what is new, and apply and store what is new."""
    user, device = outbox.user, outbox.device
    stored = await _stored(session, device, outbox.links)
    held = await hold(session, user, outbox.links)
    before = stored.by_seq.get(device.last_seq)
    if before is not None and before.received_at > outbox.received:
        before = None  # the clock was set back in between: neither time says anything about the other
    batch = _in_order(outbox, stored, Timeline(tokens, device, outbox.received, before))
    for link, problem in batch.incidents:
        await incidents.note(session, device, link, problem)
    cases = list(batch.fresh.values())
    applied = await outbox.way.apply(session, user, device, cases, held)
    for case in cases:
        await revocation.note(session, device, case.link, case.when)
    await narrow_before(session, known(before), cases)
    if cases:
        device.last_seq, device.last_hash = cases[-1].link.envelope.seq, cases[-1].link.sha256
    new = [
        OutcomeOut(case.link.envelope.id, case.link.envelope.seq, one.outcome, one.code, one.sentence)
        for case, one in zip(cases, applied, strict=True)
    ]
    return Pushed(batch.repeated + new, batch.problem, device.last_seq)


def _in_order(outbox: Outbox, stored: Stored, timeline: Timeline) -> Batch:
    """Follow the chain through a batch, up to the first link that breaks it.

    One that cannot be read and has no place is passed over. It ends the batch only where nothing that follows fits.
    """
    batch, device = Batch(), outbox.device
    last_seq, last_hash = device.last_seq, device.last_hash
    for link in outbox.links:
        try:
            repeated = _again(device, stored, batch.fresh, link, last_seq)
            if repeated is not None:
                batch.repeated.extend(repeated)
                continue
            check_place(link, last_seq=last_seq, last_hash=last_hash)
            if outbox.way.signed_first:
                must_be_signed(link, device.public_key)
            link = _with_id(link, stored.ids)
        except (ChainProblem, NotCanonical, OperationTooLarge) as problem:
            if batch.problem is None or link.fault is not None:
                batch.incidents.append((link, problem))
            batch.problem = batch.problem or problem
            if link.fault is None:
                break
            continue
        batch.problem = None
        stored.ids.add(link.envelope.id)
        batch.fresh[link.envelope.seq] = Case(link, timeline.next(link.envelope.clock), outbox.received)
        last_seq, last_hash = link.envelope.seq, link.sha256
    return batch


def _with_id(link: Link, taken: set[UUID]) -> Link:
    """The link with an id of its own. Raises `DeviceForked` where a readable one has that of another operation."""
    if link.envelope.id not in taken:
        return link
    if link.fault is None:
        raise DeviceForked(f"Another operation has the id {link.envelope.id} already.", seq=link.envelope.seq)
    return replace(link, envelope=replace(link.envelope, id=uuid7()))


async def _stored(session: AsyncSession, device: Device, links: Sequence[Link]) -> Stored:
    """In one query: what was stored under these numbers or ids, and the operation that the batch follows."""
    numbers = {link.envelope.seq for link in links} | {device.last_seq}
    ids = [link.envelope.id for link in links]
    found = (await session.scalars(STORED, {"device_id": device.id, "numbers": list(numbers), "ids": ids})).all()
    by_seq = {row.seq: row for row in found if row.device_id == device.id}
    lost = [link.sha256 for link in links if link.envelope.seq == 0]
    if lost:  # it may have had its place in an earlier batch, which held what follows it
        by_seq |= {row.seq: row for row in await session.scalars(BY_TEXT, {"device_id": device.id, "texts": lost})}
    return Stored(by_seq, {row.id for row in found}, {row.sha256: row for row in by_seq.values()} if lost else {})


def _again(
    device: Device, stored: Stored, fresh: dict[int, Case], link: Link, last_seq: int
) -> list[OutcomeOut] | None:
    """A retry: the stored outcome, whatever happened since; None for what is new. Other bytes under its number are a fork."""
    seq = link.envelope.seq
    if seq > last_seq:
        return None
    before = stored.by_seq.get(seq) or stored.by_text.get(link.sha256)
    if before is not None and before.sha256 == link.sha256:
        return [OutcomeOut(before.id, before.seq, "duplicate", before.code, before.sentence, before.outcome)]
    if seq in fresh and fresh[seq].link.sha256 == link.sha256:
        return []  # twice in one batch: it is answered once
    if seq == 0:
        return None
    must_be_signed(link, device.public_key)
    raise DeviceForked(f"Operation {seq} came before with other content. Stop, and enrol the phone again.", seq=seq)
