"""Tables of people and what they hold: offices, users, refresh tokens, and the devices that sign operations."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from server.database.tables import Id, Json, Made, Table
from server.texts import folded


def _login_key(context: Any) -> str | None:
    return folded(context.get_current_parameters()["login"]) or None


class Office(Table):
    """A branch that answers calls; its time zone is that of its reply clocks."""

    __tablename__ = "office"
    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    time_zone: Mapped[str]
    arrival_thresholds: Mapped[Json | None]


class User(Table):
    """A person who signs in. A technician's user id is also the technician's id.

    `login_key` is the login without what tells its spellings apart; it has none where another user had the same one before
    such users were refused.
    """

    __tablename__ = "app_user"
    __table_args__ = (CheckConstraint("role in ('technician','dispatcher','manager','admin')", name="role"),)
    id: Mapped[Id]
    login: Mapped[str] = mapped_column(unique=True)
    login_key: Mapped[str | None] = mapped_column(unique=True, default=_login_key)
    name: Mapped[str]
    role: Mapped[str]
    locale: Mapped[str] = mapped_column(default="en")
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"), index=True)
    password_hash: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[Made]


class RefreshToken(Table):
    """One link of a rotating family (RFC 6819 5.2.2.3): used twice, the whole family is revoked."""

    __tablename__ = "refresh_token"
    sha256: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    family: Mapped[UUID] = mapped_column(index=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"), index=True)
    device_id: Mapped[UUID | None]
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class EnrolmentCode(Table):
    """A code that a dispatcher gives a technician once, to enrol one phone."""

    __tablename__ = "enrolment_code"
    sha256: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"), index=True)
    made_by: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Device(Table):
    """A phone and the P-256 key that it signs with; `last_seq` and `last_hash` are the head of its operation chain."""

    __tablename__ = "device"
    id: Mapped[Id]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"), index=True)
    label: Mapped[str]
    platform: Mapped[str]
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    attestation: Mapped[str] = mapped_column(default="none")
    enrolled_at: Mapped[Made]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"))
    last_seq: Mapped[int] = mapped_column(default=0)
    last_hash: Mapped[str | None]
    last_heard_at: Mapped[datetime | None]
    contract_version: Mapped[int | None]
