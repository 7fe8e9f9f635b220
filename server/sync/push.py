"""Up: takes a phone's operations, each exactly once and in order, and stores an outcome for every one of them.

One transaction for a batch, a savepoint for each operation. Should the commit itself fail (a deferred rule), the batch
is run again one operation to a transaction, so that one bad operation never holds up the next.
"""

from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from server import clock
from server.database.engine import Sessions
from server.identity.models import Device, User
from server.identity.tokens import Tokens
from server.problems import NotFound
from server.records.strokes import lock
from server.sync.apply import apply, bounds_of
from server.sync.chain import ChainProblem, DeviceForked, Link, check_link, read_link
from server.sync.models import Incident, Operation
from server.sync.schemas import OutcomeOut, WireOperation


class Pushed(msgspec.Struct):
    """What came of a batch; `refused` is the chain problem that ended it early."""

    outcomes: list[OutcomeOut]
    last_seq: int
    refused: ChainProblem | None = None


async def push(
    sessions: Sessions, tokens: Tokens, device_id: UUID, wire: list[WireOperation], contract_version: int
) -> Pushed:
    """Store and apply a batch. Acknowledged means committed: the outcomes are returned after the commit.

    Raises `NotCanonical` before anything is stored when an operation cannot even be read.
    """
    links = [read_link(one, device_id) for one in wire]
    try:
        async with sessions.begin() as session:
            return await _run(session, tokens, device_id, links, contract_version)
    except IntegrityError:
        if len(links) < 2:
            raise
    outcomes: list[OutcomeOut] = []
    done = Pushed([], 0)
    for link in links:
        async with sessions.begin() as session:
            done = await _run(session, tokens, device_id, [link], contract_version)
        outcomes += done.outcomes
        if done.refused:
            break
    return Pushed(outcomes, done.last_seq, done.refused)


async def _run(
    session: AsyncSession, tokens: Tokens, device_id: UUID, links: list[Link], contract_version: int
) -> Pushed:
    device = await session.scalar(select(Device).where(Device.id == device_id).with_for_update())
    if device is None:
        raise NotFound("This device is not known any more. Enrol it again.")
    user = await session.get_one(User, device.user_id)
    device.last_heard_at, device.contract_version = clock.now(), contract_version
    pushed = Pushed([], device.last_seq)
    for link in links:
        try:
            outcome = await _one(session, tokens, device, user, link)
        except ChainProblem as problem:
            session.add(
                Incident(
                    device_id=device_id, code=problem.code, seq=link.envelope.seq, detail=problem.detail,
                    evidence=link.raw,
                )
            )  # fmt: skip
            pushed.refused = problem
            break
        pushed.outcomes.append(outcome)
    pushed.last_seq = device.last_seq
    return pushed


async def _one(session: AsyncSession, tokens: Tokens, device: Device, user: User, link: Link) -> OutcomeOut:
    envelope = link.envelope
    if envelope.seq <= device.last_seq:
        return await _again(session, link)
    check_link(link, public_key=device.public_key, last_seq=device.last_seq, last_hash=device.last_hash)
    if await session.get(Operation, envelope.id) is not None:
        raise DeviceForked(f"Another operation has the id {envelope.id} already.", seq=envelope.seq)
    received = clock.now()
    before = await session.scalar(
        select(Operation).where(Operation.device_id == device.id, Operation.seq == device.last_seq)
    )
    interval = bounds_of(tokens, device, envelope.clock, received, before)
    result = await apply(session, user, device, link, interval, received)
    session.add(
        Operation(
            id=envelope.id, device_id=device.id, user_id=user.id, seq=envelope.seq, kind=envelope.kind,
            subject_type=envelope.subject.type, subject_id=envelope.subject.id, visit_id=result.visit_id,
            raw=link.raw, signature=link.signature, attachment=lock(session, envelope.id, link.attachment),
            sha256=link.sha256, outcome=result.outcome, code=result.code, sentence=result.sentence, flags=result.flags,
            earliest=interval.earliest, latest=interval.latest, received_at=received,
        )
    )  # fmt: skip
    device.last_seq, device.last_hash = envelope.seq, link.sha256
    await session.flush()
    return OutcomeOut(envelope.id, envelope.seq, result.outcome, result.code, result.sentence)


async def _again(session: AsyncSession, link: Link) -> OutcomeOut:
    """A retry: the stored outcome, whatever happened since. Other bytes under the same number are a fork."""
    stored = await session.scalar(
        select(Operation).where(Operation.device_id == link.envelope.device_id, Operation.seq == link.envelope.seq)
    )
    if stored is None or stored.sha256 != link.sha256:
        raise DeviceForked(
            f"Operation {link.envelope.seq} came before with other content. Stop, and enrol the phone again.",
            seq=link.envelope.seq,
        )
    return OutcomeOut(stored.id, stored.seq, "duplicate", stored.code, stored.sentence, stored.outcome)
