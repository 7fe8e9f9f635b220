"""The S3 service as we use it: presigned addresses for phones, and reading back what they put there.

boto3 is synchronous, so calls that touch the network run in a thread; presigning is arithmetic and does not.
"""

import asyncio
import hashlib
import logging
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from typing import IO, TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from server.embedded.storage import S3Address, make_client
from server.ground.outages import STORAGE, outages
from server.ground.problems import NotFound, Unavailable
from server.media.schemas import StorageOut

if TYPE_CHECKING:
    from botocore.response import StreamingBody
    from mypy_boto3_s3 import S3Client

log = logging.getLogger("fieldproof.storage")
OBJECTS = "/objects"
"""Where the API has the objects, when phones go through it (`relay.py`)."""
UPLOAD_SECONDS = 15 * 60
DOWNLOAD_SECONDS = 5 * 60
CHUNK = 256 * 1024
"""Bytes that are held at a time while an object is read."""
PAGE = 500
"""Uploads in parts that are listed at a time."""
THREADS = 16
"""Calls at a time. These threads are nobody else's, so that a storage that hangs holds up nothing else."""
QUEUE_SECONDS = 15.0
"""How long a call waits for one of them."""
ANSWER_SECONDS = 5.0
"""How long `answers` waits."""
SETTLING = 4
"""Photos at a time whose bytes are moved with a transaction open; the rest of the database's connections is free."""
GONE = frozenset({"NoSuchKey", "NoSuchUpload", "404", "NotFound"})
T = TypeVar("T")


def object_key(sha256: str) -> str:
    """Where bytes with this hash live: the address is the content."""
    return f"cas/{sha256}"


def checksum_of(sha256: str) -> str:
    """A hex hash as S3 writes it: base64."""
    return b64encode(bytes.fromhex(sha256)).decode()


class Fetched(msgspec.Struct, frozen=True):
    """What was read of an object: its hash and size as we counted them, and which version of it that was."""

    sha256: str
    size: int
    etag: str


class Stored(msgspec.Struct, frozen=True):
    """One line of a listing."""

    key: str
    changed_at: datetime


class Seen(msgspec.Struct, frozen=True):
    """What the service says of an object without sending it."""

    size: int
    etag: str


class Unfinished(msgspec.Struct, frozen=True):
    """An upload in parts that was begun and neither completed nor aborted."""

    key: str
    upload_id: str
    begun_at: datetime


class Storage:
    """One bucket of an S3-compatible service.

    Phones reach it under `public_endpoint_url`; without one through the API, whose public address is `through`; with
    neither under the address that we use ourselves.
    """

    def __init__(
        self,
        address: S3Address,
        bucket: str,
        public_endpoint_url: str | None = None,
        *,
        through: str | None = None,
    ) -> None:
        self.client = make_client(address)
        # The address that is signed is the one that the service sees: through the API our own.
        public = msgspec.structs.replace(address, endpoint_url=public_endpoint_url or address.endpoint_url)
        self.signer = make_client(public)
        self.through = None if public_endpoint_url else through
        self.bucket = bucket
        self.address = address
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="storage")
        self.settling = asyncio.Semaphore(SETTLING)
        self.report: StorageOut | None = None  # what the probe at start-up saw

    async def prepare(self) -> None:
        """Make the bucket when it is missing."""

        def make(client: "S3Client") -> None:
            names = {bucket["Name"] for bucket in client.list_buckets()["Buckets"]}
            if self.bucket not in names:
                client.create_bucket(Bucket=self.bucket)

        await self.call(make)

    async def answers(self) -> bool:
        """Whether the service answers a signed request."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self.call(lambda client: client.head_bucket(Bucket=self.bucket))
        except (Unavailable, TimeoutError):
            return False
        return True

    def presign_put(self, key: str, sha256: str, size: int, content_type: str) -> tuple[str, dict[str, str]]:
        """An address to PUT these very bytes to under `key`, and the headers that must go with it, for 15 minutes.

        The checksum, the length, the type and `if-none-match: *` are signed, so the store refuses other bytes.
        """
        checksum = checksum_of(sha256)
        url = self.presign(
            "put_object", UPLOAD_SECONDS, Key=key, ContentLength=size, ContentType=content_type,
            ChecksumSHA256=checksum, IfNoneMatch="*",
        )  # fmt: skip
        headers = {"content-type": content_type, "x-amz-checksum-sha256": checksum, "if-none-match": "*"}
        return url, headers

    def presign_get(self, key: str, filename: str, content_type: str) -> str:
        """An address to read one object from, for 5 minutes: of this type whatever it holds, and never shown as a page."""
        return self.presign(
            "get_object", DOWNLOAD_SECONDS, Key=key, ResponseContentType=content_type,
            ResponseContentDisposition=f'attachment; filename="{filename}"',
        )  # fmt: skip

    def presign(self, call: str, seconds: int, **params: Any) -> str:
        """An address with which a phone does this one call, for so many seconds."""
        url: str = self.signer.generate_presigned_url(call, {"Bucket": self.bucket, **params}, seconds)
        if self.through is None:
            return url
        parts = urlsplit(url)
        return f"{self.through}{OBJECTS}{parts.path}?{parts.query}"

    def fetch(self, key: str, file: IO[bytes], limit: int) -> Fetched | None:
        """Copy an object into an open file and hash it on the way, `CHUNK` bytes at a time; None when it is not there.

        At most `limit` bytes and one chunk are read; then `size` is above the limit. Blocks: call it in a thread.
        """
        with storage_errors():
            try:
                found = self.client.get_object(Bucket=self.bucket, Key=key)
            except ClientError as error:
                if is_gone(error):
                    return None
                raise
            digest, size = hashlib.sha256(), 0
            with found["Body"] as stream:
                while size <= limit and (part := stream.read(CHUNK)):
                    digest.update(part)
                    size += file.write(part)
            file.flush()
            return Fetched(digest.hexdigest(), size, found["ETag"])

    async def read(self, key: str, limit: int) -> bytes | None:
        """An object's bytes, None when it is not there; never more than `limit` + 1 bytes are read."""

        def get(client: "S3Client") -> bytes | None:
            try:
                stream = client.get_object(Bucket=self.bucket, Key=key)["Body"]
            except ClientError as error:
                if is_gone(error):
                    return None
                raise
            with stream:
                data: bytes = stream.read(limit + 1)
            return data

        return await self.call(get)

    async def look(self, key: str) -> Seen | None:
        """What the service says of an object, None when it is not there. To be believed of nothing that matters."""

        def head(client: "S3Client") -> Seen | None:
            try:
                found = client.head_object(Bucket=self.bucket, Key=key)
            except ClientError as error:
                if is_gone(error):
                    return None
                raise
            return Seen(found["ContentLength"], found["ETag"])

        return await self.call(head)

    async def stream(self, key: str) -> AsyncIterator[bytes]:
        """An object's bytes, `CHUNK` at a time. Raises `NotFound` at once when it is not there."""

        def begin(client: "S3Client") -> "StreamingBody":
            try:
                return client.get_object(Bucket=self.bucket, Key=key)["Body"]
            except ClientError as error:
                if is_gone(error):
                    raise NotFound("The storage does not have it. Tell whoever runs the storage.") from error
                raise

        body = await self.call(begin)

        async def chunks() -> AsyncIterator[bytes]:
            with body:
                while part := await self.call(lambda _: body.read(CHUNK)):
                    yield part

        return chunks()

    async def write(self, key: str, data: bytes, content_type: str) -> None:
        """Put an object of our own making (a thumbnail, a PDF)."""
        checksum = b64encode(hashlib.sha256(data).digest()).decode()
        await self.call(
            lambda client: client.put_object(
                Bucket=self.bucket, Key=key, Body=data, ContentType=content_type, ChecksumSHA256=checksum
            )
        )

    async def copy(self, key: str, target: str, etag: str) -> bool:
        """Copy one version of an object within the storage; False when the object is another by now, or gone."""

        def run(client: "S3Client") -> bool:
            try:
                client.copy_object(
                    Bucket=self.bucket,
                    Key=target,
                    CopySource={"Bucket": self.bucket, "Key": key},
                    CopySourceIfMatch=etag,
                )
            except ClientError as error:
                if is_gone(error) or error.response["Error"]["Code"] in ("PreconditionFailed", "412"):
                    return False
                raise
            return True

        return await self.call(run)

    async def delete(self, *keys: str) -> None:
        """Remove objects; one that is gone already is no error."""

        def run(client: "S3Client") -> None:
            for key in keys:
                client.delete_object(Bucket=self.bucket, Key=key)

        await self.call(run)

    def pages(self, prefix: str, after: str | None = None) -> Iterator[list[Stored]]:
        """The objects under a prefix, those that follow `after`, up to 1,000 at a time. Blocks: see `next_page`."""
        with storage_errors():
            for page in self.client.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket, Prefix=prefix, StartAfter=after or ""
            ):
                yield [Stored(one["Key"], one["LastModified"]) for one in page.get("Contents", ())]

    def unfinished(self, prefix: str) -> Iterator[list[Unfinished]]:
        """The uploads in parts under a prefix, some at a time. Blocks: see `next_page`."""
        with storage_errors():
            for page in self.client.get_paginator("list_multipart_uploads").paginate(
                Bucket=self.bucket, Prefix=prefix, PaginationConfig={"PageSize": PAGE}
            ):
                yield [Unfinished(one["Key"], one["UploadId"], one["Initiated"]) for one in page.get("Uploads", ())]

    async def abort(self, key: str, upload_id: str) -> None:
        """Drop an upload in parts with what has arrived of it; one that is gone already is no error."""
        await self.call(lambda client: abort_parts(client, self.bucket, key, upload_id))

    async def call(self, run: "Callable[[S3Client], T]") -> T:
        """Run something against the service in a thread of the storage's own. Raises `Unavailable` when it cannot do it.

        What has not begun in time is given up. What has begun is waited for until the client gives up: a removal must
        not go on when the transaction that guards it has ended.
        """

        def guarded() -> T:
            with storage_errors():
                return run(self.client)

        begun = self._threads.submit(guarded)
        future = asyncio.wrap_future(begun)
        try:
            await asyncio.wait({future}, timeout=QUEUE_SECONDS)
        except asyncio.CancelledError:
            future.cancel()
            raise
        if not future.done() and begun.cancel():
            raise Unavailable("The storage has too much to do. Nothing was changed; try again soon.")
        return await future

    async def next_page(self, pages: Iterator[T]) -> T | None:
        """The next page of a listing, None after the last."""
        return await self.call(lambda _: next(pages, None))


def abort_parts(client: "S3Client", bucket: str, key: str, upload_id: str) -> None:
    """Drop an upload in parts; one that is gone already is no error. Blocks."""
    try:
        client.abort_multipart_upload(Bucket=bucket, Key=key, UploadId=upload_id)
    except ClientError as error:
        if not is_gone(error):
            raise


def is_gone(error: ClientError) -> bool:
    """Whether the service says that there is no such object or upload."""
    return error.response["Error"]["Code"] in GONE


@contextmanager
def storage_errors() -> Iterator[None]:
    """Turn whatever goes wrong between us and the service into `Unavailable`, and say once to the log what it was.

    The cause is named without addresses: they may be signed.
    """
    try:
        yield
    except ClientError as error:
        code, said = error.response["Error"].get("Code", ""), error.response["Error"].get("Message", "")
        outages.seen(STORAGE, f"the storage refuses {error.operation_name}: {code}: {said[:300]}")
        raise Unavailable(f"The storage refuses ({code}). Nothing was changed; try again soon.") from error
    except BotoCoreError as error:
        outages.seen(STORAGE, f"the storage does not answer: {type(error).__name__}")
        raise Unavailable("The storage does not answer. Nothing was changed; try again soon.") from error
