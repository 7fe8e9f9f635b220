"""Tables of what is told to customers and to other systems: the outbox, the company's rules, and endpoints of webhooks."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from server.database.tables import Id, Made, Table, one_of
from server.ground.words import Language
from server.notifications.rules import HandWay, NotificationKind, NotificationState, NotificationWay


class WebhookEndpoint(Table):
    """An address of another system, and what it is told. `secret` is encrypted and belongs to the row; after a rotation the
    `previous_secret` signs too until `previous_until`.

    `personal`: it is also given the recipient and the words, as something that hands messages on to people needs them. One that is
    not `active` was switched off by somebody, or because it took nothing for long (`off_because`); a retired one stays for what it was sent.
    """

    __tablename__ = "webhook_endpoint"
    __table_args__ = (CheckConstraint("retired_at is null or not active", name="retired"),)
    id: Mapped[Id]
    url: Mapped[str]
    kinds: Mapped[list[str]] = mapped_column(ARRAY(Text))
    personal: Mapped[bool] = mapped_column(default=False)
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    previous_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    previous_until: Mapped[datetime | None]
    active: Mapped[bool] = mapped_column(default=True)
    failing_since: Mapped[datetime | None]
    off_because: Mapped[str] = mapped_column(default="")
    retired_at: Mapped[datetime | None]
    made_by: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    made_at: Mapped[Made]


class NotificationRule(Table):
    """Whether customers are told something, and by which way; without a row they are as soon as mail can be sent."""

    __tablename__ = "notification_rule"
    __table_args__ = (one_of("kind", NotificationKind), one_of("channel", NotificationWay))
    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(unique=True)
    wanted: Mapped[bool]
    channel: Mapped[str]
    changed_by: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    changed_at: Mapped[datetime]


class Notification(Table):
    """A message, in the transaction of what it tells of. `occasion_id` is what happened: of that one message of a kind goes to the
    customer and one to each endpoint, however often the work that makes it is run again.

    `text` is as it was rendered then; `link`, encrypted, stands for its mark in the text, because whoever holds a report's link is its customer.
    A try takes the message until `claimed_until`; `next_at` is when the next is due, or until when it waits for a person.
    """

    __tablename__ = "notification"
    __table_args__ = (
        one_of("kind", NotificationKind),
        one_of("channel", NotificationWay),
        one_of("language", Language),
        one_of("state", NotificationState),
        one_of("sent_way", HandWay),
        UniqueConstraint("occasion_id", "kind", "endpoint_id", postgresql_nulls_not_distinct=True),
        CheckConstraint("(channel = 'webhook') = (endpoint_id is not null)", name="endpoint"),
        CheckConstraint("(state = 'sent') = (sent_at is not null)", name="sent"),
        CheckConstraint("num_nonnulls(sent_by, sent_way) <> 1 and (sent_by is null or state = 'sent')", name="by_hand"),
        Index("ix_notification_waiting", "next_at", postgresql_where="state = 'waiting'"),
        Index("ix_notification_with_text", "made_at", postgresql_where="erased_at is null"),
        Index("ix_notification_made_at", "made_at", "id"),
        Index("ix_notification_thing_id", "thing_id", "made_at", "id"),
    )
    id: Mapped[Id]
    kind: Mapped[str]
    thing: Mapped[str]
    thing_id: Mapped[UUID]
    office_id: Mapped[UUID | None] = mapped_column(ForeignKey("office.id"), index=True)
    occasion_id: Mapped[UUID]
    channel: Mapped[str]
    endpoint_id: Mapped[UUID | None] = mapped_column(ForeignKey("webhook_endpoint.id"), index=True)
    contact_id: Mapped[UUID | None] = mapped_column(ForeignKey("contact.id"), index=True)
    recipient_name: Mapped[str] = mapped_column(default="")
    recipient: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default=Language.EN)
    subject: Mapped[str]
    text: Mapped[str]
    link: Mapped[bytes | None] = mapped_column(LargeBinary)
    message_id: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(default=NotificationState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]
    claimed_until: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(default="")
    made_at: Mapped[Made]
    sent_at: Mapped[datetime | None]
    sent_by: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"))
    sent_way: Mapped[str | None]
    erased_at: Mapped[datetime | None]
