"""Verifying stored bytes ourselves: hash, type by content, and a decode in a limited process of its own.

A store may echo a checksum that is not true; what counts is what we read back. Bytes that are not what was promised
go to quarantine, and their address becomes free for the true ones.
"""

import asyncio
import hashlib
import resource
import subprocess
import sys
from pathlib import Path

import msgspec

MEMORY = 512 * 1024 * 1024
CPU_SECONDS = 10
MAX_PIXELS = 100_000_000
THUMBNAIL = 640
"""Pixels of a thumbnail's longer side."""

TYPES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}


class Finding(msgspec.Struct, frozen=True):
    """What the bytes are: `fault` is empty when they are what was promised."""

    fault: str
    width: int = 0
    height: int = 0
    thumbnail: bytes = b""


def sniff(data: bytes) -> str | None:
    """The image type that the first bytes say."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for magic, kind in TYPES.items() if data.startswith(magic)), None)


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))


def decode(data: bytes) -> Finding:
    """Size and thumbnail of an image, decoded in a process of its own; or the fault."""
    done = subprocess.run(  # noqa: S603  our own interpreter and our own file
        [sys.executable, "-I", str(Path(__file__).parent / "decode.py"), str(MAX_PIXELS), str(THUMBNAIL)],
        input=data, capture_output=True, preexec_fn=_limit, timeout=30, check=False,
    )  # fmt: skip
    head, _, thumbnail = done.stdout.partition(b"\n")
    if done.returncode != 0 or not head:
        return Finding("it cannot be decoded as an image")
    width, height = head.split()
    return Finding("", int(width), int(height), thumbnail)


def examine(data: bytes, *, sha256: str, size: int, content_type: str) -> Finding:
    """Compare stored bytes with what was promised, then decode them. Runs for up to some seconds: use a thread."""
    if len(data) != size:
        return Finding(
            f"it has {len(data)} bytes, not {size}" if len(data) < size else f"it has more than {size} bytes"
        )
    if hashlib.sha256(data).hexdigest() != sha256:
        return Finding("its SHA-256 is another")
    if sniff(data) != content_type:
        return Finding(f"its content is {sniff(data) or 'no image'}, not {content_type}")
    try:
        return decode(data)
    except subprocess.TimeoutExpired:
        return Finding("decoding it takes too long")


async def examine_in_thread(data: bytes, *, sha256: str, size: int, content_type: str) -> Finding:
    """`examine`, without holding up the event loop."""
    return await asyncio.to_thread(examine, data, sha256=sha256, size=size, content_type=content_type)
