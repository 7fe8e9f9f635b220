"""What media do with a phone's operations: a line of the custody manifest."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.database.events import PHOTO_VERIFIED
from server.field.kind import Kind
from server.field.taps import Tap
from server.ground import clock
from server.ground.problems import Invalid
from server.media.hold import hold_hash
from server.media.models import MediaObject, Photo, PhotoAlias
from server.media.possession import claim
from server.media.promises import must_fit, promise_again
from server.media.rules import IMAGE_TYPES, MAX_PHOTO, PhotoSlot, is_image_type
from server.media.signed import must_be_open_for
from server.media.withdraw import (
    PhotoImpossibleBody,
    PhotoWithdrawnBody,
    photo_impossible,
    photo_withdrawn,
)
from server.reasons.given import READS as REASONS

Sha256 = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$", max_length=64)]


class PhotoBody(msgspec.Struct):
    """A photo that the phone holds and promises to bring. `amends_id`: taken for an amendment of that signed report."""

    photo_id: UUID
    slot: PhotoSlot
    sha256: Sha256
    size: Annotated[int, msgspec.Meta(gt=0, le=MAX_PHOTO)]
    content_type: Annotated[
        str, msgspec.Meta(max_length=100, description=f"one of {', '.join(IMAGE_TYPES)}; as signed")
    ]
    taken: dict[str, Any] | None = None
    amends_id: UUID | None = None


async def photo(session: AsyncSession, tap: Tap, body: PhotoBody) -> bool:
    """Take a photo into the manifest. The same bytes in the same slot are the same photo: then True, merged.

    With another size or type it makes the older promise good, unless the photo is verified. Bytes that arrived for the same
    visit or the same technician need not be sent again; those that others brought must be, for a hash is no photo.
    """
    if not is_image_type(body.content_type):
        raise Invalid(f"A photo is {', '.join(IMAGE_TYPES)}, not {body.content_type}. Promise it again as what it is.")
    same = await session.scalar(
        select(Photo).where(Photo.visit_id == tap.visit_id, Photo.slot == body.slot, Photo.sha256 == body.sha256)
    )
    if same is not None:
        if same.id != body.photo_id:
            session.add(PhotoAlias(id=body.photo_id, photo_id=same.id))
        changed = await promise_again(session, same, body.size, body.content_type, tap.operation_id)
        if changed and same.state == "verified":
            tap.tell((PHOTO_VERIFIED, same.id))
        return not changed
    await must_be_open_for(session, tap.visit_id, body.slot, body.sha256, body.amends_id)
    await hold_hash(session, body.sha256, shared=True)
    known = await claim(session, tap.visit_id, tap.user_id, body.sha256)
    stored = await session.get(MediaObject, body.sha256, populate_existing=True) if known.shown else None
    if stored is not None:
        must_fit(stored, body.size, body.content_type)
    session.add(
        Photo(
            id=body.photo_id, visit_id=tap.visit_id, slot=body.slot, sha256=body.sha256, size=body.size,
            content_type=body.content_type, taken=body.taken, operation_id=tap.operation_id, promised_by=tap.user_id,
            state="verified" if stored else "promised", verified_at=clock.now() if stored else None,
            finding=stored.finding if stored else "", apart=known.apart,
        )
    )  # fmt: skip
    if stored:
        tap.tell((PHOTO_VERIFIED, body.photo_id))
    return False


KINDS = (
    Kind("photo", PhotoBody, photo, creates="photo_id"),
    Kind("photo_withdrawn", PhotoWithdrawnBody, photo_withdrawn, needs=("photo_id",)),
    Kind("photo_impossible", PhotoImpossibleBody, photo_impossible, creates="photo_impossible_id", reads=REASONS),
)
