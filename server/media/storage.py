"""The S3 service as we use it: presigned addresses for phones, and reading back what they put there.

boto3 is synchronous, so calls that touch the network run in a thread; presigning is arithmetic and does not.
"""

import asyncio
import hashlib
from base64 import b64encode
from collections.abc import Callable
from typing import TypeVar

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from server.media.embedded import S3Address, make_client
from server.problems import Unavailable

UPLOAD_SECONDS = 15 * 60
DOWNLOAD_SECONDS = 5 * 60
T = TypeVar("T")


def object_key(sha256: str) -> str:
    """Where bytes with this hash live: the address is the content."""
    return f"cas/{sha256}"


class Storage:
    """One bucket of an S3-compatible service."""

    def __init__(self, address: S3Address, bucket: str, public_endpoint_url: str | None = None) -> None:
        self._client = make_client(address)
        # Phones may reach the service under another address than we do; that one is what gets signed for them.
        public = msgspec.structs.replace(address, endpoint_url=public_endpoint_url or address.endpoint_url)
        self._signer = make_client(public)
        self._bucket = bucket

    async def prepare(self) -> None:
        """Make the bucket when it is missing."""

        def make() -> None:
            names = {bucket["Name"] for bucket in self._client.list_buckets()["Buckets"]}
            if self._bucket not in names:
                self._client.create_bucket(Bucket=self._bucket)

        await self._call(make)

    async def answers(self) -> bool:
        """Whether the service answers a signed request."""
        try:
            await self._call(lambda: self._client.head_bucket(Bucket=self._bucket))
        except Unavailable:
            return False
        return True

    def presign_put(self, sha256: str, size: int, content_type: str) -> tuple[str, dict[str, str]]:
        """An address to PUT these very bytes to, and the headers that must go with it, for 15 minutes.

        The checksum, the length, the type and `if-none-match: *` are signed, so the store refuses other bytes.
        """
        checksum = b64encode(bytes.fromhex(sha256)).decode()
        url = self._signer.generate_presigned_url(
            "put_object",
            Params={
                "Bucket": self._bucket, "Key": object_key(sha256), "ContentLength": size, "ContentType": content_type,
                "ChecksumSHA256": checksum, "IfNoneMatch": "*",
            },
            ExpiresIn=UPLOAD_SECONDS,
        )  # fmt: skip
        headers = {"content-type": content_type, "x-amz-checksum-sha256": checksum, "if-none-match": "*"}
        return url, headers

    def presign_get(self, key: str, filename: str) -> str:
        """An address to read one object from, for 5 minutes."""
        url: str = self._signer.generate_presigned_url(
            "get_object",
            Params={
                "Bucket": self._bucket, "Key": key, "ResponseContentDisposition": f'inline; filename="{filename}"',
            },
            ExpiresIn=DOWNLOAD_SECONDS,
        )  # fmt: skip
        return url

    async def read(self, key: str, limit: int) -> bytes | None:
        """An object's bytes, None when it is not there; never more than `limit` + 1 bytes are read."""

        def fetch() -> bytes | None:
            try:
                stream = self._client.get_object(Bucket=self._bucket, Key=key)["Body"]
            except ClientError as error:
                if error.response["Error"]["Code"] in ("NoSuchKey", "404", "NotFound"):
                    return None
                raise
            with stream:
                data: bytes = stream.read(limit + 1)
            return data

        return await self._call(fetch)

    async def write(self, key: str, data: bytes, content_type: str) -> None:
        """Put an object of our own making (a thumbnail, a PDF)."""
        checksum = b64encode(hashlib.sha256(data).digest()).decode()
        await self._call(
            lambda: self._client.put_object(
                Bucket=self._bucket, Key=key, Body=data, ContentType=content_type, ChecksumSHA256=checksum
            )
        )

    async def move(self, key: str, target: str) -> None:
        """Move an object, so that its address is free again."""

        def run() -> None:
            self._client.copy_object(Bucket=self._bucket, Key=target, CopySource={"Bucket": self._bucket, "Key": key})
            self._client.delete_object(Bucket=self._bucket, Key=key)

        await self._call(run)

    async def _call(self, run: Callable[[], T]) -> T:
        try:
            return await asyncio.to_thread(run)
        except (BotoCoreError, ClientError) as error:
            raise Unavailable("The storage does not answer. Nothing was changed; try again soon.") from error
