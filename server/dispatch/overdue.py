"""Visits whose agreed window is over, and of which no phone has said that somebody arrived: other systems are told, once for each window."""

from datetime import timedelta
from uuid import uuid5

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.actions.log_action import Of
from server.actions.rules import Thing
from server.dispatch.rules import AWAITED
from server.ground import clock
from server.jobs.agreed import window_of
from server.jobs.models import Job, Visit
from server.notifications.models import Notification, WebhookEndpoint
from server.notifications.render import Facts
from server.notifications.rules import NotificationKind
from server.notifications.tell import tell

NEWS_FOR = timedelta(days=1)
"""Windows that ended before that are told to nobody any more."""
MOST = 500
"""In one transaction; of more the next run takes the rest."""


async def tell_overdue(session: AsyncSession) -> int:
    """Tell of each visit that became overdue. Returns how many; nothing is looked for where no endpoint asks."""
    kind = NotificationKind.VISIT_OVERDUE
    asking = select(WebhookEndpoint.id).where(WebhookEndpoint.active, WebhookEndpoint.kinds.contains([kind])).limit(1)
    if await session.scalar(asking) is None:
        return 0
    now = clock.now()
    told = select(Notification.id).where(
        Notification.kind == kind, Notification.thing_id == Visit.id, Notification.made_at > Visit.window_end
    )
    late = (
        select(Visit, Job)
        .join(Job, Job.id == Visit.job_id)
        .where(Visit.state.in_(AWAITED), Visit.window_end < now, Visit.window_end > now - NEWS_FOR)
        .where(~told.exists())
        .order_by(Visit.window_end)
        .limit(MOST)
    )
    found = (await session.execute(late)).all()
    for visit, job in found:
        of = Of(Thing.VISIT, visit.id, job.office_id)
        facts = Facts(number=job.number, window=window_of(visit), detail=visit.state)
        await tell(session, kind, of, uuid5(visit.id, f"overdue since {visit.window_end:%Y-%m-%d %H:%M:%S.%f}"), facts)
    return len(found)
