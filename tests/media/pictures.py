"""Pictures for tests: real ones of each kind, and those that somebody made to do harm."""

import io
import os
import struct
import zipfile
import zlib
from functools import cache
from typing import Any

import pillow_heif
from PIL import Image

from mobile_contract.phone import Phone
from tests.company import Company

SECRET_PLACE = b"31.2222 N 121.4381 E"


def picture(width: int = 320, height: int = 240) -> Image.Image:
    """A picture that no other test has: storage is addressed by content."""
    return Image.frombytes("RGB", (16, 12), os.urandom(16 * 12 * 3)).resize((width, height))


def encoded(kind: str = "JPEG", width: int = 320, height: int = 240, **options: Any) -> bytes:
    """A picture's file."""
    out = io.BytesIO()
    if kind == "HEIF":
        pillow_heif.from_pillow(picture(width, height)).save(out, quality=70)
    else:
        picture(width, height).save(out, kind, **options)
    return out.getvalue()


def with_position() -> bytes:
    """A JPEG, turned on its side, that tells camera, place and a comment."""
    exif = Image.Exif()
    exif[0x0110] = "Cam 4711"
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[29] = SECRET_PLACE.decode()
    return encoded(exif=exif, comment=b"taken at " + SECRET_PLACE)


@cache
def bomb() -> bytes:
    """A PNG of about 100 kB that says, truly, that it has 900 megapixels."""
    return png(30_000, 30_000)


def png(width: int, height: int) -> bytes:
    """A black and white PNG, made row by row so that it costs no memory here."""
    packed = zlib.compressobj(9)
    row = bytes(1 + (width + 7) // 8)
    data = b"".join(packed.compress(row) for _ in range(height)) + packed.flush()
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def with_archive() -> bytes:
    """A JPEG in front that is a ZIP archive from behind; both open."""
    out = io.BytesIO(encoded())
    out.seek(0, io.SEEK_END)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("evil.js", "alert(1)")
    return out.getvalue()


def with_page() -> bytes:
    """A JPEG with a web page behind it."""
    return encoded() + b"\n<html><script>alert(1)</script></html>"


async def promised(
    company: Company, phone: Phone, data: bytes, content_type: str = "image/jpeg", slot: str = "before"
) -> tuple[str, str]:
    """A visit with one promised photo, synced. Returns the ids of visit and photo."""
    visit_id = await company.visit("wei")
    await phone.sync()
    photo_id = phone.photo(visit_id, slot, data, content_type)
    await phone.sync()
    return visit_id, photo_id


async def state_of(company: Company, visit_id: str) -> dict[str, tuple[str, str]]:
    """State and finding of each photo of a visit by its id."""
    rows = await company.must("mei", "GET", f"/v1/visits/{visit_id}/photos")
    return {row["id"]: (row["state"], row["finding"]) for row in rows}
