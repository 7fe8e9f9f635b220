"""Tables of people and what they hold: offices, users, sessions, and the devices that sign operations."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from server.database.tables import Id, Json, Made, Table, one_of
from server.ground.texts import folded
from server.ground.words import Language
from server.identity.rules import Delivery, Platform, Role, SessionEnd, SessionKind


def _login_key(context: Any) -> str | None:
    return folded(context.get_current_parameters()["login"]) or None


PHOTO_LONG_EDGE = 3000
"""Pixels of a photo's longer side unless an office says otherwise: a nameplate can be read, and a photo is about 1.5 MB."""


class Office(Table):
    """A branch that answers calls; its time zone is that of its reply clocks.

    What its phones are to do: whether expenses stand in the report, and how large photos are sent (`photo_long_edge` in pixels, or the
    originals as they were taken). `phone` is whom technicians call.
    """

    __tablename__ = "office"
    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    time_zone: Mapped[str]
    arrival_thresholds: Mapped[Json | None]
    phone: Mapped[str] = mapped_column(default="", server_default="")
    expenses_in_report: Mapped[bool] = mapped_column(default=False, server_default="false")
    photo_long_edge: Mapped[int] = mapped_column(default=PHOTO_LONG_EDGE, server_default=str(PHOTO_LONG_EDGE))
    keep_originals: Mapped[bool] = mapped_column(default=False, server_default="false")


class User(Table):
    """A person who signs in. A technician's user id is also the technician's id.

    `login_key` is the login without what tells its spellings apart; it has none where another user had the same one before
    such users were refused.
    """

    __tablename__ = "app_user"
    __table_args__ = (one_of("role", Role), one_of("locale", Language))
    id: Mapped[Id]
    login: Mapped[str] = mapped_column(unique=True)
    login_key: Mapped[str | None] = mapped_column(unique=True, default=_login_key)
    name: Mapped[str]
    role: Mapped[str]
    locale: Mapped[str] = mapped_column(default=Language.EN)
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"), index=True)
    password_hash: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[Made]


class LoginSession(Table):
    """One sign-in and all that follows from it: its refresh tokens, and the access tokens whose `sid` is its id.

    A phone has one that goes on: each sign-in by its key takes up the one that has not ended. `failures_before` is how many
    wrong passwords there had been at this login since the sign-in before; an administrator acknowledges many of them.
    """

    __tablename__ = "login_session"
    __table_args__ = (
        one_of("kind", SessionKind),
        one_of("ended_why", SessionEnd),
        CheckConstraint("(ended_at is null) = (ended_why is null)", name="ended"),
        Index("uq_login_session_device_live", "device_id", unique=True, postgresql_where=text("ended_at is null")),
    )
    id: Mapped[Id]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"), index=True)
    device_id: Mapped[UUID | None] = mapped_column(ForeignKey("device.id"))
    kind: Mapped[str]
    address: Mapped[str]
    agent: Mapped[str]
    failures_before: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[Made]
    last_used_at: Mapped[Made] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    ended_why: Mapped[str | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"))


class RefreshToken(Table):
    """One link of a session's rotating chain (RFC 6819 5.2.2.3); forgotten soon after it was used."""

    __tablename__ = "refresh_token"
    sha256: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    family: Mapped[UUID] = mapped_column(ForeignKey("login_session.id", ondelete="CASCADE"), index=True)
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class AccessEnd(Table):
    """Access tokens that are void before they expire: those whose `sid` is this session.

    `user_id` and `device_id` are the session's, for whoever reads these rows in every process. Ids become visible in
    another order than they were given, so a reader looks again at all rows of the last minutes. A row says nothing any more once
    the last access token of its session has expired, and is removed then.
    """

    __tablename__ = "access_end"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    user_id: Mapped[UUID]
    session_id: Mapped[UUID | None]
    device_id: Mapped[UUID | None]
    at: Mapped[datetime] = mapped_column(index=True)


class UsedChallenge(Table):
    """A challenge that a device signed in with; it counts once."""

    __tablename__ = "used_challenge"
    nonce: Mapped[str] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class SignInAttempts(Table):
    """What was tried at one login through one lane: an address, or a browser that has signed in there before.

    Only a hash of the login, because people type their password there by mistake. `failures` since the last right password
    make the delay; `untold` are those that its user has not been told of.
    """

    __tablename__ = "sign_in_attempts"
    login_sha256: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    lane: Mapped[str] = mapped_column(primary_key=True, index=True)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"), index=True)
    failures: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    untold: Mapped[int] = mapped_column(default=0)
    first_at: Mapped[datetime]
    last_at: Mapped[datetime] = mapped_column(index=True)
    not_before: Mapped[datetime | None]
    succeeded_at: Mapped[datetime | None]


class EnrolmentCode(Table):
    """A code that a dispatcher gives a technician once, to enrol one phone; `confirmed_by` is a second person at the desk."""

    __tablename__ = "enrolment_code"
    __table_args__ = (one_of("delivery", Delivery),)
    sha256: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"), index=True)
    made_by: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    id: Mapped[UUID] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    delivery: Mapped[str] = mapped_column(default=Delivery.SHOWN)
    confirmed_by: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"))
    confirmed_at: Mapped[datetime | None]


class Device(Table):
    """A phone and the P-256 key that it signs with; `last_seq` and `last_hash` are the head of its operation chain.

    `enrolment` says by whose code it came in (`enrolment.py`), and `untold` which other phones of its technician it is still
    to be told of.
    """

    __tablename__ = "device"
    __table_args__ = (one_of("platform", Platform),)
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
    enrolment: Mapped[Json | None]
    untold: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB(none_as_null=True))
