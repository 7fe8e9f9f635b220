"""What phones signed, as it came: sync takes it in and answers it, rooms above this one read it as evidence."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.database.tables import Id, Json, Table, one_of
from server.field.rules import OperationOutcome, Resolution


class Operation(Table):
    """One signed tap, stored as the bytes that came, with the outcome that answers every retry.

    The attachment (a signature's strokes) is encrypted and not part of what was signed; only its hash is.
    """

    __tablename__ = "operation"
    __table_args__ = (
        UniqueConstraint("device_id", "seq"),
        one_of("outcome", OperationOutcome),
        one_of("resolution", Resolution),
        Index("ix_operation_subject", "subject_id"),
        Index("ix_operation_parked", "user_id", postgresql_where="outcome = 'parked' and resolution is null"),
        Index("ix_operation_creates", "creates", postgresql_where="outcome = 'parked' and resolution is null"),
    )
    id: Mapped[Id]
    device_id: Mapped[UUID] = mapped_column(ForeignKey("device.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    seq: Mapped[int]
    kind: Mapped[str]
    subject_type: Mapped[str]
    subject_id: Mapped[UUID]
    visit_id: Mapped[UUID | None] = mapped_column(index=True)
    raw: Mapped[bytes] = mapped_column(LargeBinary)
    signature: Mapped[bytes] = mapped_column(LargeBinary)
    attachment: Mapped[bytes | None] = mapped_column(LargeBinary)
    sha256: Mapped[str]
    outcome: Mapped[str]
    code: Mapped[str | None]
    sentence: Mapped[str | None]
    flags: Mapped[Json] = mapped_column(default=dict)
    creates: Mapped[UUID | None]
    earliest: Mapped[datetime]
    latest: Mapped[datetime]
    received_at: Mapped[datetime]
    resolution: Mapped[str | None]
    resolved_by: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"))
    resolved_at: Mapped[datetime | None]
    resolution_reason: Mapped[str | None]
