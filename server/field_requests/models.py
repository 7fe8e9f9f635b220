"""The table of what technicians ask for from the field, each with the answer that it got."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from server.database.tables import Id, Made, Table, one_of
from server.field_requests.rules import FieldRequestKind


class FieldRequest(Table):
    """A question or a finding from a visit. It waits for the desk until it is answered; `job_id` is the job that was made of it."""

    __tablename__ = "field_request"
    __table_args__ = (
        one_of("kind", FieldRequestKind),
        CheckConstraint("(answered_at is null) = (answered_by is null)", name="answered"),
        Index("ix_field_request_open", "created_at", postgresql_where="answered_at is null"),
    )
    id: Mapped[Id]
    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visit.id"), index=True)
    kind: Mapped[str]
    text: Mapped[str]
    asset_id: Mapped[UUID | None] = mapped_column(ForeignKey("asset.id"))
    urgent: Mapped[bool] = mapped_column(default=False)
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    asked_at: Mapped[datetime]
    answer: Mapped[str] = mapped_column(default="")
    job_id: Mapped[UUID | None] = mapped_column(ForeignKey("job.id"))
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"))
    answered_at: Mapped[datetime | None]
    created_at: Mapped[Made]
