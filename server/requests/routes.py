"""HTTP: taking in tickets and answering them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from server.clocks.queries import readings
from server.clocks.schemas import ClockReading
from server.http.list_pages import listed, narrowed, within
from server.http.listing import AsAsked, Listed, listed_by
from server.identity.audience import DESKS
from server.identity.offices import seen_office
from server.identity.tokens import Actor
from server.requests.models import Ticket
from server.requests.queries import TICKETS, find_ticket, office_of_ticket, select_tickets, ticket_out, tickets_out
from server.requests.respond import contact, respond
from server.requests.rules import TicketKind, TicketState
from server.requests.schemas import TicketIn, TicketOut
from server.requests.take import take_ticket

Caller = Request[Actor, str, State]
Overdue = Annotated[
    bool | None,
    QueryParameter(
        name="overdue",
        description="true: nobody has answered yet, or contacted who complains, and the time for it is over. false: the others.",
    ),
]


class Tickets(Controller):
    """Requests of customers and their clocks."""

    path = "/v1/tickets"
    tags = ("requests",)
    guards = (DESKS,)

    @get(**listed_by(TICKETS))
    async def list_tickets(
        self,
        request: Caller,
        session: NamedDependency[AsyncSession],
        asked: AsAsked,
        status: FromQuery[TicketState | None] = None,
        kind: FromQuery[TicketKind | None] = None,
        customer_id: FromQuery[UUID | None] = None,
        site_id: FromQuery[UUID | None] = None,
        asset_id: FromQuery[UUID | None] = None,
        overdue: Overdue = None,
        received_from: FromQuery[datetime | None] = None,
        received_before: FromQuery[datetime | None] = None,
        office_id: FromQuery[UUID | None] = None,
    ) -> Listed[TicketOut]:
        """Tickets, newest first."""
        query = within(
            select_tickets(asked.sort, overdue), Ticket.received_at, received_from, received_before, "received"
        )
        mine = (Ticket.office_id, seen_office(request.user, office_id))
        wanted = (Ticket.state, status), (Ticket.kind, kind), (Ticket.customer_id, customer_id)
        query = narrowed(query, mine, *wanted, (Ticket.site_id, site_id), (Ticket.asset_id, asset_id))
        return await listed(asked, session, query, tickets_out)

    @post()
    async def take_ticket(
        self, data: JSONBody[TicketIn], request: Caller, session: NamedDependency[AsyncSession]
    ) -> TicketOut:
        """Write a request down; its clocks run from when it was received. An asset says at which site, when none is given."""
        return ticket_out(*await take_ticket(session, data, request.user))

    @get("/{ticket_id:uuid}", guards=[DESKS.of("ticket_id", office_of_ticket)])
    async def get_ticket(self, ticket_id: FromPath[UUID], session: NamedDependency[AsyncSession]) -> TicketOut:
        """One ticket."""
        return ticket_out(*await find_ticket(session, ticket_id))

    @post("/{ticket_id:uuid}/respond", guards=[DESKS.of("ticket_id", office_of_ticket)], status_code=200)
    async def respond_to_ticket(
        self, ticket_id: FromPath[UUID], request: Caller, session: NamedDependency[AsyncSession]
    ) -> TicketOut:
        """Record that the customer was answered now; the first answer stops the clocks."""
        return ticket_out(*await respond(session, ticket_id, request.user))

    @post("/{ticket_id:uuid}/contact", guards=[DESKS.of("ticket_id", office_of_ticket)], status_code=200)
    async def contact_complainant(
        self, ticket_id: FromPath[UUID], request: Caller, session: NamedDependency[AsyncSession]
    ) -> TicketOut:
        """Record that who complained was reached now and still waits for the answer; the first contact counts. An answer is a contact, too."""
        return ticket_out(*await contact(session, ticket_id, request.user))

    @get("/{ticket_id:uuid}/clocks", guards=[DESKS.of("ticket_id", office_of_ticket)])
    async def list_ticket_clocks(
        self, ticket_id: FromPath[UUID], session: NamedDependency[AsyncSession]
    ) -> list[ClockReading]:
        """A ticket's clocks with all that their due times were worked out from, the one that is due first in front; at most one of each kind."""
        await find_ticket(session, ticket_id)
        return await readings(session, ticket_id)
