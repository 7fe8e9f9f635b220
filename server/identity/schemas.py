"""What identity sends and takes on the wire."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec

from server.ground.texts import AS_TYPED, CODE, Exact, Written
from server.ground.words import Language
from server.identity.rules import MINIMUM_PASSWORD, Delivery, Platform, Role, SessionEnd, SessionKind

Login = Annotated[str, msgspec.Meta(min_length=1, max_length=100, examples=["li.wei"], extra=CODE)]
Password = Annotated[str, msgspec.Meta(min_length=MINIMUM_PASSWORD, max_length=200, extra=AS_TYPED)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200, examples=["李伟"])]
Key = Annotated[str, msgspec.Meta(max_length=400, description="base64url of the SubjectPublicKeyInfo (DER), P-256")]


class LogIn(msgspec.Struct, forbid_unknown_fields=True):
    """A log-in by password."""

    login: Login
    password: Annotated[str, msgspec.Meta(max_length=200)]


class Refresh(msgspec.Struct, forbid_unknown_fields=True):
    """A refresh token to be used once."""

    refresh_token: Annotated[str, msgspec.Meta(max_length=1000)]


class DeviceProof(msgspec.Struct, forbid_unknown_fields=True):
    """A challenge signed by the device's key: a way back in after weeks offline."""

    challenge: Annotated[str, msgspec.Meta(max_length=2000)]
    signature: Annotated[str, msgspec.Meta(max_length=200, description="base64url of raw r||s over the challenge")]


class Enrol(Exact, forbid_unknown_fields=True):
    """A phone that enrols with the one-time code its technician was given."""

    code: Annotated[str, msgspec.Meta(max_length=40)]
    public_key: Key
    label: Annotated[str, msgspec.Meta(max_length=100, examples=["Pixel 7a"])]
    platform: Platform
    proof: Annotated[str, msgspec.Meta(max_length=200, description="base64url of raw r||s over the code")]


class FailedSignIns(msgspec.Struct):
    """Tries at a user's login since the last right password: wrong ones, and ones that were refused unseen for their number.

    `addresses` are the last few that they came from.
    """

    wrong: int
    refused: int
    since: datetime
    last_at: datetime
    addresses: list[str]


class TokenPair(msgspec.Struct):
    """An access token for the Authorization header and the refresh token that follows it.

    `failed_sign_ins` is to be shown to the user: somebody tried passwords at their login.
    """

    access_token: str
    refresh_token: str
    expires_in: int
    user_id: UUID
    role: Role
    device_id: UUID | None = None
    failed_sign_ins: FailedSignIns | None = None


class Challenge(msgspec.Struct):
    """What the device is to sign."""

    challenge: str


class EnrolmentCodeOut(msgspec.Struct):
    """A code to be typed into one phone, once."""

    code: str
    expires_at: datetime
    id: UUID
    delivery: Delivery
    needs_confirmation: bool


class OpenCodeOut(msgspec.Struct):
    """A code that can still be used: for whom, whose, and who else stands for it. Without the code."""

    id: UUID
    technician_id: UUID
    technician: str
    made_by: UUID
    author: str
    made_at: datetime
    delivery: Delivery
    expires_at: datetime
    confirmed_by: UUID | None


class EnrolmentOut(msgspec.Struct):
    """By whose code a phone came in: names as they were then, times in microseconds since 1970."""

    made_by: str
    made_by_id: UUID
    made_at: int
    delivery: Delivery
    used_at: int
    confirmed_by: str | None = None
    confirmed_by_id: UUID | None = None
    confirmed_at: int | None = None


class OfficeIn(Written):
    """A new office."""

    name: Name
    time_zone: Annotated[str, msgspec.Meta(max_length=60, examples=["Asia/Shanghai"])]


class OfficeChange(Written):
    """What changes of an office. Its time zone stays: clocks that run were worked out by it."""

    name: Name | None = None
    phone: Annotated[str, msgspec.Meta(max_length=40, examples=["+86 21 6234 5678"])] | None = None
    expenses_in_report: bool | None = None
    photo_long_edge: Annotated[int, msgspec.Meta(ge=1000, le=12_000)] | None = None
    keep_originals: bool | None = None


class OfficeOut(msgspec.Struct):
    """An office, and what it wants of its phones: whether expenses stand in the report, and how large photos are sent."""

    name: str
    time_zone: str
    id: UUID
    phone: str
    expenses_in_report: bool
    photo_long_edge: int
    keep_originals: bool


class UserIn(Written):
    """A new user."""

    login: Login
    name: Name
    role: Role
    office_id: UUID
    password: Password
    locale: Language = Language.EN


class UserOut(msgspec.Struct):
    """A user as others see them."""

    id: UUID
    login: str
    name: str
    role: Role
    office_id: UUID
    locale: Language
    active: bool

    @classmethod
    def of(cls, user: Any) -> "UserOut":
        """From the row."""
        return cls(user.id, user.login, user.name, user.role, user.office_id, user.locale, user.active)


class UserChange(Written):
    """What is to be another than it is; what is left out stays."""

    name: Name | None = None
    login: Login | None = None
    locale: Language | None = None
    office_id: UUID | None = None
    role: Role | None = None


class PasswordReset(Written):
    """Another password for a user who has lost theirs."""

    password: Password


class NewPassword(Written):
    """One's own password, and the one that is to come."""

    present: Annotated[str, msgspec.Meta(max_length=200, extra=AS_TYPED)]
    new: Password


class SessionOut(msgspec.Struct):
    """A sign-in and what followed from it; `current` is the one that asks. `failures_before`: wrong passwords just before it."""

    id: UUID
    user_id: UUID
    device_id: UUID | None
    device_label: str | None
    kind: SessionKind
    address: str
    agent: str
    failures_before: int
    started_at: datetime
    last_used_at: datetime
    ended_at: datetime | None
    ended_why: SessionEnd | None
    current: bool


class SignInWarning(msgspec.Struct):
    """A login at which passwords were guessed. With `session_id`: somebody then signed in, the user or the guesser."""

    user_id: UUID
    login: str
    name: str
    tries: int
    last_at: datetime
    addresses: list[str]
    since: datetime | None = None
    session_id: UUID | None = None
    session_ended_at: datetime | None = None


class DeviceOut(msgspec.Struct):
    """A device and the head of its chain: the number and SHA-256 of the last operation that came.

    `enrolment` is null for a phone that came in before its facts were kept.
    """

    id: UUID
    user_id: UUID
    label: str
    platform: Platform
    attestation: str
    enrolled_at: datetime
    revoked_at: datetime | None
    revoked_by: UUID | None
    last_seq: int
    last_hash: str | None
    last_heard_at: datetime | None
    enrolment: EnrolmentOut | None
