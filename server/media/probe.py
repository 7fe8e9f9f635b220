"""Tries at start-up what this storage really enforces, and reports it: what it lacks is named, not assumed.

Everything happens under `probe/` with small objects that are removed again; what a killed probe leaves there is cleared
away with the orphans. One guarantee is one function below; what custody does without a guarantee is in
docs/operations.md.
"""

import asyncio
import hashlib
import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

import httpx
from botocore.exceptions import ClientError

from server.ground import clock
from server.ground.ids import uuid7
from server.ground.problems import Unavailable
from server.media.schemas import Guarantee, StorageOut
from server.media.storage import Storage, abort_parts, checksum_of, storage_errors

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

log = logging.getLogger("fieldproof.storage")
AGAIN = 30.0
"""Seconds until the next try when the storage did not answer."""
PART = 5 * 1024 * 1024


class Tried(NamedTuple):
    """Whether it held, and what was seen."""

    holds: bool
    seen: str


class Try:
    """One run of the probe: the storage, an HTTP client as a phone would have it, and a prefix of its own."""

    def __init__(self, storage: Storage, http: httpx.Client, origin: str, run: UUID) -> None:
        self.storage, self.http, self.origin, self.run = storage, http, origin, run
        self.body = os.urandom(1000)

    def key(self, name: str) -> str:
        """An object of this run."""
        return f"probe/{self.run}/{name}"

    def address(self, name: str, *, seconds: int = 60) -> tuple[str, dict[str, str]]:
        """Where to PUT `body`, signed as for a phone."""
        checksum = checksum_of(hashlib.sha256(self.body).hexdigest())
        url = self.storage.client.generate_presigned_url(
            "put_object",
            Params={
                "Bucket": self.storage.bucket, "Key": self.key(name), "ContentLength": len(self.body),
                "ContentType": "image/jpeg", "ChecksumSHA256": checksum, "IfNoneMatch": "*",
            },
            ExpiresIn=seconds,
        )  # fmt: skip
        return url, {"content-type": "image/jpeg", "x-amz-checksum-sha256": checksum, "if-none-match": "*"}

    def put(self, name: str, body: bytes | None = None, **headers: str) -> httpx.Response:
        """PUT there, `body` unless others are given."""
        url, signed = self.address(name)
        sent = signed | {key.replace("_", "-"): value for key, value in headers.items()}
        return self.http.put(url, headers=sent, content=self.body if body is None else body)


def _refused(answer: httpx.Response) -> Tried:
    return Tried(answer.status_code in (400, 403), f"answered {answer.status_code}")


def _upload(probe: Try) -> Tried:
    answer = probe.put("whole")
    return Tried(answer.is_success, f"answered {answer.status_code}")


def _checksum(probe: Try) -> Tried:
    return _refused(probe.put("checksum", os.urandom(len(probe.body))))


def _length(probe: Try) -> Tried:
    return _refused(probe.put("length", probe.body + b"x"))


def _content_type(probe: Try) -> Tried:
    return _refused(probe.put("type", content_type="text/html"))


def _no_overwrite(probe: Try) -> Tried:
    answer = probe.put("whole")
    return Tried(answer.status_code == 412, f"answered {answer.status_code}")


def _method(probe: Try) -> Tried:
    url, headers = probe.address("whole")
    read, removed = probe.http.get(url), probe.http.delete(url, headers=headers)
    return Tried(
        read.status_code == removed.status_code == 403,
        f"GET was answered {read.status_code}, DELETE {removed.status_code}",
    )


def _private(probe: Try) -> Tried:
    answer = probe.http.get(probe.address("whole")[0].partition("?")[0])
    return Tried(answer.status_code in (401, 403), f"answered {answer.status_code}")


def _attachment(probe: Try) -> Tried:
    name = 'attachment; filename="a.jpg"'
    answer = probe.http.get(
        probe.storage.client.generate_presigned_url(
            "get_object",
            Params={
                "Bucket": probe.storage.bucket, "Key": probe.key("whole"), "ResponseContentType": "image/png",
                "ResponseContentDisposition": name,
            },
        )
    )  # fmt: skip
    seen = answer.headers.get("content-type"), answer.headers.get("content-disposition")
    return Tried(seen == ("image/png", name), f"sent {seen[0]}, {seen[1]}")


def _nosniff(probe: Try) -> Tried:
    answer = probe.http.get(
        probe.storage.client.generate_presigned_url(
            "get_object", Params={"Bucket": probe.storage.bucket, "Key": probe.key("whole")}
        )
    )
    seen = answer.headers.get("x-content-type-options")
    return Tried(seen == "nosniff", f"sent {seen or 'no x-content-type-options'}")


def _browser(probe: Try) -> Tried:
    url, headers = probe.address("browser")
    asked = {
        "origin": probe.origin, "access-control-request-method": "PUT",
        "access-control-request-headers": ",".join(headers),
    }  # fmt: skip
    preflight = probe.http.options(url, headers=asked)
    sent = probe.put("browser", origin=probe.origin)
    allowed = preflight.headers.get("access-control-allow-origin"), sent.headers.get("access-control-allow-origin")
    exposed = sent.headers.get("access-control-expose-headers", "").lower()
    holds = preflight.is_success and all(one in ("*", probe.origin) for one in allowed)
    return Tried(
        holds and ("etag" in exposed or "*" in exposed), f"allows {allowed[0]}, exposes {exposed or 'nothing'}"
    )


def _same_version(probe: Try) -> Tried:
    copy: dict[str, Any] = {
        "Bucket": probe.storage.bucket, "Key": probe.key("copy"),
        "CopySource": {"Bucket": probe.storage.bucket, "Key": probe.key("whole")},
    }  # fmt: skip
    try:
        probe.storage.client.copy_object(**copy, CopySourceIfMatch='"0123456789abcdef0123456789abcdef"')
    except ClientError as error:
        code = error.response["Error"]["Code"]
        return Tried(code in ("PreconditionFailed", "412"), f"answered {code}")
    return Tried(False, "copied another version")


def _parts(probe: Try) -> Tried:
    client = probe.storage.client
    place: dict[str, Any] = {"Bucket": probe.storage.bucket, "Key": probe.key("parts")}
    upload_id = client.create_multipart_upload(**place, ChecksumAlgorithm="SHA256")["UploadId"]
    try:
        return _joined(probe, place, upload_id)
    finally:
        abort_parts(client, place["Bucket"], place["Key"], upload_id)


def _joined(probe: Try, place: dict[str, Any], upload_id: str) -> Tried:
    client, upload = probe.storage.client, {**place, "UploadId": upload_id}
    bodies, etags = [os.urandom(PART), os.urandom(1000)], []
    checksums = [checksum_of(hashlib.sha256(body).hexdigest()) for body in bodies]
    for number, (body, checksum) in enumerate(zip(bodies, checksums, strict=True), 1):
        params = {**upload, "PartNumber": number, "ContentLength": len(body), "ChecksumSHA256": checksum}
        url = client.generate_presigned_url("upload_part", Params=params)
        if number == 2:
            wrong = probe.http.put(url, headers={"x-amz-checksum-sha256": checksum}, content=os.urandom(len(body)))
            if wrong.is_success:
                return Tried(False, "took a part whose checksum is another")
        etags.append(probe.http.put(url, headers={"x-amz-checksum-sha256": checksum}, content=body).headers["etag"])
    parts: list[CompletedPartTypeDef] = [
        {"PartNumber": number, "ETag": etag, "ChecksumSHA256": checksum}
        for number, (etag, checksum) in enumerate(zip(etags, checksums, strict=True), 1)
    ]
    client.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
    whole = client.get_object(**place)["Body"].read()
    return Tried(whole == b"".join(bodies), "joined" if whole == b"".join(bodies) else "joined other bytes")


GUARANTEES: tuple[tuple[str, str, Callable[[Try], Tried]], ...] = (
    ("upload", "a signed upload is taken", _upload),
    ("checksum", "bytes with another SHA-256 than signed are refused", _checksum),
    ("length", "bytes of another length than signed are refused", _length),
    ("content_type", "another content type than signed is refused", _content_type),
    ("no_overwrite", "an object that is there is not written over (if-none-match)", _no_overwrite),
    ("method", "an address for PUT is good for PUT only", _method),
    ("private", "nobody reads an object without a signature", _private),
    ("attachment", "the type and name signed for a download are sent", _attachment),
    ("same_version", "an object is copied only while it is the one that was looked at", _same_version),
    ("parts", "parts with a wrong checksum are refused, and right ones joined byte for byte", _parts),
    ("browser", "the web app's origin may upload, and sees ETag (CORS)", _browser),
    ("nosniff", "browsers are told not to guess the type", _nosniff),
)
"""Each by name, what it means, and how it is tried; later ones use what earlier ones stored."""


def run(storage: Storage, origin: str) -> StorageOut:
    """Try everything. Takes a little over a second, most of it waiting for a signature to expire; blocks.

    Raises `Unavailable` when the storage does not answer.
    """
    began, found = time.monotonic(), []
    with storage_errors(), httpx.Client(timeout=5, trust_env=False) as http:
        storage.client.head_bucket(Bucket=storage.bucket)
        probe = Try(storage, http, origin, uuid7())
        try:
            late_url, late_headers = probe.address("expired", seconds=1)
            signed = time.monotonic()
            for name, meaning, attempt in GUARANTEES:
                found.append(_outcome(name, meaning, attempt, probe))
            time.sleep(max(0.0, signed + 1.2 - time.monotonic()))

            def expiry(_: Try) -> Tried:
                return _refused(http.put(late_url, headers=late_headers, content=probe.body))

            found.append(_outcome("expiry", "a signature that has expired is refused", expiry, probe))
        finally:
            for page in storage.pages(probe.key("")):
                for one in page:
                    storage.client.delete_object(Bucket=storage.bucket, Key=one.key)
    return StorageOut(
        storage.address.endpoint_url, clock.now(), round(time.monotonic() - began, 2), found,
        [one.name for one in found if not one.holds],
    )  # fmt: skip


def _outcome(name: str, meaning: str, attempt: Callable[[Try], Tried], probe: Try) -> Guarantee:
    try:
        tried = attempt(probe)
    except (ClientError, httpx.HTTPError, KeyError) as error:
        return Guarantee(name, meaning, None, f"could not be tried: {type(error).__name__}: {error}"[:300])
    return Guarantee(name, meaning, tried.holds, tried.seen)


async def probe_when_there(storage: Storage, origin: str) -> None:
    """Make the bucket and probe the storage, as soon as it answers; `storage.report` has what came of it."""
    while True:
        try:
            await storage.prepare()
            storage.report = await storage.call(lambda _: run(storage, origin))
        except Unavailable as error:
            log.warning("%s It is probed again in %d s.", error, AGAIN)
            await asyncio.sleep(AGAIN)
            continue
        for one in storage.report.guarantees:
            if not one.holds:
                log.warning("storage: '%s' is not given: %s (%s)", one.name, one.meaning, one.seen)
        log.info("storage: %d guarantees tried in %.1f s", len(storage.report.guarantees), storage.report.seconds)
        return


@contextmanager
def probing(storage: Storage, origin: str) -> Iterator[None]:
    """Probe beside the serving; nothing waits for it."""
    task = asyncio.create_task(probe_when_there(storage, origin))
    try:
        yield
    finally:
        task.cancel()
