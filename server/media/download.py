"""Giving a photo out: as a short-lived address of a picture that a browser may show, or as a file to keep."""

from collections.abc import AsyncIterator
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from server.database.engine import Sessions
from server.ground.problems import Conflict, NotFound
from server.identity.rules import DESK
from server.identity.tokens import Actor
from server.media.access import find_photo
from server.media.custody import make_copy, thumbnail_key
from server.media.models import MediaObject, Photo
from server.media.rules import EXTENSIONS
from server.media.storage import Storage, object_key

JPEG = "image/jpeg"


class OnlyAsFile(Conflict):
    """This original is given as a file only"""

    code = "only_as_file"


class Form(StrEnum):
    """In which form a photo is given out; a copy is smaller, without EXIF and position, to give away."""

    ORIGINAL = "original"
    THUMBNAIL = "thumbnail"
    COPY = "copy"


class Original(NamedTuple):
    """The bytes of an original; of what is only kept the promise may give a wrong size, so it has none."""

    body: AsyncIterator[bytes]
    media_type: str
    filename: str
    size: int | None


async def address_to_read(sessions: Sessions, storage: Storage, actor: Actor, photo_id: UUID, form: Form) -> str:
    """Where to read a photo for five minutes. A copy is made when it is first asked for.

    Raises `NotFound`, or `OnlyAsFile` for what has no picture, and for an original with something behind the image.
    """
    async with sessions() as session:
        photo = await find_photo(session, actor, photo_id)
        stored = await _arrived(session, photo)
    name = _name(photo)
    if form is Form.THUMBNAIL:
        if stored.thumbnail_key is None:
            raise NotFound("The photo's thumbnail is still to be made. Ask again soon.")
        return storage.presign_get(thumbnail_key(photo.sha256), f"{name}-small.jpg", JPEG)
    if form is Form.COPY:
        return storage.presign_get(await _copy(sessions, storage, stored), f"{name}-copy.jpg", JPEG)
    if stored.finding:
        raise OnlyAsFile(f"{stored.finding}. GET /v1/photos/{photo.id}/original has the bytes, as a file to keep.")
    filename = f"{name}.{EXTENSIONS[stored.content_type]}"
    return storage.presign_get(object_key(photo.sha256), filename, stored.content_type)


async def open_original(sessions: Sessions, storage: Storage, actor: Actor, photo_id: UUID) -> Original:
    """The original, byte for byte. The desk also gets bytes that are only kept, as data of no kind.

    Raises `NotFound`, or `OnlyAsFile` to who is at no desk for what is only kept.
    """
    async with sessions() as session:
        photo = await find_photo(session, actor, photo_id)
        kept = photo.state == "kept" and actor.role in DESK
        stored = None if kept else await _arrived(session, photo)
    body = await storage.stream(object_key(photo.sha256))
    if stored is None:
        return Original(body, "application/octet-stream", f"{_name(photo)}.bin", None)
    filename = f"{_name(photo)}.{EXTENSIONS[stored.content_type]}"
    return Original(body, stored.content_type, filename, stored.size)


async def _copy(sessions: Sessions, storage: Storage, stored: MediaObject) -> str:
    if stored.copy_key is not None:
        return stored.copy_key
    key = await make_copy(storage, stored.sha256)
    async with sessions.begin() as session:
        (await session.get_one(MediaObject, stored.sha256)).copy_key = key
    return key


def _name(photo: Photo) -> str:
    return f"{photo.slot}-{photo.sha256[:12]}"


async def _arrived(session: AsyncSession, row: Photo) -> MediaObject:
    stored = await session.get(MediaObject, row.sha256)
    if row.state == "kept":
        raise OnlyAsFile(f"No picture can be shown: {row.finding}. The desk gets the bytes as a file.")
    if row.state != "verified" or stored is None:
        raise NotFound("The photo has not arrived yet. Ask again soon.")
    return stored
