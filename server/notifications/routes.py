"""HTTP: the outbox for desks, and the company's rules about what customers are told."""

from datetime import datetime
from uuid import UUID

from litestar import Controller, Request, get, post, put
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.actions.rules import Thing
from server.http.list_pages import each, listed, narrowed, within
from server.http.listing import AsAsked, Listed, listed_by
from server.identity.audience import ADMINISTRATORS, DESKS
from server.identity.offices import seen_office
from server.identity.tokens import Actor
from server.notifications.decide import cancel, mark_sent_by_hand, replay
from server.notifications.models import Notification
from server.notifications.queries import (
    NOTIFICATIONS,
    notification_out,
    notification_with_text,
    office_of_notification,
    rule_out,
    rules_out,
)
from server.notifications.rules import NotificationKind, NotificationState, NotificationWay
from server.notifications.schemas import (
    NotificationOut,
    NotificationRuleIn,
    NotificationRuleOut,
    NotificationWithText,
    SentByHandIn,
    TestMailIn,
)
from server.notifications.set_rule import send_test_mail, set_rule

Caller = Request[Actor, str, State]
OF_ITS_OFFICE = DESKS.of("notification_id", office_of_notification)


class Notifications(Controller):
    """Messages to customers and to other systems."""

    path = "/v1/notifications"
    tags = ("notifications",)
    guards = (DESKS,)

    @get(**listed_by(NOTIFICATIONS))
    async def list_notifications(
        self,
        request: Caller,
        session: NamedDependency[AsyncSession],
        asked: AsAsked,
        status: FromQuery[NotificationState | None] = None,
        kind: FromQuery[NotificationKind | None] = None,
        channel: FromQuery[NotificationWay | None] = None,
        thing: FromQuery[Thing | None] = None,
        thing_id: FromQuery[UUID | None] = None,
        endpoint_id: FromQuery[UUID | None] = None,
        made_from: FromQuery[datetime | None] = None,
        made_before: FromQuery[datetime | None] = None,
        office_id: FromQuery[UUID | None] = None,
    ) -> Listed[NotificationOut]:
        """Messages, newest first. `status=waiting&channel=manual` is what somebody is to pass on, `status=failed` what did not go out."""
        query = within(select(Notification), Notification.made_at, made_from, made_before, "made")
        mine = (Notification.office_id, seen_office(request.user, office_id))
        about = (Notification.thing, thing), (Notification.thing_id, thing_id), (Notification.endpoint_id, endpoint_id)
        wanted = (Notification.state, status), (Notification.kind, kind), (Notification.channel, channel)
        return await listed(asked, session, narrowed(query, mine, *wanted, *about), each(notification_out))

    @get("/{notification_id:uuid}", guards=[OF_ITS_OFFICE])
    async def get_notification(
        self, notification_id: FromPath[UUID], session: NamedDependency[AsyncSession]
    ) -> NotificationWithText:
        """One message with its text, ready to copy."""
        return await notification_with_text(session, notification_id)

    @post("/{notification_id:uuid}/replay", guards=[OF_ITS_OFFICE], status_code=200)
    async def replay_notification(
        self, notification_id: FromPath[UUID], request: Caller, session: NamedDependency[AsyncSession]
    ) -> NotificationOut:
        """Send it again under the same id, with all its tries."""
        return notification_out(await replay(session, notification_id, request.user))

    @post("/{notification_id:uuid}/sent-by-hand", guards=[OF_ITS_OFFICE], status_code=200)
    async def mark_sent_by_hand(
        self,
        notification_id: FromPath[UUID],
        data: JSONBody[SentByHandIn],
        request: Caller,
        session: NamedDependency[AsyncSession],
    ) -> NotificationOut:
        """Record that you passed it on, and by which way."""
        return notification_out(await mark_sent_by_hand(session, notification_id, data.way, request.user))

    @post("/{notification_id:uuid}/cancel", guards=[OF_ITS_OFFICE], status_code=200)
    async def cancel_notification(
        self, notification_id: FromPath[UUID], request: Caller, session: NamedDependency[AsyncSession]
    ) -> NotificationOut:
        """Do not send it any more."""
        return notification_out(await cancel(session, notification_id, request.user))

    @post("/test-mail", guards=[ADMINISTRATORS], status_code=202)
    async def send_test_mail(
        self, data: JSONBody[TestMailIn], request: Caller, session: NamedDependency[AsyncSession]
    ) -> NotificationOut:
        """Send a test to an address; ask for the message after a moment to see what became of it."""
        return notification_out(await send_test_mail(session, data.address, request.user))

    @get("/rules")
    async def list_notification_rules(self, session: NamedDependency[AsyncSession]) -> list[NotificationRuleOut]:
        """What customers are told and by which way; at most one line for each kind of message."""
        return await rules_out(session)

    @put("/rules/{kind:str}", guards=[ADMINISTRATORS])
    async def set_notification_rule(
        self,
        kind: FromPath[NotificationKind],
        data: JSONBody[NotificationRuleIn],
        request: Caller,
        session: NamedDependency[AsyncSession],
    ) -> NotificationRuleOut:
        """Say whether customers are told this, and by which way, from now on."""
        return rule_out(session, kind, await set_rule(session, kind, data, request.user))
