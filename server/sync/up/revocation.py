"""What a revoked phone still hands in: what it signed before still counts, and nothing goes down to it.

'Before' is told by bounded time, never by the wall clock. Wholly before the revocation: it counts like any other.
Wholly after: parked, and an incident. An interval that holds the moment of the revocation: it counts, is flagged, and
the desk decides whether to believe it. All of it came in after the revocation, and says so.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from server.arrival.bounded_time import Interval
from server.ground.clock import to_micros
from server.ground.problems import Forbidden
from server.identity.models import Device
from server.sync.chain import Link
from server.sync.incidents import incidents
from server.sync.up.bounds import Bounds


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


def must_not_be_after(device: Device, when: Bounds) -> None:
    """Raises `DeviceRevoked`, which parks the operation, when all of its interval lies after the revocation."""
    if signed(when.interval, device.revoked_at) is Signed.AFTER:
        raise DeviceRevoked(
            "The phone had been revoked when this was signed. The dispatcher decides what becomes of it."
        )


async def note(session: AsyncSession, device: Device, link: Link, when: Bounds) -> None:
    """Keep the incident of an operation that was signed after its phone's revocation, or around it.

    For what was signed around it, one for each visit, which counts the operations.
    """
    told = signed(when.interval, device.revoked_at)
    if told is Signed.AROUND:
        around = SignedAroundRevocation(
            "This phone was revoked, and what it sent for this visit afterwards may have been signed before or after. "
            "It was taken as done. Ask the technician, and say here what came of it."
        )
        await incidents.note(session, device, link, around, once_for=str(link.envelope.subject.id))
    elif told is Signed.AFTER:
        after = DeviceRevoked(
            "The phone had been revoked when this was signed. It is parked: decide what becomes of it."
        )
        await incidents.note(session, device, link, after)


def flags(device: Device, when: Bounds) -> dict[str, bool]:
    """What to show beside an operation of a revoked phone; empty for any other."""
    if device.revoked_at is None:
        return {}
    found = {"received_after_revocation": True}
    if signed(when.interval, device.revoked_at) is Signed.AROUND:
        found["signed_around_revocation"] = True
    return found
