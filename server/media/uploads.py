"""Uploads in parts, for photos above about 16 MB: begin or resume, sign parts, see what arrived, complete, abort.

Parts go to `incoming/`, never straight to the address that is the hash: whole, the object is read and hashed there, and
only true bytes are copied to their address. A part is signed for its checksum, which is then the part's for good.
"""

from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from botocore.exceptions import ClientError
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from server.database.engine import Sessions
from server.ground import clock
from server.ground.ids import uuid7
from server.ground.problems import Conflict, Invalid, NotFound
from server.media.models import MediaPart, MediaUpload, Photo
from server.media.rules import PART_SIZE, part_sizes
from server.media.schemas import ArrivedPart, SignedPart
from server.media.storage import UPLOAD_SECONDS, Storage, checksum_of, is_gone

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef, PartTypeDef

REFUSED_PARTS = frozenset({"InvalidPart", "InvalidPartOrder", "EntityTooSmall", "BadDigest"})


class NoUpload(NotFound):
    """No upload of this photo in parts is under way"""

    code = "no_upload"


class PartsMissing(Conflict):
    """Parts of the photo have not arrived yet"""

    code = "parts_missing"


class PartChanged(Conflict):
    """This part was promised with another checksum"""

    code = "part_changed"


def incoming_key(upload: MediaUpload) -> str:
    """Where the parts and the unverified whole live."""
    return f"incoming/{upload.id}"


async def begin(sessions: Sessions, storage: Storage, photo: Photo) -> tuple[MediaUpload, list[ArrivedPart]]:
    """The upload of a photo, a new one unless one is under way; and the parts that are there already.

    Joined, but not verified yet (the server was busy, or killed): the same upload, and all its parts are there.
    No transaction is open while the storage is asked.
    """
    async with sessions.begin() as session:
        known = await find(session, photo.id)
        if known is not None:
            await _touched(session, known)
    if known is not None:
        with suppress(NoUpload):  # the storage dropped it, or it was completed and not found to be the photo
            return known, await there(storage, known, photo)
    fresh = MediaUpload(id=uuid7(), photo_id=photo.id, upload_id="", part_size=PART_SIZE, touched_at=clock.now())
    made = await storage.call(
        lambda client: client.create_multipart_upload(
            Bucket=storage.bucket, Key=incoming_key(fresh), ContentType=photo.content_type, ChecksumAlgorithm="SHA256"
        )
    )
    fresh.upload_id = made["UploadId"]
    if (other := await _keep(sessions, fresh, instead_of=known)) is None:
        return fresh, []
    await storage.abort(incoming_key(fresh), fresh.upload_id)
    return other, await there(storage, other, photo)


async def _keep(sessions: Sessions, fresh: MediaUpload, *, instead_of: MediaUpload | None) -> MediaUpload | None:
    """Record an upload; returns the one that another call has begun meanwhile, when there is one."""
    async with sessions.begin() as session:
        await session.get_one(Photo, fresh.photo_id, with_for_update=True)
        other = await find(session, fresh.photo_id)
        if other is not None:
            if instead_of is None or other.id != instead_of.id:
                return other
            await forget(session, other)
        session.add(fresh)
        return None


async def find(session: AsyncSession, photo_id: UUID) -> MediaUpload | None:
    """The upload of a photo that is under way."""
    return await session.scalar(select(MediaUpload).where(MediaUpload.photo_id == photo_id))


async def must_find(session: AsyncSession, photo_id: UUID) -> MediaUpload:
    """The upload of a photo that is under way. Raises `NoUpload`."""
    upload = await find(session, photo_id)
    if upload is None:
        raise NoUpload("Begin one first: POST /v1/photos/{id}/multipart.")
    return upload


async def sign_parts(session: AsyncSession, storage: Storage, photo: Photo, wanted: dict[int, str]) -> list[SignedPart]:
    """An address for each wanted part, by number from 1 and hex SHA-256, good for 15 minutes; sign again after that.

    Raises `PartChanged` when a part was signed before for other bytes, `NoUpload` when there is no upload.
    """
    upload = await _touched(session, await must_find(session, photo.id))
    sizes = part_sizes(photo.size, upload.part_size)
    if unknown := [number for number in wanted if not 1 <= number <= len(sizes)]:
        raise Invalid(f"This photo has parts 1 to {len(sizes)}, not {unknown[0]}.")
    rows = [{"media_upload_id": upload.id, "number": number, "sha256": sha} for number, sha in wanted.items()]
    await session.execute(insert(MediaPart).values(rows).on_conflict_do_nothing())
    promised = await promised_parts(session, upload)
    if changed := [number for number, sha in wanted.items() if promised[number] != sha]:
        raise PartChanged(
            f"Part {changed[0]} was signed for other bytes. Abort this upload (DELETE) and begin again.",
            number=changed[0],
        )
    return [_sign(storage, upload, number, sizes[number - 1], sha) for number, sha in wanted.items()]


def _sign(storage: Storage, upload: MediaUpload, number: int, size: int, sha256: str) -> SignedPart:
    checksum = checksum_of(sha256)
    url = storage.presign(
        "upload_part", UPLOAD_SECONDS, Key=incoming_key(upload), UploadId=upload.upload_id, PartNumber=number,
        ContentLength=size, ChecksumSHA256=checksum,
    )  # fmt: skip
    return SignedPart(number, size, url, {"x-amz-checksum-sha256": checksum})


async def there(storage: Storage, upload: MediaUpload, photo: Photo) -> list[ArrivedPart]:
    """The parts that need not be sent again: those that arrived, or all of them when they were joined already.

    Of joined parts only the whole's tag is known. Raises `NoUpload` when the storage has neither parts nor whole.
    """
    try:
        return await arrived(storage, upload)
    except NoUpload:
        whole = await storage.look(incoming_key(upload))
        if whole is None or whole.size != photo.size:
            raise
    sizes = part_sizes(photo.size, upload.part_size)
    return [ArrivedPart(number, size, whole.etag) for number, size in enumerate(sizes, 1)]


async def arrived(storage: Storage, upload: MediaUpload) -> list[ArrivedPart]:
    """The parts that the storage has, by number. Some services list a part that was sent twice twice: the newest counts.

    Raises `NoUpload` when the storage does not know the upload (any more).
    """

    def list_all(client: "S3Client") -> list["PartTypeDef"]:
        pages = client.get_paginator("list_parts").paginate(
            Bucket=storage.bucket, Key=incoming_key(upload), UploadId=upload.upload_id
        )
        try:
            return [part for page in pages for part in page.get("Parts", ())]
        except ClientError as error:
            if is_gone(error):
                raise NoUpload("The upload is not known to the storage any more. Begin again.") from error
            raise

    newest: dict[int, tuple[datetime, ArrivedPart]] = {}
    for part in await storage.call(list_all):
        number, changed_at = part["PartNumber"], part["LastModified"]
        if number not in newest or newest[number][0] <= changed_at:
            newest[number] = changed_at, ArrivedPart(number, part["Size"], part["ETag"])
    return [newest[number][1] for number in sorted(newest)]


async def promised_parts(session: AsyncSession, upload: MediaUpload) -> dict[int, str]:
    """The checksum that each part was signed for, by number."""
    rows = await session.execute(
        select(MediaPart.number, MediaPart.sha256).where(MediaPart.media_upload_id == upload.id)
    )
    return {row.number: row.sha256 for row in rows}


async def assemble(storage: Storage, photo: Photo, upload: MediaUpload, promised: dict[int, str]) -> None:
    """Have the storage join the parts into a whole, which is still to be verified.

    Raises `PartsMissing` with the numbers that are to be sent (again). Joined before (the answer was lost): fine too.
    """
    try:
        there = {part.number: part for part in await arrived(storage, upload)}
    except NoUpload:
        return
    sizes = dict(enumerate(part_sizes(photo.size, upload.part_size), 1))
    missing = [n for n, size in sizes.items() if n not in there or there[n].size != size or n not in promised]
    if missing:
        raise PartsMissing(
            f"{len(missing)} of {len(sizes)} parts are missing. Send them and complete again.", missing=missing
        )
    parts: list[CompletedPartTypeDef] = [
        {"PartNumber": n, "ETag": there[n].etag, "ChecksumSHA256": checksum_of(promised[n])} for n in sizes
    ]

    def join(client: "S3Client") -> None:
        try:
            client.complete_multipart_upload(
                Bucket=storage.bucket,
                Key=incoming_key(upload),
                UploadId=upload.upload_id,
                MultipartUpload={"Parts": parts},
            )
        except ClientError as error:
            if error.response["Error"]["Code"] in REFUSED_PARTS:
                raise PartsMissing(
                    "The storage does not take the parts. Abort this upload (DELETE) and begin again.",
                    missing=list(sizes),
                ) from error
            if not is_gone(error):  # gone: another call joined them a moment ago
                raise

    await storage.call(join)


async def abort(storage: Storage, upload: MediaUpload) -> None:
    """Drop an upload's parts, and the whole; the record of it is the caller's to `forget`."""
    await storage.abort(incoming_key(upload), upload.upload_id)
    await storage.delete(incoming_key(upload))


async def forget(session: AsyncSession, upload: MediaUpload) -> None:
    """Remove our record of an upload."""
    await session.execute(delete(MediaUpload).where(MediaUpload.id == upload.id))


async def _touched(session: AsyncSession, upload: MediaUpload) -> MediaUpload:
    upload.touched_at = clock.now()
    await session.flush()
    return upload


async def drop(sessions: Sessions, storage: Storage, photo: Photo) -> None:
    """Drop the upload of a photo and its parts; the promise stays. Raises `NoUpload`."""
    async with sessions() as session:
        upload = await must_find(session, photo.id)
    await abort(storage, upload)
    async with sessions.begin() as session:
        await forget(session, upload)
