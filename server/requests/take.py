"""A customer's request is written down, and its clocks begin."""

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from server.actions.log_action import Of, log_action
from server.actions.rules import Thing, Verb, worded
from server.clocks.keep import start
from server.clocks.models import Clock
from server.clocks.rules import ClockStanding, ClockSubject
from server.customers.belongs import must_be_theirs, site_of
from server.customers.models import Customer
from server.database.events import CLOCK_RAN_OUT, emit
from server.ground import clock
from server.ground.moments import must_be_moment
from server.ground.problems import Invalid
from server.identity.offices import must_change
from server.identity.tokens import Actor
from server.requests.models import Ticket
from server.requests.rules import PROMISED, TicketState
from server.requests.schemas import TicketIn
from server.requests.tell import tell_received


async def take_ticket(session: AsyncSession, data: TicketIn, actor: Actor | None) -> tuple[Ticket, Clock]:
    """Write a request down; its clocks run from when it was received. Returns it with that of the reply. An asset says at which site, when none is given.
    Without an actor the customer wrote it down themself.

    Raises `Invalid` for a place or person of another customer, or for a request that is still to come.
    """
    customer = await session.get(Customer, data.customer_id)
    if customer is None:
        raise Invalid(f"No customer has the id {data.customer_id}. Make the customer first.")
    if actor is not None:
        must_change(actor, customer.office_id)
    by = actor.user_id if actor is not None else None
    await must_be_theirs(session, customer.id, contact_id=data.contact_id, site_id=data.site_id, asset_id=data.asset_id)
    site = await site_of(session, data.site_id, data.asset_id)
    received = must_be_moment(data.received_at, "received_at") if data.received_at else clock.now()
    if received > clock.now():
        raise Invalid("received_at lies in the future. Send when the request came.")
    fields = msgspec.structs.asdict(data) | {"received_at": received, "site_id": site.id if site else None}
    ticket = Ticket(office_id=customer.office_id, created_by=by, state=TicketState.OPEN, **fields)
    session.add(ticket)
    await session.flush()
    clocks = [start(session, ClockSubject.TICKET, ticket.id, policy, received) for policy in PROMISED[data.kind]]
    reply = clocks[0]
    of = Of(Thing.TICKET, ticket.id, ticket.office_id)
    told = worded({**fields, "state": ticket.state, "due_at": reply.due_at}, "kind", "channel", "state")
    log_action(session, by, Verb.TAKE_TICKET, of, after=told)
    await tell_received(session, ticket, reply, site)
    await session.flush()
    # Written down late: the time of some was over before they began, and nobody would note that it ran out.
    await emit(session, *((CLOCK_RAN_OUT, one.id) for one in clocks if one.state == ClockStanding.OVERDUE))
    return ticket, reply
