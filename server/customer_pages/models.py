"""Tables of what comes from customers' pages: requests for another time, receipts of what was sent, and the labels of assets."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.database.tables import Id, Json, Made, Table


class ChangeRequest(Table):
    """A customer asks for another time. It waits for the desk until it is answered; the appointment stands until another window is agreed.

    `form_id` names the form that was sent, so that one that is sent twice asks once.
    """

    __tablename__ = "change_request"
    __table_args__ = (
        CheckConstraint("(answered_at is null) = (answered_by is null)", name="answered"),
        UniqueConstraint("link_id", "form_id"),
        Index("ix_change_request_open", "asked_at", postgresql_where="answered_at is null"),
    )
    id: Mapped[Id]
    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visit.id"), index=True)
    link_id: Mapped[UUID] = mapped_column(ForeignKey("visit_link.id"))
    form_id: Mapped[UUID]
    wishes: Mapped[str]
    windows: Mapped[Json] = mapped_column(default=dict)
    asked_at: Mapped[Made]
    answer: Mapped[str] = mapped_column(default="")
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"))
    answered_at: Mapped[datetime | None]


class PageReceipt(Table):
    """A form that made a ticket: of which page (a visit's link, or an asset's label) and which form, so that the same one makes one ticket."""

    __tablename__ = "page_receipt"
    __table_args__ = (Index("ix_page_receipt_source_id_created_at", "source_id", "created_at"),)
    source_id: Mapped[UUID] = mapped_column(primary_key=True)
    form_id: Mapped[UUID] = mapped_column(primary_key=True)
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.id"), index=True)
    created_at: Mapped[Made]


class AssetLabel(Table):
    """The code on a machine. Whoever stands in front of it reads its token, so it is no secret and opens next to nothing."""

    __tablename__ = "asset_label"
    __table_args__ = (
        Index("uq_asset_label_live", "asset_id", unique=True, postgresql_where="revoked_at is null"),
        Index("ix_asset_label_asset_id", "asset_id"),
    )
    id: Mapped[Id]
    asset_id: Mapped[UUID] = mapped_column(ForeignKey("asset.id"))
    token: Mapped[str] = mapped_column(unique=True)
    made_by: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[Made]
    revoked_at: Mapped[datetime | None]
