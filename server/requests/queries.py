"""Tickets as they are read, and as they go out on the wire."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.clocks.models import Clock
from server.clocks.queries import clocks_of, is_overdue, standing
from server.clocks.rules import ClockKind
from server.ground import clock
from server.ground.problems import NotFound
from server.http.listing import Listing
from server.requests.models import Ticket
from server.requests.rules import TOLD, Channel, TicketKind, TicketState
from server.requests.schemas import ClockOut, TicketOut

REPLY = and_(Clock.subject_id == Ticket.id, Clock.kind == ClockKind.REPLY)
"""A ticket's reply clock; each has one."""

TICKETS = Listing(
    "tickets",
    TicketOut,
    key=Ticket.id,
    sorts={"made": Ticket.id, "number": Ticket.number, "received_at": Ticket.received_at, "due_at": Clock.due_at},
    default="-made",
)


def select_tickets(sort: str, overdue: bool | None) -> Select[Ticket]:
    """Tickets; with `overdue` those with a clock that ran out and that nobody has met since, or the others.

    Reply clocks are joined only where they are what the list is ordered by: a join in the order of ids reads all clocks in front of a page.
    """
    query = select(Ticket)
    if sort.endswith("due_at"):
        query = query.join(Clock, REPLY)
    if overdue is None:
        return query
    late = select(Clock.id).where(Clock.subject_id == Ticket.id, is_overdue(clock.now()))
    waits = late.correlate(Ticket).exists()
    return query.where(waits if overdue else ~waits)


async def tickets_out(session: AsyncSession, rows: Sequence[Ticket]) -> list[TicketOut]:
    """Tickets on the wire, with their reply clocks in one query however many they are."""
    of = await clocks_of(session, [row.id for row in rows], ClockKind.REPLY)
    return [ticket_out(row, of[row.id]) for row in rows]


async def find_ticket(session: AsyncSession, ticket_id: UUID, *, hold: bool = False) -> tuple[Ticket, Clock]:
    """A ticket with its reply clock; `hold` keeps them for a change. Raises `NotFound`."""
    query = select(Ticket, Clock).join(Clock, REPLY).where(Ticket.id == ticket_id)
    found = (await session.execute(query.with_for_update() if hold else query)).first()
    if found is None:
        raise NotFound(f"No ticket has the id {ticket_id}.")
    return found[0], found[1]


async def office_of_ticket(session: AsyncSession, ticket_id: UUID) -> UUID | None:
    """The office of a ticket."""
    return await session.scalar(select(Ticket.office_id).where(Ticket.id == ticket_id))


def ticket_out(row: Ticket, reply: Clock) -> TicketOut:
    """A ticket with its reply clock, as of now."""
    return TicketOut(
        id=row.id, number=row.number, customer_id=row.customer_id, contact_id=row.contact_id, site_id=row.site_id,
        asset_id=row.asset_id, office_id=row.office_id, kind=TicketKind(row.kind), channel=Channel(row.channel),
        subject=row.subject, description=row.description, state=TicketState(row.state), received_at=row.received_at,
        first_response=ClockOut(reply.due_at, reply.met_at, TOLD[standing(reply)]),
    )  # fmt: skip
