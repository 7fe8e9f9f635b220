"""HTTP: taking in tickets and answering them."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, Request, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.customers.belongs import must_be_theirs, site_of
from server.customers.models import Customer
from server.ground import clock
from server.ground.moments import must_be_moment
from server.ground.problems import Conflict, Invalid, NotFound
from server.identity.permissions import allow
from server.identity.rules import DESK
from server.identity.tokens import Actor
from server.requests.models import SlaClock, Ticket
from server.requests.rules import Channel, TicketKind, clock_state, respond_by
from server.requests.schemas import ClockOut, TicketIn, TicketOut

Caller = Request[Actor, str, State]


class Tickets(Controller):
    """Requests of customers and their reply clocks."""

    path = "/v1/tickets"
    tags = ("requests",)
    guards = (allow(DESK),)

    @get()
    async def tickets(
        self,
        session: NamedDependency[AsyncSession],
        status: FromQuery[str | None] = None,
        limit: Annotated[int, QueryParameter(ge=1, le=500, name="limit")] = 100,
    ) -> list[TicketOut]:
        """Tickets, newest first; `status` narrows to one."""
        query = select(Ticket, SlaClock).join(SlaClock).order_by(Ticket.id.desc()).limit(limit)
        if status:
            query = query.where(Ticket.state == status)
        return [_ticket(ticket, sla) for ticket, sla in await session.execute(query)]

    @post()
    async def take(
        self, data: JSONBody[TicketIn], request: Caller, session: NamedDependency[AsyncSession]
    ) -> TicketOut:
        """Write a request down; its clock runs from when it was received. An asset says at which site, when none is given."""
        customer = await session.get(Customer, data.customer_id)
        if customer is None:
            raise Invalid(f"No customer has the id {data.customer_id}. Make the customer first.")
        await must_be_theirs(
            session, customer.id, contact_id=data.contact_id, site_id=data.site_id, asset_id=data.asset_id
        )
        site = await site_of(session, data.site_id, data.asset_id)
        received = must_be_moment(data.received_at, "received_at") if data.received_at else clock.now()
        if received > clock.now():
            raise Invalid("received_at lies in the future. Send when the request came.")
        fields = msgspec.structs.asdict(data) | {"received_at": received, "site_id": site.id if site else None}
        ticket = Ticket(office_id=customer.office_id, created_by=request.user.user_id, state="open", **fields)
        session.add(ticket)
        await session.flush()
        sla = SlaClock(
            ticket_id=ticket.id, started_at=received, due_at=respond_by(data.kind, received), state="running"
        )
        session.add(sla)
        return _ticket(ticket, sla)

    @get("/{ticket_id:uuid}")
    async def ticket(self, ticket_id: FromPath[UUID], session: NamedDependency[AsyncSession]) -> TicketOut:
        """One ticket."""
        return _ticket(*await find_ticket(session, ticket_id))

    @post("/{ticket_id:uuid}/respond", status_code=200)
    async def respond(
        self, ticket_id: FromPath[UUID], request: Caller, session: NamedDependency[AsyncSession]
    ) -> TicketOut:
        """Record that the customer was answered now; the first answer stops the clock."""
        ticket, sla = await find_ticket(session, ticket_id)
        if ticket.state == "closed":
            raise Conflict("This ticket is closed. Open a new one.")
        if sla.responded_at is None:
            sla.responded_at, sla.responded_by = clock.now(), request.user.user_id
            sla.state = clock_state(sla.due_at, sla.responded_at, clock.now())
            ticket.state = "responded" if ticket.state == "open" else ticket.state
        return _ticket(ticket, sla)


async def find_ticket(session: AsyncSession, ticket_id: UUID) -> tuple[Ticket, SlaClock]:
    """A ticket with its clock. Raises `NotFound`."""
    found = (await session.execute(select(Ticket, SlaClock).join(SlaClock).where(Ticket.id == ticket_id))).first()
    if found is None:
        raise NotFound(f"No ticket has the id {ticket_id}.")
    return found[0], found[1]


def _ticket(row: Ticket, sla: SlaClock) -> TicketOut:
    return TicketOut(
        id=row.id, number=row.number, customer_id=row.customer_id, contact_id=row.contact_id, site_id=row.site_id,
        asset_id=row.asset_id, office_id=row.office_id, kind=TicketKind(row.kind), channel=Channel(row.channel),
        subject=row.subject, description=row.description, state=row.state, received_at=row.received_at,
        first_response=ClockOut(sla.due_at, sla.responded_at, clock_state(sla.due_at, sla.responded_at, clock.now())),
    )  # fmt: skip
