"""A request is answered, or who complained is contacted, which stops the clocks of that."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from server.actions.log_action import Of, log_action
from server.actions.rules import Fields, Thing, Verb, worded
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
        before = _fields(ticket, reply)
        await meet(session, ticket_id, ClockKind.REPLY, ClockKind.CONTACT, by=actor.user_id)
        ticket.state = TicketState.RESPONDED if ticket.state == TicketState.OPEN else ticket.state
        log_action(
            session, actor.user_id, Verb.RESPOND_TO_TICKET, _of(ticket), before=before, after=_fields(ticket, reply)
        )
    return ticket, reply


async def contact(session: AsyncSession, ticket_id: UUID, actor: Actor) -> tuple[Ticket, Clock]:
    """Record that who complained was reached now, and still waits for the answer. Raises `NotFound`, `Conflict` when nobody promised that."""
    ticket, reply = await _open(session, ticket_id)
    promised = await meet(session, ticket_id, ClockKind.CONTACT, by=actor.user_id)
    if not promised:
        raise Conflict("Nobody is to be contacted about this ticket before the answer. Record the answer by /respond.")
    if session.is_modified(promised[0]):  # the first time counts
        log_action(
            session, actor.user_id, Verb.CONTACT_COMPLAINANT, _of(ticket), after={"contacted_at": promised[0].met_at}
        )
    return ticket, reply


async def _open(session: AsyncSession, ticket_id: UUID) -> tuple[Ticket, Clock]:
    ticket, reply = await find_ticket(session, ticket_id, hold=True)
    if ticket.state == TicketState.CLOSED:
        raise Conflict("This ticket is closed. Open a new one.")
    return ticket, reply


def _of(ticket: Ticket) -> Of:
    return Of(Thing.TICKET, ticket.id, ticket.office_id)


def _fields(ticket: Ticket, reply: Clock) -> Fields:
    return worded({"state": ticket.state, "clock": reply.state, "responded_at": reply.met_at}, "state", "clock")
