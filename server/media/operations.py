"""What media do with a phone's operations: a line of the custody manifest."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server import clock
from server.events import PHOTO_VERIFIED, emit
from server.media.models import MediaObject, Photo
from server.taps import Tap

MAX_PHOTO = 40 * 1024 * 1024
Sha256 = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]


class PhotoBody(msgspec.Struct):
    """A photo that the phone holds and promises to bring."""

    photo_id: UUID
    slot: Annotated[str, msgspec.Meta(pattern="^(before|after|nameplate|fault|part|other)$")]
    sha256: Sha256
    size: Annotated[int, msgspec.Meta(gt=0, le=MAX_PHOTO)]
    content_type: Annotated[str, msgspec.Meta(pattern="^image/(jpeg|png|webp)$")]
    taken: dict[str, Any] | None = None


async def photo(session: AsyncSession, tap: Tap, body: PhotoBody) -> bool:
    """Take a photo into the manifest. The same bytes in the same slot are the same photo: then True, merged."""
    same = await session.scalar(
        select(Photo).where(Photo.visit_id == tap.visit_id, Photo.slot == body.slot, Photo.sha256 == body.sha256)
    )
    if same is not None:
        return True
    stored = await session.get(MediaObject, body.sha256)
    session.add(
        Photo(
            id=body.photo_id, visit_id=tap.visit_id, slot=body.slot, sha256=body.sha256, size=body.size,
            content_type=body.content_type, taken=body.taken, operation_id=tap.operation_id, promised_by=tap.user_id,
            state="verified" if stored else "promised", verified_at=clock.now() if stored else None, finding="",
        )
    )  # fmt: skip
    if stored:
        await emit(session, (PHOTO_VERIFIED, body.photo_id))
    return False
