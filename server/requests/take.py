"""A customer's request is written down, and its reply clock begins."""

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from server.actions.log_action import Of, log_action
from server.actions.rules import Thing, Verb, worded
from server.customers.belongs import must_be_theirs, site_of
from server.customers.models import Customer
from server.ground import clock
from server.ground.moments import must_be_moment
from server.ground.problems import Invalid
from server.identity.offices import must_change
from server.identity.tokens import Actor
from server.requests.models import SlaClock, Ticket
from server.requests.rules import TicketState, respond_by
from server.requests.schemas import TicketIn


async def take_ticket(session: AsyncSession, data: TicketIn, actor: Actor) -> tuple[Ticket, SlaClock]:
    """Write a request down; its clock runs from when it was received. An asset says at which site, when none is given.

    Raises `Invalid` for a place or person of another customer, or for a request that is still to come.
    """
    customer = await session.get(Customer, data.customer_id)
    if customer is None:
        raise Invalid(f"No customer has the id {data.customer_id}. Make the customer first.")
    must_change(actor, customer.office_id)
    await must_be_theirs(session, customer.id, contact_id=data.contact_id, site_id=data.site_id, asset_id=data.asset_id)
    site = await site_of(session, data.site_id, data.asset_id)
    received = must_be_moment(data.received_at, "received_at") if data.received_at else clock.now()
    if received > clock.now():
        raise Invalid("received_at lies in the future. Send when the request came.")
    fields = msgspec.structs.asdict(data) | {"received_at": received, "site_id": site.id if site else None}
    ticket = Ticket(office_id=customer.office_id, created_by=actor.user_id, state=TicketState.OPEN, **fields)
    session.add(ticket)
    await session.flush()
    sla = SlaClock(ticket_id=ticket.id, started_at=received, due_at=respond_by(data.kind, received), state="running")
    session.add(sla)
    of = Of(Thing.TICKET, ticket.id, ticket.office_id)
    told = worded({**fields, "state": ticket.state, "due_at": sla.due_at}, "kind", "channel", "state")
    log_action(session, actor.user_id, Verb.TAKE_TICKET, of, after=told)
    return ticket, sla
