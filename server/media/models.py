"""Tables of photos: what a phone promised, the objects that the server has hashed itself, and uploads under way."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, and_, case
from sqlalchemy.orm import Mapped, mapped_column

from server.database.tables import Id, Json, Made, Table, one_of
from server.media.rules import Decision, PhotoSlot, PhotoState


class Photo(Table):
    """One line of a custody manifest: a photo a phone says it holds, in a slot of a visit.

    `promised`: its bytes are still to come. `quarantined`: other bytes came and were set aside. `kept`: bytes with the
    promised hash are there, but they are no picture that can be shown, or not as promised; `finding` says why.
    `verified`: they are the promised photo. `apart`: others promised these bytes before, so they are shown at an address
    of the photo's own (`possession.py`).
    """

    __tablename__ = "photo"
    __table_args__ = (
        one_of("state", PhotoState),
        one_of("slot", PhotoSlot),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        Index("uq_photo_visit_slot_sha256", "visit_id", "slot", "sha256", unique=True),
        Index("ix_photo_sha256", "sha256"),
        Index("ix_photo_outstanding", "visit_id", postgresql_where="state <> 'verified'"),
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
    state: Mapped[str] = mapped_column(default=PhotoState.PROMISED)
    verified_at: Mapped[datetime | None]
    finding: Mapped[str] = mapped_column(default="")
    apart: Mapped[bool] = mapped_column(default=False, server_default="false")


class PhotoImpossible(Table):
    """A slot of a visit of which no photo can be taken, and why."""

    __tablename__ = "photo_impossible"
    __table_args__ = (one_of("slot", PhotoSlot),)
    id: Mapped[Id]
    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visit.id"), index=True)
    slot: Mapped[str]
    reason: Mapped[str]
    said_by: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[Made]


class PhotoAlias(Table):
    """Another id for a photo: a phone promised the same bytes in the same slot twice, and asks by either id."""

    __tablename__ = "photo_alias"
    id: Mapped[Id]
    photo_id: Mapped[UUID] = mapped_column(ForeignKey("photo.id"), index=True)


class MediaObject(Table):
    """Bytes in storage under `cas/<sha256>` whose hash the server computed; what was made of them once it was."""

    __tablename__ = "media_object"
    sha256: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[int]
    content_type: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    verified_at: Mapped[datetime]
    finding: Mapped[str] = mapped_column(default="", server_default="")
    thumbnail_key: Mapped[str | None]
    copy_key: Mapped[str | None]


class MediaUpload(Table):
    """A photo on its way in parts, under `incoming/<id>` until it is verified."""

    __tablename__ = "media_upload"
    id: Mapped[Id]
    photo_id: Mapped[UUID] = mapped_column(ForeignKey("photo.id"), unique=True)
    upload_id: Mapped[str]
    part_size: Mapped[int]
    begun_at: Mapped[Made]
    touched_at: Mapped[datetime] = mapped_column(index=True)


class MediaPart(Table):
    """The checksum that one part was signed for."""

    __tablename__ = "media_part"
    media_upload_id: Mapped[UUID] = mapped_column(ForeignKey("media_upload.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sha256: Mapped[str]


class PhotoAlert(Table):
    """A promised photo that was said to be late; each is said once."""

    __tablename__ = "photo_alert"
    photo_id: Mapped[UUID] = mapped_column(ForeignKey("photo.id"), primary_key=True)
    alerted_at: Mapped[datetime]


class PhotoDecision(Table):
    """What the desk decided about a photo that holds up its visit's record. A trigger keeps rows as they are.

    `never_arrived`: the promised bytes are not there. `damaged_kept`: they are there and stay, and `finding` is why they
    are not shown. Each may be decided once.
    """

    __tablename__ = "photo_decision"
    __table_args__ = (
        one_of("kind", Decision),
        CheckConstraint("reason ~ '[^[:space:]]'", name="reason"),
    )
    photo_id: Mapped[UUID] = mapped_column(ForeignKey("photo.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str]
    finding: Mapped[str]
    decided_by: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    decided_at: Mapped[Made]


IN_FORCE = and_(
    PhotoDecision.photo_id == Photo.id,
    PhotoDecision.kind == case((Photo.state == "kept", "damaged_kept"), (Photo.state != "verified", "never_arrived")),
)
"""Joins a photo with the decision that says how it stands now. One that later bytes have overtaken stays, and says nothing."""
