"""Clearing up in storage: objects that no manifest claims, and uploads that nobody went on with.

An object whose hash any photo names is never removed. The claim is looked for again while the hash is held, so that a
promise that comes at the same moment either keeps the object or finds it gone and brings the bytes again.
"""

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from server import clock
from server.database.engine import Sessions
from server.media import uploads
from server.media.custody import copy_key, thumbnail_key
from server.media.hold import hold_hash
from server.media.models import MediaObject, MediaUpload, Photo
from server.media.storage import Storage, Stored, object_key

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

AT_ONCE = 500
"""Uploads that one run aborts at most; the next goes on."""


async def collect_orphans(sessions: Sessions, storage: Storage, older_than: timedelta) -> int:
    """Remove objects of this age that no manifest claims, and wholes in `incoming/` of no upload. Returns how many."""
    before = clock.now() - older_than
    removed = 0
    for prefix, claimed, remove in (("cas/", _claimed, _remove), ("incoming/", _under_way, _remove_incoming)):
        pages = storage.pages(prefix)
        while page := await asyncio.to_thread(_next, pages):
            old = [one.key.removeprefix(prefix) for one in page if one.changed_at < before]
            async with sessions() as session:
                kept = await claimed(session, old)
            for name in old:
                if name not in kept:
                    async with sessions.begin() as session:
                        removed += await remove(session, storage, name)
    return removed


def _next(pages: Iterator[list[Stored]]) -> list[Stored]:
    return next(pages, [])


async def _claimed(session: AsyncSession, hashes: list[str]) -> set[str]:
    return set(await session.scalars(select(Photo.sha256).where(Photo.sha256.in_(hashes))))


async def _remove(session: AsyncSession, storage: Storage, sha256: str) -> bool:
    if not _is_hash(sha256):
        return False  # not of our making
    await hold_hash(session, sha256)
    if await _claimed(session, [sha256]):
        return False
    await session.execute(delete(MediaObject).where(MediaObject.sha256 == sha256))
    await storage.delete(object_key(sha256), thumbnail_key(sha256), copy_key(sha256))
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


async def _remove_incoming(session: AsyncSession, storage: Storage, name: str) -> bool:
    if not _is_uuid(name) or await _under_way(session, [name]):
        return False
    await storage.delete(f"incoming/{name}")
    return True


async def abort_abandoned(sessions: Sessions, storage: Storage, older_than: timedelta) -> int:
    """Abort uploads in parts that nobody touched for this long, and those that only the storage knows of."""
    before = clock.now() - older_than
    query = select(MediaUpload).where(MediaUpload.touched_at < before).limit(AT_ONCE)
    async with sessions() as session:
        old = list(await session.scalars(query))
    aborted = 0
    for one in old:
        async with sessions.begin() as session:
            upload = await session.scalar(query.where(MediaUpload.id == one.id).with_for_update())
            if upload is not None:  # nobody went on with it meanwhile
                await uploads.abort(session, storage, upload)
                aborted += 1
    return aborted + await _abort_unknown(sessions, storage, before)


async def _abort_unknown(sessions: Sessions, storage: Storage, before: datetime) -> int:
    def list_some(client: "S3Client") -> list[tuple[str, str]]:
        found = client.list_multipart_uploads(Bucket=storage.bucket, Prefix="incoming/", MaxUploads=AT_ONCE)
        return [(one["Key"], one["UploadId"]) for one in found.get("Uploads", ()) if one["Initiated"] < before]

    there = await storage.call(list_some)
    async with sessions() as session:
        known = set(
            await session.scalars(
                select(MediaUpload.upload_id).where(MediaUpload.upload_id.in_([upload_id for _, upload_id in there]))
            )
        )
    unknown = [(key, upload_id) for key, upload_id in there if upload_id not in known]
    for key, upload_id in unknown:
        await storage.call(
            lambda client, key=key, upload_id=upload_id: client.abort_multipart_upload(  # type: ignore[misc]
                Bucket=storage.bucket, Key=key, UploadId=upload_id
            )
        )
    return len(unknown)
