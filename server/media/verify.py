"""Verifying stored bytes ourselves: hash, type by content, and a decode in a limited process of its own.

A store may echo a checksum that is not true, and HEAD says what it was told; what counts is what we read back. The bytes
go through a temporary file in small pieces, so that memory does not grow with the photo. Few are looked at at a time.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from tempfile import TemporaryFile
from typing import TypeVar

import msgspec

from server.ground.problems import Busy
from server.media.decoder import Decoded, decode
from server.media.rules import MAX_PHOTO, is_type, sniff, words_behind
from server.media.storage import Storage

THUMBNAIL = 640
"""Pixels of a thumbnail's longer side."""
COPY = 2560
"""Pixels of the longer side of a copy for customers."""
AT_A_TIME = 2
MOST_WAITING = 64
"""Photos that may wait for one of these threads; whoever comes then is asked to come again."""

_threads = ThreadPoolExecutor(AT_A_TIME, thread_name_prefix="verify")
_waiting = 0
T = TypeVar("T")


class Finding(msgspec.Struct, frozen=True):
    """What stored bytes are. `fault` is empty when they are what was promised; `remark` is worth knowing all the same.

    `poisonous` bytes are not what their address says and must not stay there. All others have the promised hash and are
    kept whatever else is wrong: `mispromised` when the promise is (its size or type), and they may be another promise's
    true photo; otherwise no picture can be made of them.
    """

    fault: str
    etag: str
    poisonous: bool = False
    mispromised: bool = False
    remark: str = ""
    width: int = 0
    height: int = 0
    thumbnail: bytes = b""


def examine(storage: Storage, key: str, *, sha256: str, size: int, content_type: str) -> Finding | None:
    """Read an object and compare it with what was promised; None when nothing is there. Blocks for up to some seconds."""
    with TemporaryFile() as file:
        fetched = storage.fetch(key, file, MAX_PHOTO)
        if fetched is None:
            return None
        wrong = partial(Finding, etag=fetched.etag)
        if fetched.size > MAX_PHOTO:
            return wrong(f"it has more than {MAX_PHOTO} bytes", poisonous=True)
        if fetched.sha256 != sha256:
            return wrong(
                f"it has {fetched.size} bytes, not {size}" if fetched.size != size else "its SHA-256 is another",
                poisonous=True,
            )
        if fetched.size != size:
            return wrong(f"the promise is wrong: it has {fetched.size} bytes, not {size}", mispromised=True)
        file.seek(0)
        head = file.read(12)
        found = sniff(head)
        if found is None:
            return wrong("its content is no image")
        if not is_type(head, content_type):
            return wrong(f"the promise is wrong: its content is {found}, not {content_type}", mispromised=True)
        decoded = decode(file.fileno(), side=THUMBNAIL, threads=found == "image/heic")
    if decoded.fault:
        return wrong(decoded.fault)
    remarks = (decoded.remark, words_behind(decoded.behind, decoded.kind))
    return Finding(
        "", fetched.etag, remark="; ".join(filter(None, remarks)), width=decoded.width, height=decoded.height,
        thumbnail=decoded.small,
    )  # fmt: skip


def shrink(storage: Storage, key: str, *, side: int, quality: int) -> Decoded | None:
    """A smaller copy of a verified photo, without its EXIF and position; None when it is not there. Blocks."""
    with TemporaryFile() as file:
        if storage.fetch(key, file, MAX_PHOTO) is None:
            return None
        file.seek(0)
        return decode(file.fileno(), side=side, quality=quality, threads=sniff(file.read(12)) == "image/heic")


async def examine_in_thread(storage: Storage, key: str, *, sha256: str, size: int, content_type: str) -> Finding | None:
    """`examine`, without holding up the event loop. Raises `Busy` when many photos wait already."""
    return await _in_thread(partial(examine, storage, key, sha256=sha256, size=size, content_type=content_type))


async def shrink_in_thread(storage: Storage, key: str, *, side: int, quality: int = 80) -> Decoded | None:
    """`shrink`, without holding up the event loop. Raises `Busy` when many photos wait already."""
    return await _in_thread(partial(shrink, storage, key, side=side, quality=quality))


async def _in_thread(run: "partial[T]") -> T:
    global _waiting
    if _waiting >= MOST_WAITING:
        raise Busy("Many photos are being looked at. Ask again in a minute; nothing has to be sent again.")
    _waiting += 1
    try:
        return await asyncio.get_running_loop().run_in_executor(_threads, run)
    finally:
        _waiting -= 1
