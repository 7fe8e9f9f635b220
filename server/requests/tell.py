"""What is told of tickets: that one was received, to the customer, and that the time of a clock is over, to other systems.

A message is no answer: nothing here stops a clock.
"""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from server.actions.log_action import Of
from server.actions.rules import Thing
from server.clocks.models import Clock
from server.customers.models import Site
from server.identity.models import Office
from server.notifications.recipients import recipient_of
from server.notifications.render import Facts
from server.notifications.rules import NotificationKind
from server.notifications.tell import tell
from server.requests.models import Ticket


async def tell_received(session: AsyncSession, ticket: Ticket, reply: Clock, site: Site | None) -> None:
    """The customer is told that it came, its number, and by when somebody answers."""
    zone = site.time_zone if site else (await session.get_one(Office, ticket.office_id)).time_zone
    facts = Facts(zone, ticket.number, ticket.subject, site.name if site else "", reply.due_at, reply.within)
    to = await recipient_of(session, ticket.customer_id, ticket.contact_id)
    await tell(session, NotificationKind.TICKET_RECEIVED, _of(ticket), ticket.id, facts, to)


async def tell_clock_ran_out(session: AsyncSession, clock_id: UUID) -> None:
    """Other systems are told that nobody did in time what a clock asks for. Nothing to tell where the ticket is gone."""
    row = await session.get(Clock, clock_id)
    ticket = await session.get(Ticket, row.subject_id) if row else None
    if row is None or ticket is None or row.met_at is not None or row.stopped_at is not None:
        return
    facts = Facts(number=ticket.number, due=row.due_at, within=row.within, detail=row.kind)
    await tell(session, NotificationKind.CLOCK_OVERDUE, _of(ticket), row.id, facts)


def _of(ticket: Ticket) -> Of:
    return Of(Thing.TICKET, ticket.id, ticket.office_id)
