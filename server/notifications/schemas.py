"""What messages and rules look like on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from server.actions.rules import Thing
from server.ground.texts import Written
from server.ground.words import Language
from server.notifications.rules import HandWay, NotificationKind, NotificationState, NotificationWay


class NotificationOut(msgspec.Struct, kw_only=True):
    """A message of the outbox. `next_at` is when it is tried next, or until when it waits for a person; `sent_by` who passed it on by hand."""

    id: UUID
    kind: NotificationKind
    thing: Thing
    thing_id: UUID
    office_id: UUID | None
    channel: NotificationWay
    endpoint_id: UUID | None
    contact_id: UUID | None
    recipient_name: str
    recipient: str
    language: Language
    subject: str
    message_id: str
    state: NotificationState
    attempts: int
    next_at: datetime | None
    last_error: str
    made_at: datetime
    sent_at: datetime | None
    sent_by: UUID | None
    sent_way: HandWay | None
    erased_at: datetime | None


class NotificationWithText(NotificationOut, kw_only=True):
    """A message with its words, ready to copy; empty once they are erased."""

    text: str


class SentByHandIn(Written):
    """A person passed the message on, by this way."""

    way: HandWay


class TestMailIn(Written):
    """Where a test goes."""

    __test__ = False  # it is no test of pytest's

    address: Annotated[str, msgspec.Meta(min_length=3, max_length=254, examples=["you@example.com"])]


class NotificationRuleIn(Written):
    """Whether customers are told something, and by which way. By `webhook`: an endpoint with `personal` hands the words on."""

    wanted: bool
    channel: NotificationWay = NotificationWay.EMAIL


class NotificationRuleOut(msgspec.Struct):
    """What holds for a kind; `set_at` is null where the company has said nothing, and it follows from whether there is a mail server."""

    kind: NotificationKind
    wanted: bool
    channel: NotificationWay
    set_at: datetime | None
