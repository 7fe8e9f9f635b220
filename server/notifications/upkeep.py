"""What nobody waits for in vain: messages that lost their task get another, those that are no news any more have failed, and old words are erased."""

from typing import Any

from sqlalchemy import CursorResult, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.database.events import NOTIFICATION_DUE, emit
from server.ground import clock
from server.notifications.measured import FAILED
from server.notifications.models import Notification
from server.notifications.rules import (
    BY_ITSELF,
    FORGOTTEN_AFTER,
    LOST_AFTER,
    TEXT_KEPT,
    NotificationState,
    NotificationWay,
)

MOST = 1000
"""In one transaction; of more the next run takes the rest."""
NOBODY = "Nobody passed it on by hand in time."
NOTHING = "Nothing could try to send it for a week."


async def see_to_waiting(session: AsyncSession) -> int:
    """Give up what waited too long, and have tried again what was due and has no task. Returns how many had none."""
    now = clock.now()
    waits = Notification.state == NotificationState.WAITING
    by_hand, lost = Notification.channel == NotificationWay.MANUAL, Notification.next_at < now - LOST_AFTER
    late = (
        select(Notification.id)
        .where(waits, Notification.next_at < now, or_(by_hand, lost))
        .limit(MOST)
        .with_for_update(skip_locked=True)
    )
    for way, why in ((NotificationWay.MANUAL, NOBODY), *((one, NOTHING) for one in BY_ITSELF)):
        gave_up: dict[str, Any] = {"state": NotificationState.FAILED, "claimed_until": None, "last_error": literal(why)}
        done = await session.execute(
            update(Notification)
            .where(Notification.id.in_(late), Notification.channel == way)
            .values(gave_up)
            .execution_options(synchronize_session=False)
        )
        assert isinstance(done, CursorResult)
        FAILED.labels(way).inc(done.rowcount)
    due = (waits, Notification.channel.in_(BY_ITSELF), Notification.next_at < now - FORGOTTEN_AFTER)
    forgotten = (
        await session.scalars(select(Notification.id).where(*due).order_by(Notification.next_at).limit(MOST))
    ).all()
    await emit(session, *((NOTIFICATION_DUE, one) for one in forgotten))
    return len(forgotten)


async def erase_words(session: AsyncSession) -> int:
    """Erase words, recipients and links of messages that are past their term. Returns how many."""
    now = clock.now()
    old = (
        select(Notification.id)
        .where(
            Notification.erased_at.is_(None),
            Notification.made_at < now - TEXT_KEPT,
            Notification.state != NotificationState.WAITING,
        )
        .limit(MOST)
        .with_for_update(skip_locked=True)
    )
    nothing: dict[str, Any] = {
        "subject": "", "text": "", "recipient": "", "recipient_name": "", "link": None, "last_error": "", "erased_at": now,
    }  # fmt: skip
    done = await session.execute(
        update(Notification)
        .where(Notification.id.in_(old))
        .values(nothing)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(done, CursorResult)
    return done.rowcount
