"""Up: takes a phone's operations, each exactly once and in order, and stores an outcome for every one of them.

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
from sqlalchemy import bindparam, or_, select
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from server import clock
from server.database.engine import Sessions
from server.database.rows import among
from server.identity.models import Device, User
from server.identity.tokens import Tokens
from server.problems import NotFound
from server.sync import incidents, revocation
from server.sync.apply import Held, NotAsOne, RefusedByDatabase, apply_as_one, apply_each, hold, park_all
from server.sync.bounds import Timeline
from server.sync.chain import ChainProblem, DeviceForked, Link, all_signed, check_place, must_be_signed, read_link
from server.sync.models import Operation
from server.sync.narrowing import known, narrow_before
from server.sync.schemas import OutcomeOut, WireOperation
from server.sync.store import Applied, Case

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
    select(Device, User)
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


class Pushed(msgspec.Struct):
    """What came of a batch; `refused` is the chain problem that ended it early."""

    outcomes: list[OutcomeOut]
    refused: ChainProblem | None = None


class Stored(msgspec.Struct):
    """What is known of the batch already: operations by number and by id."""

    by_seq: dict[int, Operation]
    ids: set[UUID]


class Outbox(NamedTuple):
    """A batch as it came: whose, from which phone (its row is locked), when, and how it is to be applied."""

    user: User
    device: Device
    links: Sequence[Link]
    received: datetime
    way: Way


class Batch(msgspec.Struct):
    """A batch in the order of the chain: what came before, what is new by number, and what ends it early."""

    repeated: list[OutcomeOut] = []
    fresh: dict[int, Case] = {}
    problem: tuple[Link, ChainProblem] | None = None


async def push(
    sessions: Sessions, tokens: Tokens, device_id: UUID, wire: list[WireOperation], contract_version: int
) -> Pushed:
    """Store and apply a batch. Acknowledged means committed: the outcomes are returned after the commit.

    Raises `NotCanonical` before anything is stored when an operation cannot even be read.
    """
    links = [read_link(one, device_id) for one in wire]

    async def run(some: Sequence[Link], way: Way) -> Pushed:
        return await _again_after_deadlock(
            lambda: _transaction(sessions, tokens, device_id, some, contract_version, way)
        )

    with suppress(IntegrityError):
        try:
            return await run(links, AS_ONE)
        except NotAsOne:
            return await run(links, EACH)
    done = Pushed([])
    for link in links:
        try:
            one = await run([link], EACH)
        except IntegrityError:
            one = await run([link], REFUSED)
        done.outcomes += one.outcomes
        if one.refused:
            done.refused = one.refused
            break
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
    device, received = found.Device, clock.now()
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
    batch = _in_order(outbox, stored, Timeline(tokens, device, outbox.received, before))
    if batch.problem:
        await incidents.note(session, device, *batch.problem)
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
    return Pushed(batch.repeated + new, batch.problem[1] if batch.problem else None)


def _in_order(outbox: Outbox, stored: Stored, timeline: Timeline) -> Batch:
    """Follow the chain through a batch, up to the first link that breaks it."""
    batch, device = Batch(), outbox.device
    last_seq, last_hash = device.last_seq, device.last_hash
    for link in outbox.links:
        try:
            if link.envelope.seq <= last_seq:
                batch.repeated.extend(_again(device, stored, batch.fresh, link))
                continue
            check_place(link, last_seq=last_seq, last_hash=last_hash)
            if outbox.way.signed_first:
                must_be_signed(link, device.public_key)
            if link.envelope.id in stored.ids:
                raise DeviceForked(f"Another operation has the id {link.envelope.id} already.", seq=link.envelope.seq)
        except ChainProblem as problem:
            batch.problem = link, problem
            break
        stored.ids.add(link.envelope.id)
        batch.fresh[link.envelope.seq] = Case(link, timeline.next(link.envelope.clock), outbox.received)
        last_seq, last_hash = link.envelope.seq, link.sha256
    return batch


async def _stored(session: AsyncSession, device: Device, links: Sequence[Link]) -> Stored:
    """In one query: what was stored under these numbers or ids, and the operation that the batch follows."""
    numbers = {link.envelope.seq for link in links} | {device.last_seq}
    ids = [link.envelope.id for link in links]
    rows = await session.scalars(STORED, {"device_id": device.id, "numbers": list(numbers), "ids": ids})
    found = rows.all()
    return Stored({row.seq: row for row in found if row.device_id == device.id}, {row.id for row in found})


def _again(device: Device, stored: Stored, fresh: dict[int, Case], link: Link) -> list[OutcomeOut]:
    """A retry: the stored outcome, whatever happened since. Other bytes under the same number are a fork."""
    seq, before = link.envelope.seq, stored.by_seq.get(link.envelope.seq)
    if before is not None and before.sha256 == link.sha256:
        return [OutcomeOut(before.id, before.seq, "duplicate", before.code, before.sentence, before.outcome)]
    if seq in fresh and fresh[seq].link.sha256 == link.sha256:
        return []  # twice in one batch: it is answered once
    must_be_signed(link, device.public_key)
    raise DeviceForked(f"Operation {seq} came before with other content. Stop, and enrol the phone again.", seq=seq)
