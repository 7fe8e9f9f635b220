"""Photos: a thumbnail beside plain Pillow, signing addresses, and memory while large photos come (bench/media_memory.py)."""

import hashlib
import io
import os
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import asyncpg
from PIL import Image, ImageFilter

from bench import media_memory
from bench.client import connect, request
from bench.measure import Result, Work, compared, limited, medians
from bench.stage import Stage, serving, token
from server.media import decoder
from server.media.rules import MULTIPART_ABOVE
from server.media.storage import Storage, object_key
from server.media.verify import COPY, THUMBNAIL

MEGAPIXELS_12 = (4032, 3024)
QUALITY = 80
TURNED = 6
"""The EXIF orientation of a phone held upright."""


async def measure(stage: Stage) -> list[Result]:
    """Thumbnails, signing, memory."""
    results = []
    for about, exif in (("", Image.Exif()), (" of a phone held upright", Image.Exif())):
        if about:
            exif[0x0112] = TURNED
        results += await _thumbnail(stage, about, exif)
    return [*results, *await _signing(stage), *await media_memory.measure(stage)]


async def _thumbnail(stage: Stage, about: str, exif: Image.Exif) -> list[Result]:
    """The whole way through the limited process, against Pillow in this one with the same size and quality."""
    file = stage.folder / "photo.jpg"
    scene(*MEGAPIXELS_12).save(file, "JPEG", quality=90, exif=exif)
    works = {
        "ours": partial(_done, partial(_ours, file, THUMBNAIL)), "plain": partial(_done, partial(_plain, file)),
        "copy": partial(_done, partial(_ours, file, COPY)),
    }  # fmt: skip
    taken = await medians(works, 10 if stage.quick else 60)
    how = f"{file.stat().st_size / 1e6:.1f} MB, to {THUMBNAIL} pixels"
    name = f"thumbnail of a 12-megapixel JPEG{about}"
    results = [
        compared(f"{name} / plain Pillow `draft`", taken["ours"], taken["plain"],
                 f"{how}: in the limited process, with EXIF turned and removed, colours, and a look for what hides behind; against "
                 "open, draft, thumbnail and save in one process", target=1.3),
    ]  # fmt: skip
    return results if about else [*results, limited("copy for a customer", taken["copy"], "ms", f"to {COPY} pixels")]


async def _done(work: Callable[[], object]) -> None:
    work()


def _ours(file: Path, side: int) -> None:
    with file.open("rb") as opened:
        found = decoder.decode(opened.fileno(), side=side, quality=QUALITY)
    assert not found.fault, found.fault


def _plain(file: Path) -> None:
    with Image.open(file) as image:
        image.draft("RGB", (THUMBNAIL, THUMBNAIL))
        image.thumbnail((THUMBNAIL, THUMBNAIL))
        image.save(io.BytesIO(), "JPEG", quality=QUALITY)


def scene(width: int, height: int) -> Image.Image:
    """Something like a photo: soft shapes with the grain of a sensor."""
    shapes = _noise(width // 16, height // 16).filter(ImageFilter.GaussianBlur(2)).resize((width, height))
    return Image.blend(shapes, _noise(width // 2, height // 2).resize((width, height)), 0.12)


def _noise(width: int, height: int) -> Image.Image:
    return Image.frombytes("RGB", (width, height), os.urandom(width * height * 3))


async def _signing(stage: Stage) -> list[Result]:
    """The function alone, and the routes beside a static response of the same length."""
    size, rounds = stage.largest, 200 if stage.quick else 1000
    storage = Storage(stage.services.s3, "measured")
    digest = hashlib.sha256(b"measured").hexdigest()
    sign = partial(storage.presign_put, object_key(digest), digest, 1000, "image/jpeg")
    alone = await medians({"sign": partial(_done, sign)}, rounds)
    results = [limited("signing the address of a PUT", alone["sign"], "ms", "the function alone", target=2.0)]
    bearer = token(0, size)
    database = await asyncpg.connect(stage.url(size))
    try:
        with serving(stage, size) as server:
            connection = await connect(server.port)
            photo = await media_memory.promise(database, size.held_visits(0)[0], MULTIPART_ABOVE + 1, digest)
            await connection.send(request("POST", f"/v1/photos/{photo}/multipart", bearer))
            part = {"parts": [{"number": 1, "sha256": digest}]}
            asked = {
                "the address of a PUT": request("POST", f"/v1/photos/{photo}/upload", bearer),
                "the address of a part": request("POST", f"/v1/photos/{photo}/multipart/parts", bearer, part),
            }
            for name, wire in asked.items():
                static = request("GET", f"/bench/fixed/{len(await connection.send(wire))}", bearer)
                works: dict[str, Work] = {
                    "ours": _sent(connection.send, wire),
                    "static": _sent(connection.send, static),
                }
                taken = await medians(works, rounds)
                how = "the whole route with its transaction, against GET of as many fixed bytes with the same token"
                results.append(compared(f"{name} / static response", taken["ours"], taken["static"], how))
            connection.close()
    finally:
        await database.close()
    return results


def _sent(send: Callable[[bytes], Awaitable[bytes]], wire: bytes) -> Work:
    return lambda: send(wire)
