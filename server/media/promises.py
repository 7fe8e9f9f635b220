"""Promises of size and type: whether they fit the bytes, and how one that does not is made good."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from server.ground import clock
from server.ground.problems import Invalid
from server.media.hold import hold_hash
from server.media.models import MediaObject, Photo
from server.media.possession import was_shown
from server.media.rules import is_same_type


class WrongPromise(Invalid):
    """The promise does not fit the bytes that have this hash"""

    code = "wrong_promise"


def must_fit(stored: MediaObject, size: int, content_type: str) -> None:
    """Raises `WrongPromise` unless the verified bytes have this size and type."""
    if stored.size != size or not is_same_type(content_type, stored.content_type):
        raise WrongPromise(
            f"The photo with this hash has {stored.size} bytes and is {stored.content_type}. Promise it again so."
        )


async def promise_again(
    session: AsyncSession, photo: Photo, size: int, content_type: str, operation_id: UUID | None
) -> bool:
    """Take another size or type from a newer promise of the same bytes in the same slot; True when there was another.

    A wrong promise would otherwise keep its visit from ever being sealed. The bytes decide which one was right, so
    a verified photo stays as it is. Raises `WrongPromise` when the same hand's bytes were verified for another photo and differ.
    """
    if photo.size == size and is_same_type(content_type, photo.content_type):
        return False
    await hold_hash(session, photo.sha256, shared=True)
    await session.refresh(photo)
    if photo.state == "verified":
        return False
    shown = await was_shown(session, photo)
    stored = await session.get(MediaObject, photo.sha256, populate_existing=True) if shown else None
    if stored is not None:
        must_fit(stored, size, content_type)
    photo.size, photo.content_type, photo.operation_id = size, content_type, operation_id
    if stored is not None:
        photo.state, photo.verified_at, photo.finding = "verified", clock.now(), stored.finding
    elif photo.state == "kept":  # its bytes are there: nobody may decide that they never came
        photo.finding = "it was promised again, and is still to be looked at"
    else:
        photo.state, photo.finding = "promised", ""
    await session.flush()
    return True
