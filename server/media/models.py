"""Tables of photos: what a phone promised, and the objects in storage that the server has hashed itself."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from server.database.tables import Id, Json, Made, Table


class Photo(Table):
    """One line of a custody manifest: a photo a phone says it holds, in a slot of a visit."""

    __tablename__ = "photo"
    __table_args__ = (
        CheckConstraint("state in ('promised','verified','quarantined')", name="state"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        Index("uq_photo_visit_slot_sha256", "visit_id", "slot", "sha256", unique=True),
        Index("ix_photo_sha256", "sha256"),
    )
    id: Mapped[Id]
    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visit.id"), index=True)
    slot: Mapped[str]
    sha256: Mapped[str]
    size: Mapped[int]
    content_type: Mapped[str]
    taken: Mapped[Json | None]
    operation_id: Mapped[UUID | None]
    promised_by: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    promised_at: Mapped[Made]
    state: Mapped[str] = mapped_column(default="promised")
    verified_at: Mapped[datetime | None]
    finding: Mapped[str] = mapped_column(default="")


class MediaObject(Table):
    """Bytes in storage under `cas/<sha256>` whose hash the server computed; `thumbnail_key` once a worker made it."""

    __tablename__ = "media_object"
    sha256: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[int]
    content_type: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    verified_at: Mapped[datetime]
    thumbnail_key: Mapped[str | None]
