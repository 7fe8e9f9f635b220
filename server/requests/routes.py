"""HTTP: taking in tickets and answering them."""

from typing import Annotated
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.identity.audience import DESKS
from server.identity.tokens import Actor
from server.requests.models import SlaClock, Ticket
from server.requests.queries import find_ticket, office_of_ticket, ticket_out
from server.requests.respond import respond
from server.requests.rules import TicketState
from server.requests.schemas import TicketIn, TicketOut
from server.requests.take import take_ticket

Caller = Request[Actor, str, State]


class Tickets(Controller):
    """Requests of customers and their reply clocks."""

    path = "/v1/tickets"
    tags = ("requests",)
    guards = (DESKS,)

    @get()
    async def list_tickets(
        self,
        session: NamedDependency[AsyncSession],
        status: FromQuery[TicketState | None] = None,
        limit: Annotated[int, QueryParameter(ge=1, le=500, name="limit")] = 100,
    ) -> list[TicketOut]:
        """Tickets, newest first; `status` narrows to one."""
        query = select(Ticket, SlaClock).join(SlaClock).order_by(Ticket.id.desc()).limit(limit)
        if status:
            query = query.where(Ticket.state == status)
        return [ticket_out(ticket, sla) for ticket, sla in await session.execute(query)]

    @post()
    async def take_ticket(
        self, data: JSONBody[TicketIn], request: Caller, session: NamedDependency[AsyncSession]
    ) -> TicketOut:
        """Write a request down; its clock runs from when it was received. An asset says at which site, when none is given."""
        return ticket_out(*await take_ticket(session, data, request.user))

    @get("/{ticket_id:uuid}", guards=[DESKS.of("ticket_id", office_of_ticket)])
    async def get_ticket(self, ticket_id: FromPath[UUID], session: NamedDependency[AsyncSession]) -> TicketOut:
        """One ticket."""
        return ticket_out(*await find_ticket(session, ticket_id))

    @post("/{ticket_id:uuid}/respond", guards=[DESKS.of("ticket_id", office_of_ticket)], status_code=200)
    async def respond_to_ticket(
        self, ticket_id: FromPath[UUID], request: Caller, session: NamedDependency[AsyncSession]
    ) -> TicketOut:
        """Record that the customer was answered now; the first answer stops the clock."""
        return ticket_out(*await respond(session, ticket_id, request.user))
