"""Something happened: its messages are put into the outbox, in the transaction that made it true.

Whoever knows what happened calls `tell` with its facts. Whether a customer is told, and by which way, is the company's rule; each endpoint
says itself what it wants. Where nobody wants it, nothing is made.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import any_, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from server.actions.log_action import Of
from server.database.events import NOTIFICATION_DUE, emit
from server.ground import clock
from server.ground.ids import uuid7
from server.notifications.mail.addresses import mail_address
from server.notifications.models import Notification, NotificationRule, WebhookEndpoint
from server.notifications.outgoing import Outgoing, outgoing_of, vault_of
from server.notifications.recipients import Recipient
from server.notifications.render import LINK, Facts, Rendered, payload, render
from server.notifications.rules import BY_HAND_WITHIN, FOR_CUSTOMERS, NotificationKind, NotificationWay

SECRET_LINK = "link of the message"  # noqa: S105  what is encrypted, as the vault binds it


async def tell(
    session: AsyncSession,
    kind: NotificationKind,
    of: Of,
    occasion_id: UUID,
    facts: Facts,
    to: Recipient | None = None,
    link: str | None = None,
) -> list[UUID]:
    """Make the messages of what happened: one to the customer, if `to` names whom, and one to each endpoint that wants it. Returns their ids.

    The same occasion is told once, however often this is called.
    """
    asking = await _endpoints(session, kind)
    way = await _way(session, kind, asking) if to is not None and kind in FOR_CUSTOMERS else None
    if not asking and way is None:
        return []
    outgoing, moment = outgoing_of(session), clock.now()
    rendered = render(kind, facts, to.name, outgoing.company, to.language) if to is not None else None
    rows = [
        _row(kind, of, occasion_id, moment, _for_endpoint(kind, moment, of, facts, to, rendered, one))
        for one in asking
    ]  # fmt: skip
    if to is not None and rendered is not None and way is not None:
        rows.append(_row(kind, of, occasion_id, moment, _for_customer(to, rendered, way, outgoing, moment)))
    if link is not None:
        for row in rows:
            if LINK in row["text"]:
                row["link"] = vault_of(session).seal(SECRET_LINK, row["id"], link.encode())
    return await put_out(session, rows)


async def put_out(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> list[UUID]:
    """Store messages that are not there yet, and have those sent that need nobody. Returns the ids of what is new."""
    if not rows:
        return []
    await session.flush()  # what they are about is stored before them
    made = await session.execute(
        insert(Notification)
        .values(list(rows))
        .on_conflict_do_nothing(index_elements=["occasion_id", "kind", "endpoint_id"])
        .returning(Notification.id, Notification.channel)
    )
    found = made.all()
    await emit(session, *((NOTIFICATION_DUE, row.id) for row in found if row.channel != NotificationWay.MANUAL))
    return [row.id for row in found]


async def _endpoints(session: AsyncSession, kind: NotificationKind) -> Sequence[WebhookEndpoint]:
    wants = literal(kind) == any_(WebhookEndpoint.kinds)
    return (await session.scalars(select(WebhookEndpoint).where(WebhookEndpoint.active, wants))).all()


async def _way(
    session: AsyncSession, kind: NotificationKind, asking: Sequence[WebhookEndpoint]
) -> NotificationWay | None:
    """How the customer is told; None: not at all, or by an endpoint that hands the words on."""
    rule = await session.scalar(select(NotificationRule).where(NotificationRule.kind == kind))
    wanted, way = standing(rule, outgoing_of(session))
    if not wanted:
        return None
    if way is NotificationWay.WEBHOOK:
        return None if any(one.personal for one in asking) else NotificationWay.MANUAL
    return way


def standing(rule: NotificationRule | None, outgoing: Outgoing) -> tuple[bool, NotificationWay]:
    """Whether customers are told something, and how: as the company said, else by mail as soon as there is a mail server."""
    if rule is None:
        return outgoing.mail is not None, NotificationWay.EMAIL
    return rule.wanted, NotificationWay(rule.channel)


def message_id_of(notification_id: UUID, way: NotificationWay, outgoing: Outgoing) -> str:
    """The id under which a message is known outside, kept with it: that of a mail (RFC 5322, 3.6.4), or of a webhook."""
    if way is NotificationWay.WEBHOOK:
        return f"msg_{notification_id.hex}"
    return f"<{notification_id}@{outgoing.mail.domain if outgoing.mail else 'fieldproof.invalid'}>"


def _row(kind: NotificationKind, of: Of, occasion_id: UUID, moment: datetime, more: dict[str, Any]) -> dict[str, Any]:
    return {
        "kind": kind, "thing": of.thing, "thing_id": of.id, "office_id": of.office_id, "occasion_id": occasion_id,
        "made_at": moment, "next_at": moment, "endpoint_id": None, "contact_id": None, "recipient_name": "",
        "recipient": "", "link": None, **more,
    }  # fmt: skip


def _for_endpoint(
    kind: NotificationKind, moment: datetime, of: Of, facts: Facts, to: Recipient | None, rendered: Rendered | None,
    endpoint: WebhookEndpoint,
) -> dict[str, Any]:  # fmt: skip
    notification_id, personal = uuid7(), endpoint.personal
    return {
        "id": notification_id, "channel": NotificationWay.WEBHOOK, "endpoint_id": endpoint.id, "subject": "",
        "text": payload(kind, moment, of, facts, to if personal else None, rendered if personal else None),
        "message_id": message_id_of(notification_id, NotificationWay.WEBHOOK, Outgoing()),
    } | ({"language": rendered.language} if rendered else {"language": "en"})  # fmt: skip


def _for_customer(
    to: Recipient, rendered: Rendered, wanted: NotificationWay, outgoing: Outgoing, moment: datetime
) -> dict[str, Any]:
    """By mail where there are a mail server and an address; else somebody passes it on by hand."""
    address = mail_address(to.email)
    mailed = wanted is NotificationWay.EMAIL and outgoing.mail is not None and address is not None
    way = NotificationWay.EMAIL if mailed else NotificationWay.MANUAL
    notification_id = uuid7()
    return {
        "id": notification_id, "channel": way, "contact_id": to.contact_id, "recipient_name": to.name,
        "recipient": address if mailed else to.phone or to.email, "language": rendered.language,
        "subject": rendered.subject, "text": rendered.text, "message_id": message_id_of(notification_id, way, outgoing),
        "next_at": moment if mailed else moment + BY_HAND_WITHIN,
    }  # fmt: skip
