"""Settling a photo by what the storage has of it: a whole of parts, or bytes that nobody has had looked at.

A storage that does not answer is waited for long. So no transaction is open meanwhile, or everybody waits with it.
"""

import asyncio
from contextlib import suppress
from uuid import UUID

from server.database.engine import Sessions
from server.media import uploads
from server.media.custody import PhotoUnreadable, Refusal, settle_found, verify
from server.media.models import Photo
from server.media.possession import NotUploaded, address_of
from server.media.promises import WrongPromise
from server.media.storage import Storage
from server.media.verify import examine_in_thread

SETTLING = (0.2, 0.4, 0.8, 1.6)
"""Seconds between looks whether another call has verified the photo."""
MOST_SET_ASIDE = 20
"""Objects set aside of one hash that are looked at again; each may be as large as a photo."""


async def complete_parts(sessions: Sessions, storage: Storage, photo: Photo) -> Refusal | None:
    """Join the parts of a photo and verify the whole. Raises `NoUpload`, `PartsMissing` and `NotUploaded`."""
    if photo.state == "verified":
        return None
    async with sessions() as session:
        upload = await uploads.must_find(session, photo.id)
        promised = await uploads.promised_parts(session, upload)
    await uploads.assemble(storage, photo, upload, promised)
    problem = await verify(sessions, storage, photo, uploads.incoming_key(upload))
    if isinstance(problem, WrongPromise | PhotoUnreadable):
        return problem  # the whole stays: whoever completes again, or after a right promise, has nothing to send
    await storage.delete(uploads.incoming_key(upload))
    async with sessions.begin() as session:
        await uploads.forget(session, upload)
    return problem


async def complete_beside_others(sessions: Sessions, storage: Storage, photo: Photo) -> Refusal | None:
    """`complete_parts`, for who may be one of several: another that was first has joined the parts, or taken the whole away, and is most likely
    about to say that the photo is verified."""
    try:
        return await complete_parts(sessions, storage, photo)
    except (uploads.NoUpload, NotUploaded) as nothing:
        for wait in (0.0, *(SETTLING if isinstance(nothing, NotUploaded) else ())):
            await asyncio.sleep(wait)
            async with sessions() as session:
                if (await session.get_one(Photo, photo.id)).state == "verified":
                    return None
        raise


async def complete_whole(sessions: Sessions, storage: Storage, photo: Photo) -> Refusal | None:
    """Verify what was put to a photo's address. Raises `NotUploaded`."""
    problem = await verify(sessions, storage, photo, address_of(photo))
    if photo.apart and not isinstance(problem, WrongPromise | PhotoUnreadable):
        await storage.delete(address_of(photo))
    return problem


async def look_again(sessions: Sessions, storage: Storage, photo_id: UUID) -> None:
    """Settle a photo by whatever there is of it, so that nobody says that it never arrived while its bytes are here.

    A phone may have been lost between sending and completing; and what could not be decoded was set aside until this
    product kept it. Raises `Unavailable` when the storage does not answer.
    """
    for look in (_at_its_address, _in_parts, _set_aside):
        async with sessions() as session:
            photo = await session.get_one(Photo, photo_id)
        if photo.state == "verified":
            return
        with suppress(NotUploaded, uploads.NoUpload, uploads.PartsMissing):
            await look(sessions, storage, photo)


async def _at_its_address(sessions: Sessions, storage: Storage, photo: Photo) -> None:
    await complete_whole(sessions, storage, photo)


async def _in_parts(sessions: Sessions, storage: Storage, photo: Photo) -> None:
    if photo.state != "kept":
        await complete_parts(sessions, storage, photo)


async def _set_aside(sessions: Sessions, storage: Storage, photo: Photo) -> None:
    if photo.state == "kept":
        return
    page = await storage.next_page(storage.pages(f"quarantine/{photo.sha256}/"))
    newest = sorted(page or (), key=lambda one: one.changed_at, reverse=True)[:MOST_SET_ASIDE]
    for one in newest:
        found = await examine_in_thread(
            storage, one.key, sha256=photo.sha256, size=photo.size, content_type=photo.content_type
        )
        if found is not None and not found.poisonous:
            await settle_found(sessions, storage, photo, one.key, found)
            return
