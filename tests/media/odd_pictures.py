"""Photos as phones, editors and messengers make them, generated: odd metadata, odd coding, odd ends."""

import io
import struct
import zlib
from collections.abc import Iterator
from typing import Any

import pillow_heif
from PIL import Image

COLOURS = {"left": (220, 30, 30), "right": (30, 30, 220)}
TIFF_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
SIDE = 64


def halves(mode: str = "RGB", width: int = SIDE, height: int = SIDE // 2) -> Image.Image:
    """Red on the left, blue on the right, so that a test sees how it was turned and whether its colours are right."""
    image = Image.new("RGB", (width, height), COLOURS["right"])
    image.paste(COLOURS["left"], (0, 0, width // 2, height))
    return image if mode == "RGB" else image.convert(mode)


def file_of(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    """An image's file. `HEIF` is written by pillow-heif."""
    out = io.BytesIO()
    if kind == "HEIF":
        pillow_heif.from_pillow(image).save(out, quality=90, **options)
    else:
        image.save(out, kind, **options)
    return out.getvalue()


def tiff(entries: list[tuple[int, int, int, bytes]], order: str = "<") -> bytes:
    """EXIF of one directory with entries of tag, type, count and the values' bytes."""
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}I", 8)
    directory, after = struct.pack(f"{order}H", len(entries)), b""
    behind = 8 + 2 + 12 * len(entries) + 4
    for tag, kind, count, values in entries:
        directory += struct.pack(f"{order}HHI", tag, kind, count)
        if len(values) <= 4:
            directory += values.ljust(4, b"\0")
        else:
            directory += struct.pack(f"{order}I", behind + len(after))
            after += values
    return head + directory + bytes(4) + after


def turned(turn: int, order: str = "<") -> tuple[int, int, int, bytes]:
    """The entry that says how a photo is turned, as phones write it."""
    return 0x0112, 3, 1, struct.pack(f"{order}H", turn)


def odd_entries() -> Iterator[tuple[int, int, int, bytes]]:
    """Every tag of the first directory that readers look at, in every type, with none, one, two and many values."""
    tags = (
        0x0100,
        0x010E,
        0x010F,
        0x0110,
        0x011A,
        0x011B,
        0x0128,
        0x0131,
        0x0132,
        0x013B,
        0x0213,
        0x8298,
        0x8769,
        0x8825,
        0xA005,
    )
    for tag in tags:
        for kind, size in TIFF_SIZES.items():
            for count in (0, 1, 2, 3, 5, 8, 64):
                yield tag, kind, count, bytes(range(1, 1 + 8)).ljust(size * count, b"\x07")[: size * count]


def with_segment(jpeg: bytes, marker: int, content: bytes) -> bytes:
    """A JPEG with one more segment behind its first."""
    after = 4 + int.from_bytes(jpeg[4:6], "big")
    return jpeg[:after] + struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content + jpeg[after:]


def with_exif(exif: bytes, jpeg: bytes | None = None) -> bytes:
    return with_segment(jpeg or file_of(halves()), 0xE1, b"Exif\0\0" + exif)


def chunk(kind: bytes, content: bytes, *, damaged: bool = False) -> bytes:
    """A PNG's chunk, with a right or a wrong checksum."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content) ^ damaged)


def with_chunk(png: bytes, piece: bytes) -> bytes:
    """A PNG with one more chunk behind its header."""
    return png[:33] + piece + png[33:]


def raw_png(width: int, height: int, bits: int, colour: int, rows: bytes, *extra: bytes) -> bytes:
    """A PNG of any depth and colour type; the libraries here write few of them."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(extra) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def grey_16(width: int = SIDE, height: int = SIDE) -> bytes:
    """A 16-bit grey PNG from black to white."""
    row = b"\0" + b"".join(struct.pack(">H", 65535 * x // (width - 1)) for x in range(width))
    return raw_png(width, height, 16, 0, row * height)


def many_scans(count: int) -> bytes:
    """A progressive JPEG whose last pass is repeated: each costs the decoder as much as the whole picture."""
    data = file_of(halves(width=256, height=256), progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:last] + data[last:-2] * count + b"\xff\xd9"


def samsung(*records: tuple[bytes, bytes]) -> bytes:
    """The trailer that Samsung's phones write: named records, a directory, 'SEFT'."""
    blocks, offsets = b"", []
    for number, (name, content) in enumerate(records):
        offsets.append(len(blocks))
        blocks += struct.pack("<HHI", 0, 0x0A01 + number, len(name)) + name + content
    ends = [*offsets[1:], len(blocks)]
    directory = struct.pack("<4sII", b"SEFH", 106, len(records))
    for number, (start, end) in enumerate(zip(offsets, ends, strict=True)):
        directory += struct.pack("<HHII", 0, 0x0A01 + number, len(blocks) - start, end - start)
    return blocks + directory + struct.pack("<I4s", len(directory), b"SEFT")


def motion_video() -> bytes:
    """The beginning of an MP4, as phones append it to a moving photo."""
    return (
        struct.pack(">I4s4sI4s", 24, b"ftyp", b"mp42", 0, b"isom")
        + bytes(4)
        + struct.pack(">I4s", 1000, b"mdat")
        + bytes(992)
    )


def riff(*chunks: tuple[bytes, bytes]) -> bytes:
    """A WebP's file of these chunks."""
    body = b"".join(
        name + struct.pack("<I", len(content)) + content + bytes(len(content) % 2) for name, content in chunks
    )
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body
