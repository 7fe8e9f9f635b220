"""Tickets as they are read, and as they go out on the wire."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.ground import clock
from server.ground.problems import NotFound
from server.http.listing import Listing
from server.requests.models import SlaClock, Ticket
from server.requests.rules import Channel, TicketKind, TicketState, clock_state
from server.requests.schemas import ClockOut, TicketOut

TICKETS = Listing(
    "tickets",
    TicketOut,
    key=Ticket.id,
    sorts={"made": Ticket.id, "number": Ticket.number, "received_at": Ticket.received_at, "due_at": SlaClock.due_at},
    default="-made",
)


def select_tickets(sort: str, overdue: bool | None) -> Select[Ticket]:
    """Tickets; with `overdue` those that nobody answered in time and that still wait, or the others.

    Clocks are joined only where they are what the list is ordered by: a join in the order of ids reads all clocks in front of a page.
    """
    query = select(Ticket)
    if sort.endswith("due_at"):
        query = query.join(SlaClock)
    if overdue is None:
        return query
    late = SlaClock.responded_at.is_(None) & (SlaClock.due_at < clock.now())
    waits = select(SlaClock.ticket_id).where(SlaClock.ticket_id == Ticket.id, late).correlate(Ticket).exists()
    return query.where(waits if overdue else ~waits)


async def tickets_out(session: AsyncSession, rows: Sequence[Ticket]) -> list[TicketOut]:
    """Tickets on the wire, with their clocks in one query however many they are."""
    clocks = await session.scalars(select(SlaClock).where(SlaClock.ticket_id.in_([row.id for row in rows])))
    of = {one.ticket_id: one for one in clocks}
    return [ticket_out(row, of[row.id]) for row in rows]


async def find_ticket(session: AsyncSession, ticket_id: UUID) -> tuple[Ticket, SlaClock]:
    """A ticket with its clock. Raises `NotFound`."""
    found = (await session.execute(select(Ticket, SlaClock).join(SlaClock).where(Ticket.id == ticket_id))).first()
    if found is None:
        raise NotFound(f"No ticket has the id {ticket_id}.")
    return found[0], found[1]


async def office_of_ticket(session: AsyncSession, ticket_id: UUID) -> UUID | None:
    """The office of a ticket."""
    return await session.scalar(select(Ticket.office_id).where(Ticket.id == ticket_id))


def ticket_out(row: Ticket, sla: SlaClock) -> TicketOut:
    """A ticket with its clock, as of now."""
    return TicketOut(
        id=row.id, number=row.number, customer_id=row.customer_id, contact_id=row.contact_id, site_id=row.site_id,
        asset_id=row.asset_id, office_id=row.office_id, kind=TicketKind(row.kind), channel=Channel(row.channel),
        subject=row.subject, description=row.description, state=TicketState(row.state), received_at=row.received_at,
        first_response=ClockOut(sla.due_at, sla.responded_at, clock_state(sla.due_at, sla.responded_at, clock.now())),
    )  # fmt: skip
