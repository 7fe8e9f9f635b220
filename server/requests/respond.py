"""A request is answered, which stops its reply clock."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from server.actions.log_action import Of, log_action
from server.actions.rules import Fields, Thing, Verb, worded
from server.ground import clock
from server.ground.problems import Conflict
from server.identity.tokens import Actor
from server.requests.models import SlaClock, Ticket
from server.requests.queries import find_ticket
from server.requests.rules import TicketState, clock_state


async def respond(session: AsyncSession, ticket_id: UUID, actor: Actor) -> tuple[Ticket, SlaClock]:
    """Record that the customer was answered now; the first answer stops the clock. Raises `NotFound`, `Conflict` when closed."""
    ticket, sla = await find_ticket(session, ticket_id, hold=True)
    if ticket.state == TicketState.CLOSED:
        raise Conflict("This ticket is closed. Open a new one.")
    if sla.responded_at is None:
        before = _fields(ticket, sla)
        sla.responded_at, sla.responded_by = clock.now(), actor.user_id
        sla.state = clock_state(sla.due_at, sla.responded_at, clock.now())
        ticket.state = TicketState.RESPONDED if ticket.state == TicketState.OPEN else ticket.state
        of = Of(Thing.TICKET, ticket.id, ticket.office_id)
        log_action(session, actor.user_id, Verb.RESPOND_TO_TICKET, of, before=before, after=_fields(ticket, sla))
    return ticket, sla


def _fields(ticket: Ticket, sla: SlaClock) -> Fields:
    fields = {"state": ticket.state, "clock": sla.state, "responded_at": sla.responded_at}
    return worded(fields, "state", "clock")
