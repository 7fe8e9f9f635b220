"""Tables of sync: incidents, and the membership of each scope."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from server.database.tables import Id, Made, Table, one_of
from server.sync.rules import IncidentCode


class Incident(Table):
    """Something in a device's chain that must not happen, with the text and signature that show it.

    The same evidence again only counts up `times`. `signed_by_device` says whether the device's key made the signature:
    two texts under one number are the phone's own fork only when it did. `visit_id` is the visit that the text names.
    """

    __tablename__ = "incident"
    __table_args__ = (
        UniqueConstraint("device_id", "code", "fingerprint", name="uq_incident_device_id"),
        one_of("code", IncidentCode),
    )
    id: Mapped[Id]
    device_id: Mapped[UUID] = mapped_column(ForeignKey("device.id"))
    code: Mapped[str]
    seq: Mapped[int | None]
    expected_seq: Mapped[int | None]
    detail: Mapped[str]
    visit_id: Mapped[UUID | None] = mapped_column(index=True)
    operation_id: Mapped[UUID | None]
    evidence: Mapped[bytes] = mapped_column(LargeBinary)
    signature: Mapped[bytes | None] = mapped_column(LargeBinary)
    signed_by_device: Mapped[bool | None]
    fingerprint: Mapped[str]
    times: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[Made]
    last_at: Mapped[Made] = mapped_column(index=True)


class IncidentAcknowledgement(Table):
    """Somebody at the desk has looked at an incident and says what it was. Only ever appended to."""

    __tablename__ = "incident_acknowledgement"
    id: Mapped[Id]
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incident.id"), index=True)
    author_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    note: Mapped[str]
    created_at: Mapped[Made]


class SyncScope(Table):
    """One feed: a technician's, or the catalogue. Its row lock orders the revisions that commits give out."""

    __tablename__ = "sync_scope"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    technician_id: Mapped[UUID | None] = mapped_column(unique=True)
    rev: Mapped[int] = mapped_column(default=0)
    count: Mapped[int] = mapped_column(default=0)
    checksum: Mapped[int] = mapped_column(Numeric(20, 0), default=0)
    min_rev: Mapped[int] = mapped_column(default=0)
    epoch: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))


class SyncMember(Table):
    """The latest state of one row in one scope, as the JSON text that phones get; `present = false` is a removal."""

    __tablename__ = "sync_member"
    __table_args__ = (
        CheckConstraint("present = (body is not null)", name="body"),
        Index("ix_sync_member_scope_id_rev", "scope_id", "rev", unique=True),
        Index("ix_sync_member_removed", "changed_at", postgresql_where="not present"),
        Index("ix_sync_member_row", "collection", "row_id"),
    )
    scope_id: Mapped[int] = mapped_column(ForeignKey("sync_scope.id"), primary_key=True)
    collection: Mapped[str] = mapped_column(primary_key=True)
    row_id: Mapped[UUID] = mapped_column(primary_key=True)
    rev: Mapped[int]
    present: Mapped[bool]
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    body: Mapped[str | None]
    changed_at: Mapped[Made]


class BodyForm(Table):
    """By what the bodies of a collection were written, and up to where they are written anew since that changed.

    `position` is the last row that was; null when all are. `whole`: the collection is new, so that its table's rows are meant and not what is held.
    """

    __tablename__ = "sync_body_form"
    collection: Mapped[str] = mapped_column(primary_key=True)
    form: Mapped[str]
    whole: Mapped[bool] = mapped_column(default=False)
    position: Mapped[UUID | None]
