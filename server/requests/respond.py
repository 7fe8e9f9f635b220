"""A request is answered, or who complained is contacted, which stops the clocks of that."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from server.clocks.keep import meet
from server.clocks.models import Clock
from server.clocks.rules import ClockKind
from server.ground.problems import Conflict
from server.identity.tokens import Actor
from server.requests.models import Ticket
from server.requests.queries import find_ticket
from server.requests.rules import TicketState


async def respond(session: AsyncSession, ticket_id: UUID, actor: Actor) -> tuple[Ticket, Clock]:
    """Record that the customer was answered now; the first answer counts, and is a contact. Raises `NotFound`, `Conflict` when closed."""
    ticket, reply = await _open(session, ticket_id)
    if reply.met_at is None:
        await meet(session, ticket_id, ClockKind.REPLY, ClockKind.CONTACT, by=actor.user_id)
        ticket.state = TicketState.RESPONDED if ticket.state == TicketState.OPEN else ticket.state
    return ticket, reply


async def contact(session: AsyncSession, ticket_id: UUID, actor: Actor) -> tuple[Ticket, Clock]:
    """Record that who complained was reached now, and still waits for the answer. Raises `NotFound`, `Conflict` when nobody promised that."""
    ticket, reply = await _open(session, ticket_id)
    if not await meet(session, ticket_id, ClockKind.CONTACT, by=actor.user_id):
        raise Conflict("Nobody is to be contacted about this ticket before the answer. Record the answer by /respond.")
    return ticket, reply


async def _open(session: AsyncSession, ticket_id: UUID) -> tuple[Ticket, Clock]:
    ticket, reply = await find_ticket(session, ticket_id)
    if ticket.state == TicketState.CLOSED:
        raise Conflict("This ticket is closed. Open a new one.")
    return ticket, reply
