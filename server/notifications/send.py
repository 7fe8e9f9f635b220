"""Sends one message of the outbox: a try takes it, hands it on with no transaction open, and writes down what came of it.

A try holds a message by a lease, so that two workers never send it at the same time, and a killed one's lease runs out. What a worker
that was killed had handed on is sent again under the same id: at least once, never exactly once.
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.database.engine import Sessions
from server.database.events import NOTIFICATION_DUE, emit_later
from server.ground import clock
from server.ground.problems import Unavailable
from server.notifications.failures import NotSent
from server.notifications.mail.hand_on import hand_to_server, letter
from server.notifications.measured import FAILED, SENT, TRIED
from server.notifications.models import Notification, WebhookEndpoint
from server.notifications.outgoing import outgoing_of, vault_of
from server.notifications.render import with_link
from server.notifications.rules import BY_ITSELF, LEASE, TRIES, NotificationState, NotificationWay, pause_after
from server.notifications.tell import SECRET_LINK
from server.notifications.webhook.health import is_off, took_it, took_nothing
from server.notifications.webhook.post import post
from server.notifications.webhook.secrets import secrets_of

log = logging.getLogger("fieldproof.notifications")


@dataclass(frozen=True)
class Try:
    """A try that has its message: which one it is, and what hands the message on."""

    notification_id: UUID
    number: int
    hand_on: Callable[[], Awaitable[None]]


async def send(sessions: Sessions, notification_id: UUID) -> None:
    """Try to send a message that waits, if it is due and nobody else is at it; else it is looked at again when it may be."""
    async with sessions.begin() as session:
        taken = await _take(session, notification_id)
    if taken is None:
        return
    try:
        await taken.hand_on()
    except NotSent as why:
        async with sessions.begin() as session:
            await _did_not(session, taken, why)
    else:
        async with sessions.begin() as session:
            await _did(session, taken)


async def _take(session: AsyncSession, notification_id: UUID) -> Try | None:
    """Take the message for a try; None where there is none to make now."""
    row = await session.scalar(
        select(Notification)
        .where(
            Notification.id == notification_id,
            Notification.state == NotificationState.WAITING,
            Notification.channel.in_(BY_ITSELF),
        )
        .with_for_update(skip_locked=True)
    )
    if row is None:
        return None
    now = clock.now()
    free = max(row.next_at, row.claimed_until or row.next_at)
    if free > now:
        await emit_later(session, free - now, (NOTIFICATION_DUE, row.id))
        return None
    if row.attempts >= TRIES:  # each of them was cut off
        _fail(row, row.last_error or "It was tried as often as a message is, and no try came to its end.")
        return None
    try:
        hand_on = await _way_of(session, row)
    except (NotSent, Unavailable) as error:
        row.attempts += 1
        why = error if isinstance(error, NotSent) else NotSent(str(error))
        await _put_off(session, row, why)
        return None
    row.attempts += 1
    row.claimed_until = now + LEASE
    TRIED.labels(row.channel).inc()
    return Try(row.id, row.attempts, hand_on)


async def _way_of(session: AsyncSession, row: Notification) -> Callable[[], Awaitable[None]]:
    """What hands a message on, with all that it needs read. Raises `NotSent` where there is no way."""
    outgoing = outgoing_of(session)
    text = row.text
    if row.link is not None:
        text = with_link(text, vault_of(session).open(SECRET_LINK, row.id, row.link).decode())
    if row.channel == NotificationWay.EMAIL:
        if (mail := outgoing.mail) is None:
            raise NotSent("No mail server is set: FIELDPROOF_SMTP_URL.")
        to = row.recipient
        message = letter(mail, to, row.recipient_name, row.subject, text, row.language, row.message_id)
        return lambda: hand_to_server(mail, to, message)
    endpoint = await session.get_one(WebhookEndpoint, row.endpoint_id)
    if not endpoint.active:
        raise NotSent(is_off(endpoint), final=True)
    url, message_id, secrets = endpoint.url, row.message_id, secrets_of(session, endpoint, clock.now())
    return lambda: post(url, message_id, text, secrets, inward=outgoing.inward)


async def _did(session: AsyncSession, done: Try) -> None:
    row = await _waiting(session, done)
    if row is None or row.attempts < done.number:  # somebody has it sent again from the beginning
        return
    row.state, row.sent_at, row.claimed_until, row.last_error = NotificationState.SENT, clock.now(), None, ""
    SENT.labels(row.channel).inc()
    if row.endpoint_id is not None:
        await took_it(session, row.endpoint_id)


async def _did_not(session: AsyncSession, done: Try, why: NotSent) -> None:
    row = await _waiting(session, done)
    if row is None or row.attempts != done.number:  # another try has it
        return
    row.claimed_until = None
    await _put_off(session, row, why)
    if row.endpoint_id is not None:
        await took_nothing(session, row.endpoint_id, why)


async def _waiting(session: AsyncSession, done: Try) -> Notification | None:
    """The message of a try, unless it was decided on since its lease ran out."""
    row = await session.get(Notification, done.notification_id, with_for_update=True, populate_existing=True)
    return row if row is not None and row.state == NotificationState.WAITING else None


async def _put_off(session: AsyncSession, row: Notification, why: NotSent) -> None:
    """Try again later, or not any more."""
    pause = None if why.final else pause_after(row.attempts)
    row.last_error = str(why)
    if pause is None:
        _fail(row, str(why))
        return
    row.next_at = clock.now() + pause
    await emit_later(session, pause, (NOTIFICATION_DUE, row.id))


def _fail(row: Notification, why: str) -> None:
    row.state, row.claimed_until, row.last_error = NotificationState.FAILED, None, why
    FAILED.labels(row.channel).inc()
    log.warning("%s message %s was not sent: %s", row.channel, row.id, why)
