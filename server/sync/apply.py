"""Applies one operation in a savepoint, or parks it with the problem that stands in its way."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from server.arrival.bounded_time import Clock, Interval, Issued, interval_of, narrow_by_order, shown
from server.arrival.evidence import Thresholds
from server.clock import from_micros, to_micros
from server.identity.models import Device, User
from server.identity.tokens import Tokens
from server.jobs.models import Visit, VisitCrew
from server.problems import Conflict, Forbidden, Invalid, NotFound, Problem, Unauthenticated
from server.sync.chain import Link
from server.sync.kinds import KINDS
from server.sync.models import Operation
from server.taps import Tap


class UnknownKind(Invalid):
    """This server does not know this kind of operation"""

    code = "unknown_kind"


class MalformedBody(Invalid):
    """The operation's body does not have the right shape"""

    code = "malformed_body"


class NotYourVisit(Forbidden):
    """The visit was never assigned to this technician"""

    code = "not_your_visit"


class UserInactive(Forbidden):
    """The technician is not active any more"""

    code = "user_inactive"


class RefusedByDatabase(Conflict):
    """A value breaks a rule of the database"""

    code = "refused_by_database"


class Applied(msgspec.Struct):
    """An outcome before it is stored."""

    outcome: str
    visit_id: UUID | None
    code: str | None = None
    sentence: str | None = None
    flags: dict[str, Any] = {}


class Bounds(msgspec.Struct, frozen=True):
    """When the tap happened, at the earliest and latest, and the time to show."""

    interval: Interval
    display: datetime
    clock_disagrees: bool

    @property
    def earliest(self) -> datetime:
        return from_micros(self.interval.earliest)

    @property
    def latest(self) -> datetime:
        return from_micros(self.interval.latest)


def bounds_of(tokens: Tokens, device: Device, phone: Clock, received: datetime, before: Operation | None) -> Bounds:
    """The bounds of an operation from its clock and from the one before it in the chain.

    An anchor that is not signed by us counts as none; `bounded_time` has the rest.
    """
    issued: Issued | None = None
    if phone.anchor is not None:
        try:
            claims = tokens.read("anchor", phone.anchor.token)
            issued = Issued(claims["time"], claims["device"])
        except Unauthenticated:
            issued = None
    found = interval_of(phone, issued, str(device.id), to_micros(device.enrolled_at), to_micros(received))
    if before is not None:
        earlier = Interval(to_micros(before.earliest), to_micros(before.latest))
        clock_before = msgspec.json.decode(before.raw, type=ClockOnly).clock
        found = narrow_by_order([(clock_before, earlier), (phone, found)])[1]
    point = shown(phone.wall, found, Thresholds().wall_tolerance_us)
    return Bounds(found, from_micros(point.point), point.clock_disagrees)


class ClockOnly(msgspec.Struct):
    """The one field of an operation that the next one's bounds need."""

    clock: Clock


async def apply(
    session: AsyncSession, user: User, device: Device, link: Link, when: Bounds, received: datetime
) -> Applied:
    """Run the domain's handler in a savepoint. A `Problem` parks the operation; an outage of the database does not."""
    envelope = link.envelope
    visit: Visit | None = None
    if envelope.subject.type == "visit":
        # Held from here on, so that a reassignment comes wholly before or wholly after.
        visit = await session.scalar(select(Visit).where(Visit.id == envelope.subject.id).with_for_update())
    visit_id = visit.id if visit else None
    flags: dict[str, Any] = {"clock_disagrees": True} if when.clock_disagrees else {}
    try:
        async with session.begin_nested():
            late = await _admit(session, user, visit)
            if late:
                flags["after_reassignment"] = True
            kind, body = _body(link)
            assert visit is not None
            tap = Tap(
                operation_id=envelope.id, kind=envelope.kind, user_id=user.id, device_id=device.id, visit_id=visit.id,
                occurred_at=when.display, earliest=when.earliest, latest=when.latest, received_at=received,
                clock=msgspec.to_builtins(envelope.clock),
                interval=msgspec.to_builtins(when.interval), late=late, attachment=link.attachment,
                platform=device.platform,
            )  # fmt: skip
            merged = await KINDS[kind][1](session, tap, body)
            if late and not visit.after_reassignment:
                visit.after_reassignment = True
            await session.flush()
    except Problem as problem:
        return Applied("parked", visit_id, problem.code, problem.detail, flags)
    except (IntegrityError, DataError) as error:
        cause = error.orig.__cause__ if error.orig else None
        name = getattr(cause, "constraint_name", None) or getattr(cause, "sqlstate", None)
        return Applied("parked", visit_id, RefusedByDatabase.code, f"The database refused a value ({name}).", flags)
    return Applied("merged" if merged else "applied", visit_id, flags=flags)


async def _admit(session: AsyncSession, user: User, visit: Visit | None) -> bool:
    """Whether the operation is a late contribution. Raises when it is not this technician's to make at all."""
    if not user.active:
        raise UserInactive("This user was deactivated. The dispatcher decides what becomes of it.")
    if visit is None:
        raise NotFound("There is no such visit.")
    crew = await session.scalar(
        select(VisitCrew).where(VisitCrew.visit_id == visit.id, VisitCrew.technician_id == user.id)
    )
    if crew is None:
        raise NotYourVisit("This visit was never assigned to you.")
    return crew.removed_at is not None or visit.state == "cancelled"


def _body(link: Link) -> tuple[str, msgspec.Struct]:
    kind = link.envelope.kind
    if kind not in KINDS:
        raise UnknownKind(f"'{kind}' is not known here; it is kept until it is.")
    try:
        return kind, msgspec.convert(link.envelope.body, KINDS[kind][0], str_keys=True)
    except msgspec.ValidationError as error:
        raise MalformedBody(f"{error}") from error
