"""What a revoked phone still hands in: what it signed before still counts, and nothing goes down to it.

'Before' is told by bounded time, never by the wall clock. Wholly before the revocation: it counts like any other.
Wholly after: parked, and an incident. An interval that holds the moment of the revocation: it counts, is flagged, and
the desk decides whether to believe it. All of it came in after the revocation, and says so.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.arrival.bounded_time import Interval
from server.clock import micros, to_micros
from server.identity.models import Device
from server.identity.tokens import Tokens
from server.jobs.models import Visit
from server.problems import Forbidden
from server.sync import incidents
from server.sync.apply import Applied, Bounds
from server.sync.chain import Link
from server.sync.schemas import OutcomeOut, SyncOut


class DeviceRevoked(Forbidden):
    """The phone was revoked before this was signed"""

    code = "device_revoked"


class SignedAroundRevocation(Forbidden):
    """It cannot be told whether this was signed before the phone was revoked"""

    code = "signed_around_revocation"


class Signed(StrEnum):
    """When an operation was signed, against the revocation of its device."""

    BEFORE = "before"
    AROUND = "around"
    AFTER = "after"


def signed(interval: Interval, revoked_at: datetime | None) -> Signed:
    """Before only if all of the interval lies before the revocation; after only if all of it lies after."""
    if revoked_at is None or interval.latest <= to_micros(revoked_at):
        return Signed.BEFORE
    return Signed.AFTER if interval.earliest > to_micros(revoked_at) else Signed.AROUND


async def refused(session: AsyncSession, device: Device, link: Link, when: Bounds) -> Applied | None:
    """The outcome of an operation that its phone signed after the revocation: parked. None: it may be applied.

    Notes the incident; for what was signed around the revocation one for each visit, which counts the operations.
    """
    told = signed(when.interval, device.revoked_at)
    if told is Signed.BEFORE:
        return None
    if told is Signed.AROUND:
        around = SignedAroundRevocation(
            "This phone was revoked, and what it sent for this visit afterwards may have been signed before or after. "
            "It was taken as done. Ask the technician, and say here what came of it."
        )
        await incidents.note(session, device, link, around, once_for=str(link.envelope.subject.id))
        return None
    problem = DeviceRevoked(
        "The phone had been revoked when this was signed. The dispatcher decides what becomes of it."
    )
    await incidents.note(session, device, link, problem)
    visit_id: UUID | None = None
    if link.envelope.subject.type == "visit":
        visit_id = await session.scalar(select(Visit.id).where(Visit.id == link.envelope.subject.id))
    return Applied("parked", visit_id, problem.code, problem.detail, flags(device, when))


def flags(device: Device, when: Bounds) -> dict[str, bool]:
    """What to show beside an operation of a revoked phone; empty for any other."""
    if device.revoked_at is None:
        return {}
    found = {"received_after_revocation": True}
    if signed(when.interval, device.revoked_at) is Signed.AROUND:
        found["signed_around_revocation"] = True
    return found


async def only_taken(
    session: AsyncSession, tokens: Tokens, device_id: UUID, outcomes: list[OutcomeOut]
) -> SyncOut | None:
    """The whole answer to a revoked phone: what was taken in, no row and no cursor. None when it is not revoked."""
    device = await session.get_one(Device, device_id)
    if device.revoked_at is None:
        return None
    anchor = tokens.make("anchor", {"time": micros(), "device": str(device_id)})
    return SyncOut(anchor=anchor, last_seq=device.last_seq, outcomes=outcomes, revoked=True)
