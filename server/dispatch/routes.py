"""HTTP: technicians, assignment and the day's board."""

from datetime import date, datetime
from functools import partial
from typing import Annotated
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from server.dispatch.add_technician import add_technician
from server.dispatch.agree import agree_window
from server.dispatch.assign import assign
from server.dispatch.missing import MISSING, select_missing
from server.dispatch.queries import (
    ORDERS,
    TECHNICIANS,
    order_out,
    select_orders,
    select_technicians,
    technician_out,
)
from server.dispatch.schemas import (
    AgreeIn,
    AssignIn,
    Board,
    MissingOut,
    OrderOut,
    TechnicianIn,
    TechnicianOut,
    UnassignIn,
)
from server.dispatch.show_board import missing_out, show_board
from server.dispatch.unassign import unassign
from server.ground import clock
from server.http.list_pages import each, each_row, listed, narrowed
from server.http.listing import AsAsked, Listed, listed_by
from server.identity.audience import DESKS, LEADERS
from server.identity.models import User
from server.identity.offices import seen_office
from server.identity.tokens import Actor
from server.jobs.agreed import AGREEMENTS, agreement_out, select_agreements
from server.jobs.offices import office_of_visit
from server.jobs.queries import visits_out
from server.jobs.schemas import AgreementOut, VisitOut
from server.media.rules import Custody

Caller = Request[Actor, str, State]
AfterVisit = Annotated[
    UUID | None,
    QueryParameter(
        name="after",
        description="Only visits behind the place of this one; what pages were asked for by before `cursor`.",
    ),
]


class Dispatch(Controller):
    """Who goes where."""

    path = "/v1"
    tags = ("dispatch",)
    guards = (DESKS,)

    @get("/technicians", **listed_by(TECHNICIANS))
    async def list_technicians(
        self,
        request: Caller,
        session: NamedDependency[AsyncSession],
        asked: AsAsked,
        active: FromQuery[bool | None] = None,
        office_id: FromQuery[UUID | None] = None,
    ) -> Listed[TechnicianOut]:
        """Technicians by name, those who left included."""
        query = narrowed(select_technicians(), (User.office_id, seen_office(request.user, office_id)))
        return await listed(asked, session, narrowed(query, (User.active, active)), each(technician_out))

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
        visit = await assign(session, visit_id, data, request.user)
        return (await visits_out(session, [visit]))[0]

    @post("/visits/{visit_id:uuid}/windows", guards=[DESKS.of("visit_id", office_of_visit)])
    async def agree_window(
        self,
        visit_id: FromPath[UUID],
        data: JSONBody[AgreeIn],
        request: Caller,
        session: NamedDependency[AsyncSession],
    ) -> VisitOut:
        """Keep the window that the customer agreed to, and who agreed; phones of a visit that is under way get it as a new order."""
        return (await visits_out(session, [await agree_window(session, visit_id, data, request.user)]))[0]

    @get("/visits/{visit_id:uuid}/windows", guards=[DESKS.of("visit_id", office_of_visit)], **listed_by(AGREEMENTS))
    async def list_windows(
        self, visit_id: FromPath[UUID], session: NamedDependency[AsyncSession], asked: AsAsked
    ) -> Listed[AgreementOut]:
        """What was agreed with the customer about when somebody comes, newest first."""
        return await listed(asked, session, select_agreements(visit_id), each(agreement_out))

    @post("/visits/{visit_id:uuid}/unassign", guards=[DESKS.of("visit_id", office_of_visit)], status_code=200)
    async def unassign_visit(
        self,
        visit_id: FromPath[UUID],
        data: JSONBody[UnassignIn],
        request: Caller,
        session: NamedDependency[AsyncSession],
    ) -> VisitOut:
        """Take the order back without a replacement: nobody goes, and the visit leaves its crew's phones."""
        visit = await unassign(session, visit_id, data, request.user)
        return (await visits_out(session, [visit]))[0]

    @get("/visits/{visit_id:uuid}/orders", guards=[DESKS.of("visit_id", office_of_visit)], **listed_by(ORDERS))
    async def list_orders(
        self, visit_id: FromPath[UUID], session: NamedDependency[AsyncSession], asked: AsAsked
    ) -> Listed[OrderOut]:
        """The dispatch record of a visit, oldest first."""
        return await listed(asked, session, select_orders(visit_id), each(order_out))

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
        return await show_board(
            session, request.user, custody, office_id=office_id, day=day, start=start, hours=hours, limit=limit
        )

    @get("/photos/missing", **listed_by(MISSING))
    async def list_missing_photos(
        self,
        request: Caller,
        session: NamedDependency[AsyncSession],
        asked: AsAsked,
        custody: NamedDependency[Custody],
        customer_id: FromQuery[UUID | None] = None,
        office_id: FromQuery[UUID | None] = None,
        after: AfterVisit = None,
    ) -> Listed[MissingOut]:
        """Visits whose promised photos are late, those first that have waited longest."""
        office = seen_office(request.user, office_id)
        query = select_missing(custody.late_after, office_id=office, customer_id=customer_id, after=after)
        return await listed(asked, session, query, each_row(partial(missing_out, clock.now())))
