"""HTTP: technicians, assignment and the day's board."""

from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server import clock
from server.dispatch.assign import assign
from server.dispatch.board import day
from server.dispatch.missing import missing
from server.dispatch.models import Technician
from server.dispatch.rules import Lateness, lateness, photo_words
from server.dispatch.schemas import AssignIn, Board, BoardVisit, MissingOut, OrderOut, TechnicianIn, TechnicianOut
from server.identity.models import User
from server.identity.permissions import allow
from server.identity.rules import DESK, LEADS, Role
from server.identity.tokens import Actor
from server.jobs.models import VisitPlan
from server.jobs.queries import visits_out
from server.jobs.rules import VisitState
from server.jobs.schemas import VisitOut
from server.media.rules import Custody
from server.problems import Invalid

Caller = Request[Actor, str, State]
WEEKDAYS = frozenset({"mon", "tue", "wed", "thu", "fri", "sat", "sun"})


class Dispatch(Controller):
    """Who goes where."""

    path = "/v1"
    tags = ("dispatch",)
    guards = (allow(DESK),)

    @get("/technicians")
    async def technicians(self, session: NamedDependency[AsyncSession]) -> list[TechnicianOut]:
        """All technicians by name."""
        return await _technicians(session)

    @post("/technicians", guards=[allow(LEADS)])
    async def add_technician(
        self, data: JSONBody[TechnicianIn], session: NamedDependency[AsyncSession]
    ) -> TechnicianOut:
        """Make a user a technician who can be sent; from then on there is a feed for their phones."""
        user = await session.get(User, data.user_id)
        if user is None or user.role != Role.TECHNICIAN:
            raise Invalid("Only a user with the role technician can be one. Check the user id.")
        if unknown := set(data.working_hours) - WEEKDAYS:
            raise Invalid(f"working_hours has the weekdays mon to sun, not {', '.join(sorted(unknown))}.")
        row = Technician(
            id=user.id, skills={"names": data.skills}, home_latitude=data.home_latitude,
            home_longitude=data.home_longitude, working_hours=dict(data.working_hours), phone=data.phone,
        )  # fmt: skip
        session.add(row)
        await session.flush()
        return _technician(row, user)

    @post("/visits/{visit_id:uuid}/assign", status_code=200)
    async def assign(
        self,
        visit_id: FromPath[UUID],
        data: JSONBody[AssignIn],
        request: Caller,
        session: NamedDependency[AsyncSession],
    ) -> VisitOut:
        """Assign or reassign: each call is a numbered order that the phones are told of."""
        visit = await assign(session, visit_id, data, request.user.user_id)
        return (await visits_out(session, [visit]))[0]

    @get("/visits/{visit_id:uuid}/orders")
    async def orders(self, visit_id: FromPath[UUID], session: NamedDependency[AsyncSession]) -> list[OrderOut]:
        """The dispatch record of a visit, oldest first."""
        rows = await session.scalars(
            select(VisitPlan).where(VisitPlan.visit_id == visit_id).order_by(VisitPlan.plan_version)
        )
        return [
            OrderOut(
                r.visit_id, r.plan_version, r.window_start, r.window_end,
                [UUID(one) for one in r.crew["technician_ids"]], r.reason, r.ordered_by, r.ordered_at,
            )
            for r in rows
        ]  # fmt: skip

    @get("/board")
    async def board(
        self,
        session: NamedDependency[AsyncSession],
        custody: NamedDependency[Custody],
        start: FromQuery[datetime | None] = None,
        hours: Annotated[int, QueryParameter(ge=1, le=24 * 14, name="hours")] = 24,
        office_id: FromQuery[UUID | None] = None,
        limit: Annotated[int, QueryParameter(ge=1, le=2000, name="limit")] = 500,
    ) -> Board:
        """The board from `start` (midnight UTC when missing) for some hours."""
        first = start or clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
        if first.tzinfo is None:
            raise Invalid("start needs a time zone.")
        rows = await day(session, first, first + timedelta(hours=hours), office_id, custody.late_after, limit)
        now = clock.now()
        visits = [
            BoardVisit(
                visit_id=r.visit_id, job_number=r.job_number, title=r.title, customer=r.customer, site=r.site,
                state=VisitState(r.state), window_start=r.window_start, window_end=r.window_end,
                technician_ids=r.technician_ids or [], lateness=lateness(VisitState(r.state), r.window_end, now),
                photos_promised=r.promised, photos_verified=r.verified, photos_decided=r.decided, photos_late=r.late,
                photos_words=_words(r, r.promiser_heard_at, now) if r.late or r.decided else "",
                phone_last_heard_at=r.heard_at,
            )
            for r in rows
        ]  # fmt: skip
        return Board(
            technicians=await _technicians(session),
            visits=visits,
            unassigned=[v.visit_id for v in visits if not v.technician_ids],
            late=[v.visit_id for v in visits if v.lateness != Lateness.IN_TIME],
        )

    @get("/photos/missing")
    async def missing_photos(
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


def _words(row: Any, heard_at: datetime | None, now: datetime) -> str:
    return photo_words(row.promised, row.verified, row.kept, row.decided, heard_at, now, row.time_zone)


async def _technicians(session: AsyncSession) -> list[TechnicianOut]:
    rows = await session.execute(select(Technician, User).join(User, User.id == Technician.id).order_by(User.name))
    return [_technician(technician, user) for technician, user in rows]


def _technician(row: Technician, user: User) -> TechnicianOut:
    return TechnicianOut(row.id, user.name, user.office_id, row.skills.get("names", []), row.working_hours, row.phone)
