"""The day's board as it is shown: cards of visits, who there is, and what is late, came back or is not sealed."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from server.dispatch.board import hours_of, not_sealed, visits_on
from server.dispatch.queries import technicians_out
from server.dispatch.rules import TO_BE_DONE, Lateness, lateness, photo_words
from server.dispatch.schemas import Board, BoardMember, BoardVisit, MissingOut
from server.ground import clock
from server.identity.offices import seen_office
from server.identity.tokens import Actor
from server.jobs.overlaps import overlaps_of
from server.jobs.rules import VisitState
from server.jobs.schemas import OverlapOut
from server.media.rules import Custody


async def show_board(
    session: AsyncSession,
    actor: Actor,
    custody: Custody,
    *,
    office_id: UUID | None,
    day: date | None,
    start: datetime | None,
    hours: int | None,
    limit: int,
) -> Board:
    """A day of an office (the actor's when none is named; today), or some hours from `start`; and what is late from before.

    Raises `Invalid`, `NotFound` for an office, `Forbidden` for one that a narrowed desk does not see.
    """
    seen = seen_office(actor, office_id)
    first, end = await hours_of(session, office_id or actor.office_id, day, start, hours)
    rows = await visits_on(session, first, end, seen, custody.late_after, limit)
    now = clock.now()
    unsealed = await not_sealed(session, seen)
    overlaps = await overlaps_of(session, [row.visit_id for row in rows])
    visits = [_card(row, now, unsealed.get(row.visit_id), overlaps.get(row.visit_id, [])) for row in rows]
    there = {technician_id for visit in visits for technician_id in visit.technician_ids}
    return Board(
        start=first,
        end=end,
        technicians=[one for one in await technicians_out(session) if one.active or one.id in there],
        visits=visits,
        unassigned=[v.visit_id for v in visits if v.state in TO_BE_DONE and not v.technician_ids],
        late=[v.visit_id for v in visits if v.lateness != Lateness.IN_TIME],
        came_back=[row.visit_id for row in rows if row.came_back],
        left_out=rows[0].total - len(rows) if rows else 0,
        not_sealed=len(unsealed),
        not_sealed_since=min(unsealed.values(), default=None),
    )


def missing_out(now: datetime, r: Any) -> MissingOut:
    """A visit whose photos are late, on the wire."""
    return MissingOut(
        visit_id=r.visit_id, job_number=r.job_number, title=r.title, customer=r.customer, site=r.site,
        state=VisitState(r.state), finished_at=r.finished_at, promised=r.promised, verified=r.verified,
        quarantined=r.quarantined, kept=r.kept, decided=r.decided, late=r.late, phone_last_heard_at=r.heard_at,
        words=_words(r, r.heard_at, now),
    )  # fmt: skip


def _card(r: Any, now: datetime, not_sealed_since: datetime | None, overlaps: list[OverlapOut]) -> BoardVisit:
    state = VisitState(r.state)
    return BoardVisit(
        visit_id=r.visit_id, job_number=r.job_number, title=r.title, customer=r.customer, site=r.site, state=state,
        window_start=r.window_start, window_end=r.window_end, planned_start=r.planned_start, minutes=r.minutes,
        overlaps=overlaps, technician_ids=r.technician_ids or [],
        crew=[BoardMember(UUID(who), VisitState(where)) for who, where in r.members or ()],
        lateness=lateness(state, r.window_end, now), photos_promised=r.promised, photos_verified=r.verified,
        photos_decided=r.decided, photos_late=r.late,
        photos_words=_words(r, r.promiser_heard_at, now) if r.late or r.decided else "",
        phone_last_heard_at=r.heard_at, not_sealed_since=not_sealed_since,
    )  # fmt: skip


def _words(row: Any, heard_at: datetime | None, now: datetime) -> str:
    return photo_words(row.promised, row.verified, row.kept, row.decided, heard_at, now, row.time_zone)
