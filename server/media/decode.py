"""Run as a program of its own: decodes images, each in a limited process that is made for it and ends with it.

It loads the image library once and then forks for each image, so that start-up is not paid again and a process that
an image took over is never used for the next one. File 3 is a socket on which the parent sends a line of JSON and two
files: the image, and a pipe for the answer. The answer is `BEGUN`, a line of JSON, the shrunk image as JPEG without any
metadata, and `DONE`. A process that dies, or says nothing in time, is the parent's to judge (`decoder.py`).

It imports nothing of the server: it runs isolated, and what it does not have cannot be taken from it.
"""

import gc
import json
import mmap
import os
import re
import resource
import socket
import warnings
from io import BytesIO
from typing import IO, Any, cast

import pi_heif
from PIL import Image, ImageCms, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
CONTROL = 3
NOBODY = 65534
HUNG_UP = 3
BEGUN, DONE = b"+", b"."
JPEG_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""A marker between entropy-coded data, where FF is followed by 00 or a restart marker (ITU T.81, B.1.1.2)."""
STANDALONE = frozenset({0x01, *range(0xD0, 0xD9)})


def serve() -> None:
    """Keep one process ready for the next request, until the parent hangs up."""
    control = socket.socket(fileno=CONTROL)
    ended = 0
    while ended != HUNG_UP:
        child = os.fork()
        if child == 0:
            os._exit(_serve_one(control))
        ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _serve_one(control: socket.socket) -> int:
    line, files, _, _ = socket.recv_fds(control, 4096, 2)
    if not line:
        return HUNG_UP
    control.close()
    _answer(json.loads(line), *files)
    return 0


def _answer(asked: dict[str, Any], image: int, answer: int) -> None:
    os.write(answer, BEGUN)
    with mmap.mmap(image, 0, prot=mmap.PROT_READ) as data, os.fdopen(answer, "wb") as out:
        limit(asked["memory"], asked["cpu_seconds"], threads=asked["threads"])
        try:
            head, small = shrink(data, asked)
        except Refused as refused:
            head, small = {"fault": str(refused)}, b""
        except MemoryError:
            head, small = {"fault": "decoding it takes too much memory"}, b""
        except Exception:  # noqa: BLE001  whatever a decoder raises about strange bytes means the same
            head, small = {"fault": "it cannot be decoded as an image"}, b""
        out.write(json.dumps(head).encode() + b"\n" + small + DONE)


def limit(memory: int, cpu_seconds: int, *, threads: bool) -> None:
    """From here on: so much more memory and time, no further file, socket or privilege; no process unless `threads`.

    The library for HEIC starts a thread, and the system counts threads as processes.
    """
    now = _address_space()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (now + memory, now + memory))
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    if not threads:
        resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def _address_space() -> int:
    try:
        with open("/proc/self/statm") as statm:
            return int(statm.read().split()[0]) * mmap.PAGESIZE
    except OSError:  # only Linux says
        return 1 << 29


class Refused(Exception):
    """The image is not one that we take; the message completes 'it was set aside: ...'."""


def shrink(data: mmap.mmap, asked: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Size, what lies behind the image, and a copy no longer than `side` without EXIF, position, comment or profile."""
    image = Image.open(cast(IO[bytes], data), formats=FORMATS)  # a map reads and seeks as a file does
    width, height = image.size
    most = asked["pixels"] if image.format in ("JPEG", "MPO") else asked["undrafted_pixels"]
    if width * height > most:
        raise Refused(f"it has {width * height / 1e6:.0f} megapixels, more than {most / 1e6:.0f}")
    side = asked["side"]
    image.draft("RGB", (side, side))
    image.load()
    profile = image.info.get("icc_profile")
    image.thumbnail((side, side))
    ImageOps.exif_transpose(image, in_place=True)  # after shrinking: so much less to turn
    small = _in_srgb(image, profile)
    small.info.clear()
    out = BytesIO()
    small.save(out, "JPEG", quality=asked["quality"])
    count, kind = behind(data, image.format or "")
    return {"width": width, "height": height, "behind": count, "kind": kind}, out.getvalue()


def warm() -> None:
    """Shrink a small image, so that each process finds loaded and bound what it needs instead of doing it anew."""
    out = BytesIO()
    Image.new("RGB", (256, 192)).save(out, "JPEG")
    with mmap.mmap(-1, len(out.getbuffer())) as data:
        data.write(out.getvalue())
        data.seek(0)
        shrink(data, {"pixels": 1 << 20, "side": 64, "quality": 80})


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Phones record wider colour spaces; without their profile the colours would be shown too dull."""
    if profile and image.mode == "RGB":
        try:
            source, target = ImageCms.ImageCmsProfile(BytesIO(profile)), ImageCms.createProfile("sRGB")
            if "sRGB" not in ImageCms.getProfileDescription(source):
                converted = ImageCms.profileToProfile(image, source, target)
                return converted if converted is not None else image
        except (ImageCms.PyCMSError, OSError):  # a broken profile: as if there were none
            return image
    if image.has_transparency_data:
        flat = Image.new("RGB", image.size, "white")
        flat.paste(image, mask=image.convert("RGBA").getchannel("A"))
        return flat
    return image.convert("RGB")


def behind(data: mmap.mmap | bytes, kind: str) -> tuple[int, str]:
    """How many bytes follow the image's end, and what they look like; padding of zeros counts as none.

    A file may be an image from the front and an archive or a page from behind.
    """
    end = {"JPEG": _jpegs_end, "MPO": _jpegs_end, "PNG": _png_end, "WEBP": _webp_end, "HEIF": _heif_end}[kind](data)
    size = len(data)
    if _is_archive(data):
        return max(size - end, 0), "a ZIP archive"
    if end >= size or not bytes(data[end:]).strip(b"\0"):
        return 0, ""
    head = bytes(data[end : end + 1024]).lstrip().lower()
    if head[4:8] == b"ftyp":
        return size - end, "a video"
    if head.startswith(b"%pdf-"):
        return size - end, "a PDF"
    if any(tag in head for tag in (b"<html", b"<!doctype", b"<script", b"<svg", b"<?php")):
        return size - end, "a web page"
    return size - end, "data of no known kind"


def _is_archive(data: mmap.mmap | bytes) -> bool:
    """Whether a ZIP directory ends where the file ends (APPNOTE.TXT 4.3.16), wherever it was put."""
    at = data.rfind(b"PK\x05\x06", max(len(data) - 65_557, 0))
    return at >= 0 and at + 22 <= len(data) and at + 22 + int.from_bytes(data[at + 20 : at + 22], "little") == len(data)


def _jpegs_end(data: mmap.mmap | bytes) -> int:
    """Behind the last of the JPEGs in a row: phones put previews and brightness maps there (CIPA DC-007)."""
    end = _jpeg_end(data, 0)
    while data[end : end + 3] == b"\xff\xd8\xff":
        end = _jpeg_end(data, end)
    return end


def _jpeg_end(data: mmap.mmap | bytes, start: int) -> int:
    at = start + 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            return len(data)
        marker = data[at + 1]
        if marker == 0xD9:
            return at + 2
        if marker == 0xFF or marker in STANDALONE:
            at += 1 if marker == 0xFF else 2
            continue
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == 0xDA:
            found = JPEG_MARKER.search(data, at)
            if found is None:
                return len(data)
            at = found.start()
    return at + 2 if data[at : at + 2] == b"\xff\xd9" else len(data)


def _png_end(data: mmap.mmap | bytes) -> int:
    at = 8
    while at + 12 <= len(data):
        kind = data[at + 4 : at + 8]
        at += 12 + int.from_bytes(data[at : at + 4], "big")
        if kind == b"IEND":
            return at
    return len(data)


def _webp_end(data: mmap.mmap | bytes) -> int:
    size = int.from_bytes(data[4:8], "little")
    return 8 + size + size % 2


def _heif_end(data: mmap.mmap | bytes) -> int:
    """Behind the last well-formed box (ISO/IEC 14496-12, 4.2)."""
    at = 0
    while at + 8 <= len(data):
        size, kind = int.from_bytes(data[at : at + 4], "big"), bytes(data[at + 4 : at + 8])
        if size == 1:
            size = int.from_bytes(data[at + 8 : at + 16], "big")
        elif size == 0:
            return len(data)
        if size < 8 or at + size > len(data) or not kind.isalnum():
            return at
        at += size
    return at


if __name__ == "__main__":
    pi_heif.register_heif_opener()
    Image.init()  # whatever it might want to load later
    Image.MAX_IMAGE_PIXELS = None  # counted by ourselves, to the pixel
    warnings.simplefilter("ignore")
    ImageCms.createProfile("sRGB")
    warm()
    gc.disable()  # each process lives for one image, and must not copy what it shares with this one
    gc.freeze()
    serve()
