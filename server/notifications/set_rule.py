"""An administrator says whether customers are told something, and by which way; and tries whether mail arrives."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.actions.log_action import Of, log_action
from server.actions.rules import Fields, Thing, Verb
from server.ground import clock
from server.ground.ids import uuid7
from server.ground.problems import Conflict, Invalid
from server.ground.words import Language
from server.identity.models import User
from server.identity.tokens import Actor
from server.notifications.mail.addresses import mail_address
from server.notifications.models import Notification, NotificationRule
from server.notifications.outgoing import outgoing_of
from server.notifications.render import Facts, render
from server.notifications.rules import FOR_CUSTOMERS, NotificationKind, NotificationWay
from server.notifications.schemas import NotificationRuleIn
from server.notifications.tell import message_id_of, put_out


async def set_rule(
    session: AsyncSession, kind: NotificationKind, wanted: NotificationRuleIn, actor: Actor
) -> NotificationRule:
    """From now on this holds. Raises `Invalid` for a kind that customers are never told."""
    if kind not in FOR_CUSTOMERS:
        raise Invalid(f"Customers are never told {kind}. What other systems are told is chosen at each endpoint.")
    row = await session.scalar(select(NotificationRule).where(NotificationRule.kind == kind).with_for_update())
    before = _fields(row)
    if row is None:
        row = NotificationRule(id=uuid7(), kind=kind)
        session.add(row)
    row.wanted, row.channel = wanted.wanted, wanted.channel
    row.changed_by, row.changed_at = actor.user_id, clock.now()
    await session.flush()
    of = Of(Thing.NOTIFICATION_RULE, row.id, None)
    log_action(
        session, actor.user_id, Verb.SET_NOTIFICATION_RULE, of, before=before, after={"kind": kind, **_fields(row)}
    )
    return row


async def send_test_mail(session: AsyncSession, address: str, actor: Actor) -> Notification:
    """Put a test into the outbox. Raises `Conflict` without a mail server, `Invalid` for what is no address."""
    outgoing, to = outgoing_of(session), mail_address(address)
    if outgoing.mail is None:
        raise Conflict("No mail server is set. Set FIELDPROOF_SMTP_URL and FIELDPROOF_MAIL_FROM, and start anew.")
    if to is None:
        raise Invalid("address is none that mail can be sent to. Write one like you@example.com.", field="address")
    user = await session.get_one(User, actor.user_id)
    rendered = render(NotificationKind.TEST, Facts(), user.name, outgoing.company, Language(user.locale))
    notification_id, moment = uuid7(), clock.now()
    await put_out(session, [{
        "id": notification_id, "kind": NotificationKind.TEST, "thing": Thing.USER, "thing_id": user.id, "office_id": None,
        "occasion_id": notification_id, "channel": NotificationWay.EMAIL, "endpoint_id": None, "contact_id": None,
        "recipient_name": user.name, "recipient": to, "language": rendered.language, "subject": rendered.subject,
        "text": rendered.text, "link": None, "message_id": message_id_of(notification_id, NotificationWay.EMAIL, outgoing),
        "made_at": moment, "next_at": moment,
    }])  # fmt: skip
    of = Of(Thing.NOTIFICATION, notification_id, None)
    log_action(session, actor.user_id, Verb.SEND_TEST_MAIL, of, after={"address": address})
    return await session.get_one(Notification, notification_id)


def _fields(row: NotificationRule | None) -> Fields:
    return {} if row is None else {"wanted": row.wanted, "channel": NotificationWay(row.channel)}
