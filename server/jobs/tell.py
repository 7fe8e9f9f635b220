"""What customers are told of a visit: when somebody comes, that it is another time or called off, that somebody set off, and the sealed report."""

from datetime import datetime, timedelta
from uuid import UUID, uuid5

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.actions.log_action import Of
from server.actions.rules import Thing
from server.customers.models import Site
from server.ground import clock
from server.jobs.models import Job, Visit, VisitCrew
from server.jobs.rules import VisitState
from server.notifications.recipients import Recipient, recipient_of
from server.notifications.render import Facts
from server.notifications.rules import NotificationKind
from server.notifications.tell import tell

Times = tuple[datetime, datetime]
"""Begin and end of a window."""
NEWS_FOR = timedelta(hours=1)
"""That somebody set off is told so long; a phone that was dark may say it when they are there."""


async def tell_window(
    session: AsyncSession, visit: Visit, agreement_id: UUID, before: Times | None, window: Times | None
) -> None:
    """The customer is told the window that holds from now on, or that the one before does not."""
    kind = NotificationKind.WINDOW_CHANGED if before else NotificationKind.VISIT_AGREED
    if window is None:
        kind, window = NotificationKind.WINDOW_WITHDRAWN, before
    of, facts, to = await _about(session, visit, window)
    await tell(session, kind, of, agreement_id, facts, to)


async def tell_cancelled(session: AsyncSession, visit: Visit) -> None:
    """The customer is told that nobody comes, if a window was agreed; else they expect nobody."""
    window = _window(visit)
    of, facts, to = await _about(session, visit, window)
    await tell(session, NotificationKind.VISIT_CANCELLED, of, visit.id, facts, to if window else None)


async def tell_on_the_way(session: AsyncSession, visit_id: UUID) -> None:
    """The customer is told once for each order that somebody set off, while that is news."""
    visit = await session.get(Visit, visit_id)
    if visit is None or visit.state != VisitState.EN_ROUTE:
        return
    departed = await session.scalar(
        select(func.max(VisitCrew.departed_at)).where(VisitCrew.visit_id == visit_id, VisitCrew.removed_at.is_(None))
    )
    if departed is None or departed < clock.now() - NEWS_FOR:
        return
    of, facts, to = await _about(session, visit, _window(visit))
    occasion_id = uuid5(visit_id, f"on the way by order {visit.plan_version}")
    await tell(session, NotificationKind.ON_THE_WAY, of, occasion_id, facts, to)


async def tell_sealed(session: AsyncSession, visit: Visit, record_id: UUID, link: str) -> None:
    """The customer is told that the report is sealed, with the link that is printed on it."""
    of, facts, to = await _about(session, visit, _window(visit))
    await tell(session, NotificationKind.REPORT_SEALED, of, record_id, facts, to, link)


async def _about(session: AsyncSession, visit: Visit, window: Times | None) -> tuple[Of, Facts, Recipient]:
    job = await session.get_one(Job, visit.job_id)
    site = await session.get_one(Site, job.site_id)
    facts = Facts(site.time_zone, job.number, job.title, site.name, window=window)
    return Of(Thing.VISIT, visit.id, job.office_id), facts, await recipient_of(session, job.customer_id, job.contact_id)


def _window(visit: Visit) -> Times | None:
    return (visit.window_start, visit.window_end) if visit.window_start and visit.window_end else None
