"""The table of what customers ask: tickets. By when somebody must have answered is said by their clocks (`server/clocks`)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Identity
from sqlalchemy.orm import Mapped, mapped_column

from server.database.tables import Id, Made, Table, one_of
from server.requests.rules import Channel, TicketKind, TicketState


class Ticket(Table):
    """One request of a customer, from the first word to the answer they agree with. `created_by` is null where the customer wrote it
    down themself, on a page of theirs.
    """

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
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[Made]
