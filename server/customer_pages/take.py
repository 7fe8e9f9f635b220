"""What comes from a customer's page is taken in: a request for another time, or a ticket. The same form once more changes nothing.

Whoever takes one holds the visit or the asset, so that two taps of one form come one after the other.
"""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.customer_pages.forms import ChangeForm, RequestForm
from server.customer_pages.models import ChangeRequest, PageReceipt
from server.customer_pages.open import OfAsset, OfVisit
from server.customer_pages.rules import A_DAY, DAY, WAITING
from server.ground import clock
from server.ground.problems import Conflict
from server.jobs.history import record
from server.requests.models import Ticket
from server.requests.rules import Channel
from server.requests.schemas import TicketIn
from server.requests.take import take_ticket

SUBJECT = 120
"""Characters of what was written that name the ticket."""


class TooMany(Conflict):
    """This page took as many requests as it takes at a time"""

    code = "too_many_requests"


class About(NamedTuple):
    """What a ticket from a page is about."""

    source_id: UUID
    customer_id: UUID
    site_id: UUID | None
    asset_id: UUID | None


def about_visit(opened: OfVisit) -> About:
    """What a ticket from a visit's page is about."""
    return About(opened.link.id, opened.customer.id, opened.site.id, opened.job.asset_id)


def about_asset(opened: OfAsset) -> About:
    """What a ticket from an asset's page is about."""
    return About(opened.label.id, opened.customer.id, None, opened.asset.id)


async def ask_change(session: AsyncSession, opened: OfVisit, form: ChangeForm) -> None:
    """Ask the desk for another time; the appointment stands. Raises `TooMany` while so many wait already."""
    visit_id = opened.visit.id
    if await was_asked(session, opened.link.id, form.form_id):
        return
    waiting = select(func.count()).where(ChangeRequest.visit_id == visit_id, ChangeRequest.answered_at.is_(None))
    if (await session.scalar(waiting) or 0) >= WAITING:
        raise TooMany(f"{WAITING} requests for another time wait for an answer already.")
    windows = [[window.start.isoformat(), window.end.isoformat()] for window in form.windows]
    row = ChangeRequest(
        visit_id=visit_id,
        link_id=opened.link.id,
        form_id=form.form_id,
        wishes=form.wishes,
        windows={"windows": windows},
    )
    session.add(row)
    await session.flush()
    record(session, visit_id, "change_asked", actor_id=None, facts={"change_request_id": str(row.id)})


async def take_request(session: AsyncSession, about: About, form: RequestForm) -> None:
    """Make a ticket of what was written. Raises `TooMany` where the page made as many as it makes within a day."""
    if await receipt_of(session, about.source_id, form.form_id) is not None:
        return
    now = clock.now()
    today = select(func.count()).where(PageReceipt.source_id == about.source_id, PageReceipt.created_at > now - DAY)
    if (await session.scalar(today) or 0) >= A_DAY:
        raise TooMany(f"This page takes {A_DAY} requests within a day.")
    whom = ", ".join(one for one in (form.name, form.phone) if one)
    subject = " ".join(form.words.split())
    data = TicketIn(
        customer_id=about.customer_id, kind=form.kind, channel=Channel.WEB, site_id=about.site_id, asset_id=about.asset_id,
        subject=subject if len(subject) <= SUBJECT else f"{subject[: SUBJECT - 1]}…",
        description=f"{form.words}\n\n{whom}" if whom else form.words,
    )  # fmt: skip
    ticket, _ = await take_ticket(session, data, None)
    session.add(PageReceipt(source_id=about.source_id, form_id=form.form_id, ticket_id=ticket.id))
    await session.flush()


async def receipt_of(session: AsyncSession, source_id: UUID, form_id: UUID) -> int | None:
    """The number of the ticket that a form made."""
    query = select(Ticket.number).join(PageReceipt, PageReceipt.ticket_id == Ticket.id)
    return await session.scalar(query.where(PageReceipt.source_id == source_id, PageReceipt.form_id == form_id))


async def was_asked(session: AsyncSession, link_id: UUID, form_id: UUID) -> bool:
    """Whether a form asked for another time already."""
    mine = (ChangeRequest.link_id == link_id, ChangeRequest.form_id == form_id)
    return await session.scalar(select(ChangeRequest.id).where(*mine)) is not None
