"""What media send and take on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from server.media.rules import Decision, PhotoSlot, PhotoState

Sha256 = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$", max_length=64)]


class UploadOut(msgspec.Struct):
    """Where to PUT the bytes within `expires_in` seconds, and the headers that must go with them.

    Sign again for each attempt. With a `part_size` the photo is better sent in parts: see /multipart.
    """

    url: str
    headers: dict[str, str]
    state: PhotoState
    expires_in: int
    part_size: int | None


class DecisionIn(msgspec.Struct, forbid_unknown_fields=True):
    """How a photo stands that will not be verified, and why that is so. The reason is sealed, and the customer reads it."""

    kind: Decision
    reason: Annotated[str, msgspec.Meta(max_length=500, examples=["The phone fell into a shaft and is lost"])]


class DecisionOut(msgspec.Struct):
    """What the desk decided of a photo; `finding` is what the server had found in its bytes by then."""

    kind: Decision
    reason: str
    finding: str
    decided_by: UUID
    decided_at: datetime


class PhotoOut(msgspec.Struct):
    """A photo of a visit: `promised`, `quarantined` (other bytes came and were set aside), `kept` (the promised bytes are
    there and cannot be shown) or `verified`.

    A `finding` says why it is quarantined or kept, or what else a verified file holds. `decisions` has what the desk
    decided of it, also what bytes that came later have overtaken.
    """

    id: UUID
    visit_id: UUID
    slot: PhotoSlot
    sha256: str
    size: int
    content_type: str
    state: PhotoState
    finding: str
    decisions: list[DecisionOut] = []


class DownloadOut(msgspec.Struct):
    """An address that can be read for 5 minutes."""

    url: str


class ArrivedPart(msgspec.Struct, frozen=True):
    """A part that the storage has."""

    number: int
    size: int
    etag: str


class MultipartOut(msgspec.Struct):
    """An upload under way: parts 1 to `parts` of `part_size` bytes (the last has the rest), and those that are there."""

    upload_id: UUID
    part_size: int
    parts: int
    arrived: list[ArrivedPart]
    state: PhotoState


class UploadPartIn(msgspec.Struct, forbid_unknown_fields=True):
    """A part to be signed: its number from 1 and the SHA-256 of its bytes."""

    number: Annotated[int, msgspec.Meta(ge=1, le=10_000)]
    sha256: Sha256


class PartsIn(msgspec.Struct, forbid_unknown_fields=True):
    """Parts to be signed in one call."""

    parts: Annotated[list[UploadPartIn], msgspec.Meta(min_length=1, max_length=100)]


class SignedPart(msgspec.Struct, frozen=True):
    """Where to PUT one part, and the headers that must go with it."""

    number: int
    size: int
    url: str
    headers: dict[str, str]


class SignedPartsOut(msgspec.Struct):
    """Where to PUT each part within `expires_in` seconds; a 403 there means: have it signed again."""

    parts: list[SignedPart]
    expires_in: int


class Guarantee(msgspec.Struct, frozen=True):
    """Something that custody relies on, and whether this storage was seen to give it; None: it could not be tried."""

    name: str
    meaning: str
    holds: bool | None
    seen: str


class StorageOut(msgspec.Struct):
    """What this storage enforces, as it was tried at start-up; `lacking` names what it does not."""

    endpoint: str
    checked_at: datetime | None
    seconds: float
    guarantees: list[Guarantee]
    lacking: list[str]
