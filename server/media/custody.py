"""Custody of photos: completing an upload, and what is still missing from a visit."""

import asyncio
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from server import clock
from server.ids import uuid7
from server.media.models import MediaObject, Photo
from server.media.storage import Storage, object_key
from server.media.verify import decode, examine_in_thread
from server.problems import Conflict, Invalid


class NotUploaded(Conflict):
    """The photo's bytes are not in storage yet"""

    code = "not_uploaded"


class PhotoMismatch(Invalid):
    """The stored bytes are not the photo that was promised"""

    code = "photo_mismatch"


def thumbnail_key(sha256: str) -> str:
    """Where the thumbnail of these bytes lives."""
    return f"thumbnails/{sha256}.jpg"


async def complete(session: AsyncSession, storage: Storage, photo: Photo) -> PhotoMismatch | None:
    """Verify a photo's bytes and mark it, or quarantine them; the problem is returned so that the mark is kept.

    Raises `NotUploaded` when nothing is there.
    """
    if photo.state == "verified":
        return None
    data = await storage.read(object_key(photo.sha256), photo.size)
    if data is None:
        raise NotUploaded("Upload the bytes first, to the address that POST /v1/photos/{id}/upload gives.")
    found = await examine_in_thread(data, sha256=photo.sha256, size=photo.size, content_type=photo.content_type)
    if found.fault:
        await storage.move(object_key(photo.sha256), f"quarantine/{photo.sha256}/{uuid7()}")
        photo.state, photo.finding = "quarantined", found.fault
        await session.flush()
        return PhotoMismatch(f"The stored object was set aside: {found.fault}. Upload the right bytes again.")
    moment = clock.now()
    if await session.get(MediaObject, photo.sha256) is None:
        session.add(
            MediaObject(
                sha256=photo.sha256, size=photo.size, content_type=photo.content_type, width=found.width,
                height=found.height, verified_at=moment, thumbnail_key=None,
            )
        )  # fmt: skip
    await session.execute(
        update(Photo)
        .where(Photo.sha256 == photo.sha256, Photo.state != "verified")
        .values(state="verified", verified_at=moment, finding="")
    )
    await session.flush()
    return None


async def make_thumbnail(session: AsyncSession, storage: Storage, photo_id: UUID) -> UUID | None:
    """Shrink a verified photo, without its EXIF and position. Returns its visit; None when there is no such photo."""
    photo = await session.get(Photo, photo_id)
    if photo is None:
        return None
    stored = await session.get(MediaObject, photo.sha256, with_for_update=True)
    if stored is not None and stored.thumbnail_key is None:
        data = await storage.read(object_key(photo.sha256), photo.size)
        if data is None:
            raise NotUploaded("A verified photo is not in storage any more.")
        found = await asyncio.to_thread(decode, data)
        await storage.write(thumbnail_key(photo.sha256), found.thumbnail, "image/jpeg")
        stored.thumbnail_key = thumbnail_key(photo.sha256)
    return photo.visit_id


async def standing(session: AsyncSession, visit_id: UUID) -> dict[str, int]:
    """How many photos of a visit were promised, how many are verified, and of these how many have a thumbnail."""
    rows = (
        await session.execute(
            select(Photo.state, MediaObject.thumbnail_key)
            .outerjoin(MediaObject, MediaObject.sha256 == Photo.sha256)
            .where(Photo.visit_id == visit_id)
        )
    ).all()
    verified = [key for state, key in rows if state == "verified"]
    return {"promised": len(rows), "verified": len(verified), "thumbnails": sum(key is not None for key in verified)}
