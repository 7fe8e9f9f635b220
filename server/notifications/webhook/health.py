"""Whether an endpoint takes what it is sent. One that took nothing for long is switched off, and whoever listens is told why."""

from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.actions.log_action import Of
from server.actions.rules import Thing
from server.ground import clock
from server.ground.ids import uuid7
from server.notifications.failures import NotSent
from server.notifications.measured import FAILED
from server.notifications.models import Notification, WebhookEndpoint
from server.notifications.render import Facts
from server.notifications.rules import FAILING_FOR, NotificationKind, NotificationState, NotificationWay
from server.notifications.tell import tell
from server.notifications.webhook.post import Gone


async def took_it(session: AsyncSession, endpoint_id: UUID) -> None:
    """It works."""
    await session.execute(
        update(WebhookEndpoint)
        .where(WebhookEndpoint.id == endpoint_id, WebhookEndpoint.failing_since.is_not(None))
        .values(failing_since=None)
    )


async def took_nothing(session: AsyncSession, endpoint_id: UUID, why: NotSent) -> None:
    """It did not work; switched off when that is so for long, or when it says that it is gone."""
    row = await session.get_one(WebhookEndpoint, endpoint_id, with_for_update=True, populate_existing=True)
    if not row.active:
        return
    now = clock.now()
    row.failing_since = row.failing_since or now
    gone = isinstance(why, Gone)
    if not gone and now - row.failing_since < FAILING_FOR:
        return
    row.active = False
    row.off_because = str(why) if gone else f"It took nothing since {row.failing_since:%Y-%m-%d %H:%M} UTC. {why}"
    of = Of(Thing.WEBHOOK_ENDPOINT, row.id, None)
    await session.flush()
    await give_up_waiting(session, row)
    await tell(session, NotificationKind.ENDPOINT_OFF, of, uuid7(), Facts())


async def give_up_waiting(session: AsyncSession, endpoint: WebhookEndpoint) -> None:
    """What waits for an endpoint that is off has failed, so that desks see it now. One that is just being tried finds that by itself."""
    now = clock.now()
    free = or_(Notification.claimed_until.is_(None), Notification.claimed_until < now)
    waiting = (
        select(Notification.id)
        .where(Notification.endpoint_id == endpoint.id, Notification.state == NotificationState.WAITING, free)
        .with_for_update(skip_locked=True)
    )
    values = {"state": NotificationState.FAILED, "last_error": is_off(endpoint), "claimed_until": None}
    given_up = update(Notification).where(Notification.id.in_(waiting)).values(values).returning(Notification.id)
    done = (await session.scalars(given_up)).all()
    FAILED.labels(NotificationWay.WEBHOOK).inc(len(done))


def is_off(endpoint: WebhookEndpoint) -> str:
    """Why nothing is sent to it."""
    return f"The endpoint is switched off. {endpoint.off_because}".strip()
