"""Tables of what customers ask: tickets, and the clocks that say when somebody must have answered."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Identity
from sqlalchemy.orm import Mapped, mapped_column

from server.database.tables import Id, Made, Table, one_of
from server.requests.rules import Channel, ClockState, TicketKind, TicketState


class Ticket(Table):
    """One request of a customer, from the first word to the answer they agree with."""

    __tablename__ = "ticket"
    __table_args__ = (one_of("kind", TicketKind), one_of("channel", Channel), one_of("state", TicketState))
    id: Mapped[Id]
    number: Mapped[int] = mapped_column(Identity(start=1001), unique=True)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"), index=True)
    contact_id: Mapped[UUID | None] = mapped_column(ForeignKey("contact.id"))
    site_id: Mapped[UUID | None] = mapped_column(ForeignKey("site.id"), index=True)
    asset_id: Mapped[UUID | None] = mapped_column(ForeignKey("asset.id"), index=True)
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"), index=True)
    kind: Mapped[str]
    channel: Mapped[str]
    subject: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default=TicketState.OPEN)
    received_at: Mapped[datetime]
    created_by: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[Made]


class SlaClock(Table):
    """A first-response clock: met when somebody answered by `due_at`."""

    __tablename__ = "sla_clock"
    __table_args__ = (one_of("state", ClockState),)
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    started_at: Mapped[datetime]
    due_at: Mapped[datetime] = mapped_column(index=True)
    responded_at: Mapped[datetime | None]
    responded_by: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"))
    state: Mapped[str] = mapped_column(default=ClockState.RUNNING)
