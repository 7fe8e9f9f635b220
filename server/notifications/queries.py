"""Messages as desks read them."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.actions.rules import Thing
from server.ground.problems import NotFound
from server.ground.words import Language
from server.http.listing import Listing
from server.notifications.models import Notification, NotificationRule
from server.notifications.outgoing import outgoing_of, vault_of
from server.notifications.render import with_link
from server.notifications.rules import (
    FOR_CUSTOMERS,
    HandWay,
    NotificationKind,
    NotificationState,
    NotificationWay,
)
from server.notifications.schemas import NotificationOut, NotificationRuleOut, NotificationWithText
from server.notifications.tell import SECRET_LINK, standing

NOTIFICATIONS = Listing(
    "notifications",
    NotificationOut,
    key=Notification.id,
    sorts={"made_at": Notification.made_at},
    default="-made_at",
)


async def find_notification(session: AsyncSession, notification_id: UUID, *, hold: bool = False) -> Notification:
    """A message; `hold` keeps it for a change. Raises `NotFound`."""
    row = await session.get(Notification, notification_id, with_for_update=hold or None)
    if row is None:
        raise NotFound(f"No message has the id {notification_id}.")
    return row


async def office_of_notification(session: AsyncSession, notification_id: UUID) -> UUID | None:
    """The office of what a message is about."""
    return await session.scalar(select(Notification.office_id).where(Notification.id == notification_id))


def notification_out(row: Notification) -> NotificationOut:
    """A message on the wire, without its words."""
    return NotificationOut(**_fields(row))


async def notification_with_text(session: AsyncSession, notification_id: UUID) -> NotificationWithText:
    """A message with its words, and the link in its place. Raises `NotFound`, `Locked`."""
    row = await find_notification(session, notification_id)
    text = row.text
    if row.link is not None:
        text = with_link(text, vault_of(session).open(SECRET_LINK, row.id, row.link).decode())
    return NotificationWithText(**_fields(row), text=text)


async def rules_out(session: AsyncSession) -> list[NotificationRuleOut]:
    """What holds for each kind of message to customers."""
    said = {row.kind: row for row in await session.scalars(select(NotificationRule))}
    return [rule_out(session, kind, said.get(kind)) for kind in FOR_CUSTOMERS]


def rule_out(session: AsyncSession, kind: NotificationKind, row: NotificationRule | None) -> NotificationRuleOut:
    """What holds for a kind."""
    wanted, way = standing(row, outgoing_of(session))
    return NotificationRuleOut(kind, wanted, way, row.changed_at if row else None)


def _fields(row: Notification) -> dict[str, Any]:
    state = NotificationState(row.state)
    return {
        "id": row.id, "kind": NotificationKind(row.kind), "thing": Thing(row.thing), "thing_id": row.thing_id,
        "office_id": row.office_id, "channel": NotificationWay(row.channel), "endpoint_id": row.endpoint_id,
        "contact_id": row.contact_id, "recipient_name": row.recipient_name, "recipient": row.recipient,
        "language": Language(row.language), "subject": row.subject, "message_id": row.message_id, "state": state,
        "attempts": row.attempts, "next_at": row.next_at if state is NotificationState.WAITING else None,
        "last_error": row.last_error, "made_at": row.made_at, "sent_at": row.sent_at, "sent_by": row.sent_by,
        "sent_way": HandWay(row.sent_way) if row.sent_way else None, "erased_at": row.erased_at,
    }  # fmt: skip
