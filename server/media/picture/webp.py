"""WebP (RFC 9649): the chunks that make the first picture, its turn and its colours."""

import struct

from server.media.picture.exif import turn_of
from server.media.picture.parts import CUT, FEW, Data, Part, Picture, Refused

PICTURE = frozenset({b"ALPH", b"VP8 ", b"VP8L"})
EXTRAS = frozenset({b"EXIF", b"ICCP", b"XMP "})
NO_EXTRAS = 0xFF ^ 0x2C
"""Clears the header's flags for profile, EXIF and XMP, which are not handed on."""
MOST_CHUNKS = 100_000


def read(data: Data, most_profile: int) -> Picture:
    """The picture of the file; of an animation, the first. Raises `Refused`."""
    said = 8 + int.from_bytes(data[4:8], "little")
    end = said + said % 2
    parts: list[Part] = []
    extras: dict[bytes, bytes] = {}
    size: tuple[int, int] | None = None
    at, complete, animated, missing = 12, False, False, 0
    for _ in range(MOST_CHUNKS):
        if at + 8 > min(said, len(data)):
            break
        kind, length = struct.unpack_from("<4sI", data, at)
        stop = at + 8 + length + length % 2
        if at + 8 + length > len(data):
            if kind in PICTURE - {b"ALPH"} and not complete and not animated and stop - len(data) <= FEW:
                size = size or _own_size(kind, data, at)
                parts.append((at, len(data)))
                complete, missing = True, stop - len(data)
            break
        if kind == b"VP8X" and not parts and length >= 10:
            size = _extended_size(data, at)
            parts += [data[at : at + 8], bytes([data[at + 8] & NO_EXTRAS]), (at + 9, stop)]
            animated = bool(data[at + 8] & 0x02)
        elif (kind in PICTURE and not complete and not animated) or (kind == b"ANMF" and animated and not complete):
            size = size or _own_size(kind, data, at)
            parts += [(at, at + 8 + length), bytes(length % 2)]
            complete = kind != b"ALPH"
        elif kind == b"ANIM" and animated:
            parts.append((at, stop))
        elif kind in EXTRAS:
            extras.setdefault(kind, data[at + 8 : at + 8 + min(length, most_profile)])
        at = stop
    if size is None or not complete:
        raise Refused(CUT if end > len(data) else "it has no picture in it")
    length = 4 + missing + sum(len(part) if isinstance(part, bytes) else part[1] - part[0] for part in parts)
    return Picture(
        "WEBP", *size, [struct.pack("<4sI4s", b"RIFF", length, b"WEBP"), *parts], min(end, len(data)), said <= len(data),
        turn_of(extras.get(b"EXIF", b""), extras.get(b"XMP ", b"")), extras.get(b"ICCP"), missing=missing,
    )  # fmt: skip


def _extended_size(data: Data, at: int) -> tuple[int, int]:
    return int.from_bytes(data[at + 12 : at + 15], "little") + 1, int.from_bytes(data[at + 15 : at + 18], "little") + 1


def _own_size(kind: bytes, data: Data, at: int) -> tuple[int, int] | None:
    """Width and height of a picture without a header before it (RFC 6386, 9.1; RFC 9649, 3.4)."""
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", data[at + 8 : at + 18].ljust(10, b"\0"), 6)
        return width & 0x3FFF, height & 0x3FFF
    if kind == b"VP8L":
        bits = int.from_bytes(data[at + 9 : at + 13], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return None
