"""What a desk does with links: makes one to send to the customer, makes the phones' anew, revokes one."""

from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.actions.log_action import log_action
from server.actions.rules import Verb, worded
from server.customers.models import Customer, Site
from server.ground import clock
from server.ground.local_time import between, local
from server.ground.problems import Conflict, NotFound
from server.ground.words import language_of, words
from server.identity.tokens import Actor
from server.jobs.history import lock_visit
from server.jobs.models import Job, Visit, VisitCrew
from server.jobs.offices import the_visit
from server.visit_links.give import give_phone_link, phone_link, promised_until, take_phone_link
from server.visit_links.models import VisitLink
from server.visit_links.rules import LinkSide
from server.visit_links.token import new_token, token_sha256

MOST = 20
"""Links of the desk that may open one visit's page at a time."""


class MadeLink(NamedTuple):
    """A link, with its token where the desk is to send it."""

    row: VisitLink
    token: str | None


async def make_link(session: AsyncSession, visit_id: UUID, whose: LinkSide, by: Actor) -> MadeLink:
    """Make a link of the desk, or the phones' anew. Raises `NotFound`, `Conflict` where nobody was sent or there are too many."""
    visit = await lock_visit(session, visit_id)
    made = await (_for_desk if whose is LinkSide.DESK else _for_phones)(session, visit, by)
    of = await the_visit(session, visit_id)
    after = worded({"link_id": made.row.id, "whose": made.row.whose, "expires_at": made.row.expires_at}, "whose")
    log_action(session, by.user_id, Verb.MAKE_VISIT_LINK, of, after=after)
    await session.flush()
    return made


async def revoke_link(session: AsyncSession, visit_id: UUID, link_id: UUID, by: Actor) -> VisitLink:
    """Make a link open nothing any more; once more changes nothing. Raises `NotFound`."""
    row = await session.get(VisitLink, link_id, with_for_update=True)
    if row is None or row.visit_id != visit_id:
        raise NotFound(f"This visit has no link with the id {link_id}.")
    if row.revoked_at is None:
        row.revoked_at, row.token = clock.now(), None
        after = worded({"link_id": row.id, "whose": row.whose, "revoked_at": row.revoked_at}, "whose")
        log_action(session, by.user_id, Verb.REVOKE_VISIT_LINK, await the_visit(session, visit_id), after=after)
        await session.flush()
    return row


async def message(session: AsyncSession, visit_id: UUID, company: str, address: str) -> str:
    """What the desk can send to the customer with a link: in their language, with the agreed window where there is one."""
    query = (
        select(Visit, Customer, Site).join(Job, Job.id == Visit.job_id).join(Customer, Customer.id == Job.customer_id)
    )
    row = (await session.execute(query.join(Site, Site.id == Job.site_id).where(Visit.id == visit_id))).one()
    visit, customer, site = row
    say = words(language_of(customer.locale)).say
    if visit.window_start is None or visit.window_end is None:
        return say("visit_page.message", company=company, address=address)
    zone = ZoneInfo(site.time_zone)
    window = between(local(visit.window_start, zone), local(visit.window_end, zone), "%H:%M")
    return say("visit_page.message_with_window", company=company, address=address, window=window)


async def _for_desk(session: AsyncSession, visit: Visit, by: Actor) -> MadeLink:
    mine = (VisitLink.visit_id == visit.id, VisitLink.whose == LinkSide.DESK, VisitLink.revoked_at.is_(None))
    if (await session.scalar(select(func.count()).where(*mine)) or 0) >= MOST:
        raise Conflict(
            f"{MOST} links open the page of this visit already. Revoke those that nobody needs, then make one."
        )
    token = new_token()
    row = VisitLink(
        visit_id=visit.id, whose=LinkSide.DESK, token=None, token_sha256=token_sha256(token),
        expires_at=promised_until(session, visit), made_by=by.user_id,
    )  # fmt: skip
    session.add(row)
    await session.flush()
    return MadeLink(row, token)


async def _for_phones(session: AsyncSession, visit: Visit, by: Actor) -> MadeLink:
    crew = select(VisitCrew.technician_id).where(VisitCrew.visit_id == visit.id, VisitCrew.removed_at.is_(None))
    if await session.scalar(crew.limit(1)) is None:
        raise Conflict("Nobody is sent to this visit, so no phone shows a link. Assign it first.")
    await take_phone_link(session, visit.id)
    await give_phone_link(session, visit, by.user_id)
    await session.flush()
    row = await phone_link(session, visit.id)
    assert row is not None
    return MadeLink(row, None)
