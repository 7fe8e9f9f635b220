"""HTTP: technicians, assignment and the day's board."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from server.dispatch.add_technician import add_technician
from server.dispatch.assign import assign
from server.dispatch.board import hours_of, not_sealed, visits_on
from server.dispatch.missing import missing
from server.dispatch.queries import orders_out, technician_out, technicians_out
from server.dispatch.rules import TO_BE_DONE, Lateness, lateness, photo_words
from server.dispatch.schemas import (
    AssignIn,
    Board,
    BoardVisit,
    MissingOut,
    OrderOut,
    TechnicianIn,
    TechnicianOut,
    UnassignIn,
)
from server.dispatch.unassign import unassign
from server.ground import clock
from server.identity.audience import DESKS, LEADERS
from server.identity.tokens import Actor
from server.jobs.offices import office_of_visit
from server.jobs.queries import visits_out
from server.jobs.rules import VisitState
from server.jobs.schemas import VisitOut
from server.media.rules import Custody

Caller = Request[Actor, str, State]


class Dispatch(Controller):
    """Who goes where."""

    path = "/v1"
    tags = ("dispatch",)
    guards = (DESKS,)

    @get("/technicians")
    async def list_technicians(self, session: NamedDependency[AsyncSession]) -> list[TechnicianOut]:
        """All technicians by name."""
        return await technicians_out(session)

    @post("/technicians", guards=[LEADERS])
    async def add_technician(
        self, data: JSONBody[TechnicianIn], request: Caller, session: NamedDependency[AsyncSession]
    ) -> TechnicianOut:
        """Make a user a technician who can be sent; from then on there is a feed for their phones."""
        return technician_out(*await add_technician(session, data, request.user))

    @post("/visits/{visit_id:uuid}/assign", guards=[DESKS.of("visit_id", office_of_visit)], status_code=200)
    async def assign_visit(
        self,
        visit_id: FromPath[UUID],
        data: JSONBody[AssignIn],
        request: Caller,
        session: NamedDependency[AsyncSession],
    ) -> VisitOut:
        """Assign or reassign: each call is a numbered order that the phones are told of."""
        visit = await assign(session, visit_id, data, request.user.user_id)
        return (await visits_out(session, [visit]))[0]

    @post("/visits/{visit_id:uuid}/unassign", guards=[DESKS.of("visit_id", office_of_visit)], status_code=200)
    async def unassign_visit(
        self,
        visit_id: FromPath[UUID],
        data: JSONBody[UnassignIn],
        request: Caller,
        session: NamedDependency[AsyncSession],
    ) -> VisitOut:
        """Take the order back without a replacement: nobody goes, and the visit leaves its crew's phones."""
        visit = await unassign(session, visit_id, data, request.user.user_id)
        return (await visits_out(session, [visit]))[0]

    @get("/visits/{visit_id:uuid}/orders", guards=[DESKS.of("visit_id", office_of_visit)])
    async def list_orders(self, visit_id: FromPath[UUID], session: NamedDependency[AsyncSession]) -> list[OrderOut]:
        """The dispatch record of a visit, oldest first."""
        return await orders_out(session, visit_id)

    @get("/board")
    async def get_board(
        self,
        session: NamedDependency[AsyncSession],
        custody: NamedDependency[Custody],
        request: Caller,
        day: FromQuery[date | None] = None,
        start: FromQuery[datetime | None] = None,
        hours: Annotated[int | None, QueryParameter(ge=1, le=24 * 14, name="hours")] = None,
        office_id: FromQuery[UUID | None] = None,
        limit: Annotated[int, QueryParameter(ge=1, le=2000, name="limit")] = 500,
    ) -> Board:
        """A day of the office (the caller's when none is given; today), or some hours from `start`; and what is late from before.

        With `office_id` the visits are that office's, else all offices'.
        """
        first, end = await hours_of(session, office_id or request.user.office_id, day, start, hours)
        rows = await visits_on(session, first, end, office_id, custody.late_after, limit)
        now = clock.now()
        unsealed = await not_sealed(session, office_id)
        visits = [_card(row, now, unsealed.get(row.visit_id)) for row in rows]
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

    @get("/photos/missing")
    async def list_missing_photos(
        self,
        session: NamedDependency[AsyncSession],
        custody: NamedDependency[Custody],
        after: FromQuery[UUID | None] = None,
        limit: Annotated[int, QueryParameter(ge=1, le=1000, name="limit")] = 200,
    ) -> list[MissingOut]:
        """Visits whose promised photos are late, those first that have waited longest; go on `after` the last visit."""
        now = clock.now()
        return [
            MissingOut(
                visit_id=r.visit_id, job_number=r.job_number, title=r.title, customer=r.customer, site=r.site,
                state=VisitState(r.state), finished_at=r.finished_at, promised=r.promised, verified=r.verified,
                quarantined=r.quarantined, kept=r.kept, decided=r.decided, late=r.late, phone_last_heard_at=r.heard_at,
                words=_words(r, r.heard_at, now),
            )
            for r in await missing(session, custody.late_after, limit, after)
        ]  # fmt: skip


def _card(r: Any, now: datetime, not_sealed_since: datetime | None) -> BoardVisit:
    state = VisitState(r.state)
    return BoardVisit(
        visit_id=r.visit_id, job_number=r.job_number, title=r.title, customer=r.customer, site=r.site, state=state,
        window_start=r.window_start, window_end=r.window_end, technician_ids=r.technician_ids or [],
        lateness=lateness(state, r.window_end, now), photos_promised=r.promised, photos_verified=r.verified,
        photos_decided=r.decided, photos_late=r.late,
        photos_words=_words(r, r.promiser_heard_at, now) if r.late or r.decided else "",
        phone_last_heard_at=r.heard_at, not_sealed_since=not_sealed_since,
    )  # fmt: skip


def _words(row: Any, heard_at: datetime | None, now: datetime) -> str:
    return photo_words(row.promised, row.verified, row.kept, row.decided, heard_at, now, row.time_zone)
