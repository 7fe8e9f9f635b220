"""What identity sends and takes on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from server.identity.rules import MINIMUM_PASSWORD, Role
from server.texts import AS_TYPED, CODE, Exact, Written

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

    refresh_token: Annotated[str, msgspec.Meta(max_length=200)]


class DeviceProof(msgspec.Struct, forbid_unknown_fields=True):
    """A challenge signed by the device's key: a way back in after weeks offline."""

    challenge: Annotated[str, msgspec.Meta(max_length=2000)]
    signature: Annotated[str, msgspec.Meta(max_length=200, description="base64url of raw r||s over the challenge")]


class Enrol(Exact, forbid_unknown_fields=True):
    """A phone that enrols with the one-time code its technician was given."""

    code: Annotated[str, msgspec.Meta(max_length=40)]
    public_key: Key
    label: Annotated[str, msgspec.Meta(max_length=100, examples=["Pixel 7a"])]
    platform: Annotated[str, msgspec.Meta(pattern="^(android|ios|web)$")]
    proof: Annotated[str, msgspec.Meta(max_length=200, description="base64url of raw r||s over the code")]


class TokenPair(msgspec.Struct):
    """An access token for the Authorization header and the refresh token that follows it."""

    access_token: str
    refresh_token: str
    expires_in: int
    user_id: UUID
    role: Role
    device_id: UUID | None = None


class Challenge(msgspec.Struct):
    """What the device is to sign."""

    challenge: str


class EnrolmentCodeOut(msgspec.Struct):
    """A code to be typed into one phone, once."""

    code: str
    expires_at: datetime


class OfficeIn(Written):
    """A new office."""

    name: Name
    time_zone: Annotated[str, msgspec.Meta(max_length=60, examples=["Asia/Shanghai"])]


class OfficeOut(msgspec.Struct):
    """An office."""

    name: str
    time_zone: str
    id: UUID


class UserIn(Written):
    """A new user."""

    login: Login
    name: Name
    role: Role
    office_id: UUID
    password: Password
    locale: Annotated[str, msgspec.Meta(pattern="^(en|zh-CN)$")] = "en"


class UserOut(msgspec.Struct):
    """A user as others see them."""

    id: UUID
    login: str
    name: str
    role: Role
    office_id: UUID
    locale: str
    active: bool


class DeviceOut(msgspec.Struct):
    """A device and the head of its chain: the number and SHA-256 of the last operation that came."""

    id: UUID
    user_id: UUID
    label: str
    platform: str
    attestation: str
    enrolled_at: datetime
    revoked_at: datetime | None
    revoked_by: UUID | None
    last_seq: int
    last_hash: str | None
    last_heard_at: datetime | None
