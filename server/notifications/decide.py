"""What a desk decides about a message: send it again, take it back, or that somebody passed it on."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from server.actions.log_action import Of, log_action
from server.actions.rules import Thing, Verb, worded
from server.database.events import NOTIFICATION_DUE, emit
from server.ground import clock
from server.ground.problems import Conflict, Forbidden
from server.identity.rules import ADMINS
from server.identity.tokens import Actor
from server.notifications.models import Notification
from server.notifications.queries import find_notification
from server.notifications.rules import HandWay, NotificationState, NotificationWay

S = NotificationState


async def replay(session: AsyncSession, notification_id: UUID, actor: Actor) -> Notification:
    """Send it again, under the id that it has, with all its tries; whoever got it before knows it by that.

    Raises `NotFound`, `Conflict` while it waits, or where it has no words any more or is a person's to send.
    """
    row = await _held(session, notification_id, actor)
    if row.state == S.WAITING:
        raise Conflict("It waits to be sent anyway. See next_at for when it is tried.")
    if row.channel == NotificationWay.MANUAL:
        raise Conflict("Nothing can send this one by itself. Copy its text, pass it on, and say so by /sent-by-hand.")
    if row.erased_at is not None:
        raise Conflict("Its words were erased when their term was over. There is nothing to send.")
    before = row.state
    row.state, row.attempts, row.next_at, row.claimed_until = S.WAITING, 0, clock.now(), None
    row.sent_at = row.sent_by = row.sent_way = None
    row.last_error = ""
    await session.flush()
    await emit(session, (NOTIFICATION_DUE, row.id))
    _log(session, actor, Verb.REPLAY_NOTIFICATION, row, before)
    return row


async def mark_sent_by_hand(session: AsyncSession, notification_id: UUID, way: HandWay, actor: Actor) -> Notification:
    """Somebody passed it on. Raises `NotFound`, `Conflict` where it was sent, cancelled, or is being sent just now."""
    row = await _held(session, notification_id, actor)
    if row.state in (S.SENT, S.CANCELLED):
        raise Conflict(f"It is {row.state}. Nothing is left to be passed on.")
    _must_not_be_on_its_way(row)
    before, row.state = row.state, S.SENT
    row.sent_at, row.sent_by, row.sent_way = clock.now(), actor.user_id, way
    await session.flush()
    _log(session, actor, Verb.MARK_SENT_BY_HAND, row, before)
    return row


async def cancel(session: AsyncSession, notification_id: UUID, actor: Actor) -> Notification:
    """It is not to be sent any more. Raises `NotFound`, `Conflict` where it was sent, or is being sent just now."""
    row = await _held(session, notification_id, actor)
    if row.state in (S.SENT, S.CANCELLED):
        raise Conflict(f"It is {row.state}. What went out cannot be taken back.")
    _must_not_be_on_its_way(row)
    before, row.state = row.state, S.CANCELLED
    await session.flush()
    _log(session, actor, Verb.CANCEL_NOTIFICATION, row, before)
    return row


async def _held(session: AsyncSession, notification_id: UUID, actor: Actor) -> Notification:
    row = await find_notification(session, notification_id, hold=True)
    if row.office_id is None and actor.role not in ADMINS:
        raise Forbidden("This message is the company's and no office's. Ask an administrator.")
    return row


def _must_not_be_on_its_way(row: Notification) -> None:
    if row.state == S.WAITING and row.claimed_until is not None and row.claimed_until > clock.now():
        raise Conflict("It is being sent just now. Ask again in a minute and a half.", retry_after=90)


def _log(session: AsyncSession, actor: Actor, verb: Verb, row: Notification, before: str) -> None:
    of = Of(Thing.NOTIFICATION, row.id, row.office_id)
    after = worded({"state": row.state, "way": row.sent_way}, "state", "way")
    log_action(session, actor.user_id, verb, of, before=worded({"state": before}, "state"), after=after)
