"""Uploads in parts, for photos above about 16 MB: begin or resume, sign parts, see what arrived, complete, abort.

Parts go to `incoming/`, never straight to the address that is the hash: whole, the object is read and hashed there, and
only true bytes are copied to their address. A part is signed for its checksum, which is then the part's for good.
"""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from botocore.exceptions import ClientError
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from server import clock
from server.ids import uuid7
from server.media.models import MediaPart, MediaUpload, Photo
from server.media.rules import PART_SIZE, part_sizes
from server.media.schemas import ArrivedPart, SignedPart
from server.media.storage import UPLOAD_SECONDS, Storage, checksum_of, is_gone
from server.problems import Conflict, Invalid, NotFound

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


async def begin(session: AsyncSession, storage: Storage, photo: Photo) -> tuple[MediaUpload, list[ArrivedPart]]:
    """The upload of a photo, a new one unless one is under way; and the parts that are there already."""
    await session.refresh(photo, with_for_update=True)
    upload = await find(session, photo.id)
    if upload is not None:
        try:
            return await _touched(session, upload), await arrived(storage, upload)
        except NoUpload:  # the storage dropped it, or it was completed and not found to be the photo
            await forget(session, upload)
    upload_row = MediaUpload(id=uuid7(), photo_id=photo.id, upload_id="", part_size=PART_SIZE, touched_at=clock.now())
    made = await storage.call(
        lambda client: client.create_multipart_upload(
            Bucket=storage.bucket, Key=incoming_key(upload_row), ContentType=photo.content_type,
            ChecksumAlgorithm="SHA256",
        )
    )  # fmt: skip
    upload_row.upload_id = made["UploadId"]
    session.add(upload_row)
    await session.flush()
    return upload_row, []


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
    sizes = part_sizes(photo.size)
    if unknown := [number for number in wanted if not 1 <= number <= len(sizes)]:
        raise Invalid(f"This photo has parts 1 to {len(sizes)}, not {unknown[0]}.")
    rows = [{"media_upload_id": upload.id, "number": number, "sha256": sha} for number, sha in wanted.items()]
    await session.execute(insert(MediaPart).values(rows).on_conflict_do_nothing())
    promised = await _promised(session, upload)
    if changed := [number for number, sha in wanted.items() if promised[number] != sha]:
        raise PartChanged(
            f"Part {changed[0]} was signed for other bytes. Abort this upload (DELETE) and begin again.",
            number=changed[0],
        )
    return [_sign(storage, upload, number, sizes[number - 1], sha) for number, sha in wanted.items()]


def _sign(storage: Storage, upload: MediaUpload, number: int, size: int, sha256: str) -> SignedPart:
    checksum = checksum_of(sha256)
    url = storage.signer.generate_presigned_url(
        "upload_part",
        Params={
            "Bucket": storage.bucket, "Key": incoming_key(upload), "UploadId": upload.upload_id, "PartNumber": number,
            "ContentLength": size, "ChecksumSHA256": checksum,
        },
        ExpiresIn=UPLOAD_SECONDS,
    )  # fmt: skip
    return SignedPart(number, size, url, {"x-amz-checksum-sha256": checksum})


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


async def assemble(session: AsyncSession, storage: Storage, photo: Photo) -> str:
    """Have the storage join the parts; returns the key of the whole, which is still to be verified.

    Raises `PartsMissing` with the numbers that are to be sent (again). Joined before (the answer was lost): the same key.
    """
    upload = await must_find(session, photo.id)
    try:
        there = {part.number: part for part in await arrived(storage, upload)}
    except NoUpload:
        return incoming_key(upload)
    promised = await _promised(session, upload)
    sizes = dict(enumerate(part_sizes(photo.size), 1))
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
    return incoming_key(upload)


async def abort(session: AsyncSession, storage: Storage, upload: MediaUpload) -> None:
    """Drop an upload and its parts."""
    await storage.abort(incoming_key(upload), upload.upload_id)
    await storage.delete(incoming_key(upload))
    await forget(session, upload)


async def forget(session: AsyncSession, upload: MediaUpload) -> None:
    """Remove our record of an upload."""
    await session.execute(delete(MediaUpload).where(MediaUpload.id == upload.id))


async def _touched(session: AsyncSession, upload: MediaUpload) -> MediaUpload:
    upload.touched_at = clock.now()
    await session.flush()
    return upload


async def _promised(session: AsyncSession, upload: MediaUpload) -> dict[int, str]:
    rows = await session.execute(
        select(MediaPart.number, MediaPart.sha256).where(MediaPart.media_upload_id == upload.id)
    )
    return {row.number: row.sha256 for row in rows}
