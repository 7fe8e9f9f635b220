"""Clearing up in storage: objects that no manifest claims, uploads that nobody went on with, and what a probe left.

An object whose hash any photo names is never removed. It is forgotten first, in a transaction of its own, and only then
removed: bytes cannot come back after a rollback, so there must be nothing left that could be rolled back. In between
and while it is removed the claim is looked for again with the hash held, so that a promise that comes at the same
moment either keeps the object or finds it gone and brings the bytes again.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.database.engine import Sessions
from server.ground import clock
from server.media import uploads
from server.media.custody import copy_key, thumbnail_key
from server.media.hold import hold_hash
from server.media.models import MediaObject, MediaUpload, Photo
from server.media.storage import Storage, object_key

AT_ONCE = 500
"""Uploads that one run aborts at most, of those we know and of those that only the storage knows; the next goes on."""
PROBED = timedelta(hours=1)
"""Age at which what lies under `probe/` is left over: a probe takes seconds."""

Remove = Callable[[Sessions, Storage, str], Awaitable[bool]]
Kept = Callable[[AsyncSession, list[str]], Awaitable[set[str]]]


async def collect_orphans(sessions: Sessions, storage: Storage, older_than: timedelta) -> int:
    """Remove objects of this age that no manifest claims, and wholes in `incoming/` of no upload. Returns how many."""
    before = clock.now() - older_than
    return (
        await _collect(sessions, storage, "cas/", before, _claimed, _remove)
        + await _collect(sessions, storage, "incoming/", before, _under_way, _remove_incoming)
        + await _collect(sessions, storage, "probe/", clock.now() - min(older_than, PROBED), _none, _remove_probed)
    )


async def _collect(
    sessions: Sessions, storage: Storage, prefix: str, before: datetime, kept: Kept, remove: Remove
) -> int:
    removed, pages = 0, storage.pages(prefix)
    while (page := await storage.next_page(pages)) is not None:
        old = [one.key.removeprefix(prefix) for one in page if one.changed_at < before]
        async with sessions() as session:
            needed = await kept(session, old)
        for name in old:
            if name not in needed:
                removed += await remove(sessions, storage, name)
    return removed


async def _claimed(session: AsyncSession, hashes: list[str]) -> set[str]:
    return set(await session.scalars(select(Photo.sha256).where(Photo.sha256.in_(hashes))))


async def _remove(sessions: Sessions, storage: Storage, sha256: str) -> bool:
    if not _is_hash(sha256):
        return False  # not of our making
    return await _forget(sessions, sha256) and await _remove_bytes(sessions, storage, sha256)


async def _forget(sessions: Sessions, sha256: str) -> bool:
    async with sessions.begin() as session:
        await hold_hash(session, sha256)
        if await _claimed(session, [sha256]):
            return False
        await session.execute(delete(MediaObject).where(MediaObject.sha256 == sha256))
        return True


async def _remove_bytes(sessions: Sessions, storage: Storage, sha256: str) -> bool:
    async with sessions.begin() as session:
        await hold_hash(session, sha256)
        if await _claimed(session, [sha256]):
            return False  # its phone finds the bytes there (412) and has them verified
        # What was made of it goes first: a run that is cut off finds the object again and goes on.
        await storage.delete(thumbnail_key(sha256), copy_key(sha256), object_key(sha256))
        return True


def _is_hash(name: str) -> bool:
    return len(name) == 64 and set(name) <= set("0123456789abcdef")


async def _under_way(session: AsyncSession, names: list[str]) -> set[str]:
    ids = {name for name in names if _is_uuid(name)}
    return {str(one) for one in await session.scalars(select(MediaUpload.id).where(MediaUpload.id.in_(ids)))}


def _is_uuid(name: str) -> bool:
    try:
        return str(UUID(name)) == name
    except ValueError:
        return False


async def _remove_incoming(sessions: Sessions, storage: Storage, name: str) -> bool:
    async with sessions() as session:
        if not _is_uuid(name) or await _under_way(session, [name]):
            return False
    await storage.delete(f"incoming/{name}")
    return True


async def _none(_: AsyncSession, __: list[str]) -> set[str]:
    return set()


async def _remove_probed(_: Sessions, storage: Storage, name: str) -> bool:
    await storage.delete(f"probe/{name}")
    return True


async def abort_abandoned(sessions: Sessions, storage: Storage, older_than: timedelta) -> int:
    """Abort uploads in parts that nobody touched for this long, and those that only the storage knows of.

    Ours are forgotten first; a run that is cut off then leaves one that only the storage knows of.
    """
    before = clock.now() - older_than
    query = select(MediaUpload).where(MediaUpload.touched_at < before).limit(AT_ONCE)
    async with sessions() as session:
        old = list(await session.scalars(query))
    aborted = 0
    for one in old:
        async with sessions.begin() as session:
            upload = await session.scalar(query.where(MediaUpload.id == one.id).with_for_update())
            if upload is not None:  # nobody went on with it meanwhile
                await uploads.forget(session, upload)
        if upload is not None:
            await uploads.abort(storage, upload)
            aborted += 1
    aborted += await _abort_unknown(sessions, storage, "incoming/", before)
    return aborted + await _abort_unknown(sessions, storage, "probe/", clock.now() - min(older_than, PROBED))


async def _abort_unknown(sessions: Sessions, storage: Storage, prefix: str, before: datetime) -> int:
    aborted, pages = 0, storage.unfinished(prefix)
    while aborted < AT_ONCE and (page := await storage.next_page(pages)) is not None:
        old = {one.upload_id: one.key for one in page if one.begun_at < before}
        async with sessions() as session:
            known = set(
                await session.scalars(select(MediaUpload.upload_id).where(MediaUpload.upload_id.in_(list(old))))
            )
        for upload_id in list(old.keys() - known)[: AT_ONCE - aborted]:
            await storage.abort(old[upload_id], upload_id)
            aborted += 1
    return aborted
