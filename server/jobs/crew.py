"""What a member of a crew taps: it moves them, and the visit follows from where all of them are (`mobile_contract/shapes/visits.py`)."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from mobile_contract.shapes import merging, visits
from server.database.events import CUSTODY_CHANGED, ON_THE_WAY
from server.field.taps import Tap
from server.jobs.history import NotPossibleNow
from server.jobs.models import Visit, VisitCrew
from server.jobs.rules import ENDED, OPEN, VisitState


class Tapped(NamedTuple):
    """The visit and the member after a tap, and whether others had overtaken it, so that the visit stands where it stood."""

    visit: Visit
    member: VisitCrew
    overtaken: bool


def take_step(tap: Tap) -> Tapped:
    """Move who tapped, and the visit. Raises `NotPossibleNow`."""
    visit: Visit = tap.batch.rows[Visit, tap.visit_id]
    crew: Sequence[VisitCrew] = sent(tap.batch.members[tap.visit_id])
    member, before = _who(crew, tap.user_id), visit.state
    known = before in OPEN or before in ENDED
    step = visits.moved(before, {str(row.technician_id): row.state for row in crew}, str(tap.user_id), tap.kind)
    if step is None or not known:
        raise _not_possible(visit, member, tap.kind)
    member.state = step.member
    if stamp := visits.STAMPS.get(tap.kind):
        for row in (visit, member) if tap.kind == "start" else (member,):
            _first(row, stamp, tap.occurred_at)
    if tap.kind == "decline":
        member.removed_at = tap.received_at
    if step.visit != before:
        visit.state = step.visit
        if visit.state == VisitState.EN_ROUTE:
            tap.tell((ON_THE_WAY, visit.id))
    missing = visits.skipped([{stamp: getattr(row, stamp) for stamp in visits.STAMPS.values()} for row in crew])
    if sorted(missing) != sorted(visit.skipped):
        visit.skipped = dict.fromkeys(missing, True)
    if visit.state in ENDED:
        tap.tell((CUSTODY_CHANGED, visit.id))
    return Tapped(visit, member, visit.state == before)


def sent(members: Sequence[VisitCrew]) -> list[VisitCrew]:
    """Those who were sent by the order that holds, the lead first; who declined it is one of them."""
    return [row for row in members if row.removed_at is None or row.state == VisitState.DECLINED]


def member_of(tap: Tap) -> VisitCrew:
    """Who tapped, on the crew or not any more."""
    return _who(tap.batch.members[tap.visit_id], tap.user_id)


def arrive(visit: Visit, member: VisitCrew, moment: datetime) -> None:
    """Somebody was there at this moment: the earliest counts, for the member and for the visit."""
    for row in (visit, member):
        _first(row, "arrived_at", moment)


def summary_of(crew: Sequence[VisitCrew]) -> str:
    """What a crew says was done: each member's words once, the lead's first, in whatever order their phones were heard."""
    return merging.joined(row.work_summary for row in crew)


def _who(crew: Sequence[VisitCrew], user_id: UUID) -> VisitCrew:
    return next(row for row in crew if row.technician_id == user_id)


def _first(row: Visit | VisitCrew, stamp: str, moment: datetime) -> None:
    was = getattr(row, stamp)
    if was is None or moment < was:
        setattr(row, stamp, moment)


def _not_possible(visit: Visit, member: VisitCrew, kind: str) -> NotPossibleNow:
    where = f"The visit is {visit.state}"
    if member.state != visit.state:
        where += f" and you are {member.state}"
    return NotPossibleNow(f"{where}; '{kind}' cannot happen there.", state=visit.state)
