"""Custody of photos: completing an upload, and what is still missing from a visit."""

from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from server import clock
from server.ids import uuid7
from server.media.models import MediaObject, Photo
from server.media.storage import Storage, object_key
from server.media.verify import examine_in_thread
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
    await storage.write(thumbnail_key(photo.sha256), found.thumbnail, "image/jpeg")
    moment = clock.now()
    if await session.get(MediaObject, photo.sha256) is None:
        session.add(
            MediaObject(
                sha256=photo.sha256, size=photo.size, content_type=photo.content_type, width=found.width,
                height=found.height, verified_at=moment, thumbnail_key=thumbnail_key(photo.sha256),
            )
        )  # fmt: skip
    await session.execute(
        update(Photo)
        .where(Photo.sha256 == photo.sha256, Photo.state != "verified")
        .values(state="verified", verified_at=moment, finding="")
    )
    await session.flush()
    return None


async def missing(session: AsyncSession, visit_id: UUID) -> int:
    """How many photos of a visit were promised and have not arrived."""
    rows = await session.scalars(select(Photo.id).where(Photo.visit_id == visit_id, Photo.state != "verified"))
    return len(rows.all())
