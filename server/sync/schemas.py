"""The wire of sync: one exchange up and down, and an operation's envelope inside its signed text."""

from typing import Annotated, Any
from uuid import UUID

import msgspec

from server.arrival.bounded_time import Clock
from server.field.rules import Resolution
from server.ground.texts import Written

MAX_OPERATIONS = 500
MAX_TEXT = 1_000_000
"""Bytes (UTF-8) of the longest text of an operation that is taken."""
MAX_ATTACHMENT = 500_000
"""Bytes (UTF-8) of the longest attachment that is taken."""


class WireOperation(msgspec.Struct):
    """An operation as sent: the canonical JSON text that was signed, and the signature over its UTF-8 bytes.

    The limits are not checked here: one operation that is too large is parked, and says nothing against the others.
    """

    body: Annotated[str, msgspec.Meta(description=f"{MAX_TEXT} bytes at most; see vectors.json for a whole one")]
    signature: Annotated[str, msgspec.Meta(description="base64url of raw r||s")]
    attachment: Annotated[str, msgspec.Meta(description=f"{MAX_ATTACHMENT} bytes at most")] | None = None


class Subject(msgspec.Struct):
    """What an operation is about."""

    type: Annotated[str, msgspec.Meta(max_length=40)]
    id: UUID


class Envelope(msgspec.Struct):
    """What stands in an operation's text; fields that we do not know stay in the stored bytes."""

    id: UUID
    device_id: UUID
    seq: Annotated[int, msgspec.Meta(ge=1)]
    prev: str | None
    kind: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    subject: Subject
    base: int | None
    body: dict[str, Any]
    clock: Clock


class SyncIn(msgspec.Struct):
    """What a phone sends: its outbox in order, and where it stands."""

    contract_version: Annotated[int, msgspec.Meta(ge=1, examples=[1])]
    operations: Annotated[list[WireOperation], msgspec.Meta(max_length=MAX_OPERATIONS)] = []
    cursor: str | None = None
    page_bytes: Annotated[int, msgspec.Meta(ge=4096, le=4 * 1024 * 1024, description="of changes, a scope")] = (
        1024 * 1024
    )
    pull: Annotated[bool, msgspec.Meta(description="false when rows come another way; then no changes are sent")] = True


class OutcomeOut(msgspec.Struct, omit_defaults=True):
    """What became of one operation; `duplicate` repeats what it was the first time in `was`."""

    id: UUID
    seq: int
    outcome: str
    code: str | None = None
    sentence: str | None = None
    was: str | None = None


class ChangeOut(msgspec.Struct, omit_defaults=True):
    """A row as it is now, or, without a body, a removal."""

    collection: str
    id: UUID
    rev: int
    scope: str
    hash: str = ""
    body: msgspec.Raw | None = None


class ScopeOut(msgspec.Struct):
    """What a phone must hold of a scope when it has applied this answer."""

    rev: int
    count: int
    checksum: str


class NewPhone(msgspec.Struct):
    """Another phone that signs in this technician's name: when it was enrolled (microseconds), and who made its code."""

    device_id: UUID
    label: str
    platform: str
    enrolled_at: int
    code_made_by: str | None


class SyncOut(msgspec.Struct, omit_defaults=True):
    """The answer: outcomes, changes since the cursor, a new cursor when it moved, and a time anchor.

    `revoked` says that the phone was revoked: its outbox is taken in, and nothing goes down to it any more. `new_phones` is to
    be shown to the technician, who knows whether the other phones are theirs; then POST /v1/devices/told.
    """

    anchor: str
    last_seq: int
    outcomes: list[OutcomeOut] = []
    changes: list[ChangeOut] = []
    cursor: str | None = None
    scopes: dict[str, ScopeOut] = {}
    resync: list[str] = []
    more: bool = False
    revoked: bool = False
    new_phones: list[NewPhone] = []


class DigestIn(msgspec.Struct):
    """What a phone holds of one bucket: how many rows, and the sum of their shares."""

    count: Annotated[int, msgspec.Meta(ge=0)]
    checksum: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{16}$", max_length=16)]


class ReconcileIn(msgspec.Struct):
    """What a phone holds of a scope whose checksum is off, in buckets named `<collection>/<last digit of the id>`."""

    scope: Annotated[str, msgspec.Meta(max_length=100)]
    buckets: Annotated[dict[str, DigestIn], msgspec.Meta(max_length=2000)]
    contract_version: Annotated[int, msgspec.Meta(ge=1)] = 1


class ReconcileOut(msgspec.Struct, omit_defaults=True):
    """For each bucket that differs, all rows that belong into it; with `more`, ask again with the new digests."""

    buckets: dict[str, list[ChangeOut]]
    scopes: dict[str, ScopeOut]
    more: bool = False


class ParkedOut(msgspec.Struct):
    """An operation that was understood and kept but could not take effect.

    `alike` is how many wait that came from the same phone and were parked for the same reason, this one with them.
    """

    id: UUID
    user_id: UUID
    device_id: UUID
    seq: int
    kind: str
    visit_id: UUID | None
    code: str
    sentence: str
    body: msgspec.Raw
    resolution: Resolution | None
    alike: int = 1


class ResolveIn(Written):
    """What to do with a parked operation; dismissing needs a reason. `alike` dismisses those that are, too, the oldest 500."""

    resolution: Resolution
    reason: Annotated[str, msgspec.Meta(max_length=500)] = ""
    alike: Annotated[bool, msgspec.Meta(description="all from the same phone that were parked for the same reason")] = (
        False
    )
