"""PNG (ISO/IEC 15948): the chunks that make the picture, its turn and its colours. Text and other extras are passed over,
whatever their size and checksum; so are the further pictures of an animation."""

import struct
import zlib

from server.media.picture.exif import turn_of
from server.media.picture.parts import CUT, Data, Part, Picture, Refused

SIGNATURE = b"\x89PNG\r\n\x1a\n"
NEEDED = frozenset({b"IHDR", b"PLTE", b"IDAT"})
TRANSPARENT = {0: (2,), 2: (6,), 3: range(1, 257)}
"""Bytes of tRNS by colour type: a shade of grey, a colour, or the palette's."""
END = struct.pack(">I4sI", 0, b"IEND", zlib.crc32(b"IEND"))


def read(data: Data, most_chunks: int, most_profile: int) -> Picture:
    """The picture of the file. Raises `Refused`."""
    at, count, whole = len(SIGNATURE), 0, False
    parts: list[Part] = [SIGNATURE]
    extras: dict[bytes, bytes] = {}
    begun = over = False
    while at + 12 <= len(data):
        count += 1
        if count > most_chunks:
            raise Refused(f"its file has more than {most_chunks:,} pieces")
        length, kind = struct.unpack_from(">I4s", data, at)
        stop = at + 12 + length
        if stop > len(data):
            break
        if kind == b"IEND":
            at, whole = stop, True
            break
        over = over or (begun and kind != b"IDAT")
        if kind == b"IDAT":
            begun = True
            if not over:
                _add(parts, at, stop)
        elif kind in NEEDED:
            if not _intact(data, at, stop):
                raise Refused("its header is damaged: a checksum is wrong")
            _add(parts, at, stop)
        elif kind in (b"tRNS", b"iCCP", b"eXIf") and _intact(data, at, stop):
            extras.setdefault(kind, data[at + 8 : stop - 4])
            if kind == b"tRNS" and length in TRANSPARENT.get(data[25], ()):
                _add(parts, at, stop)
        at = stop
    width, height = _size(data)
    if not whole and data[at + 4 : at + 8] == b"IDAT" and not over:
        begun = True
        parts += [struct.pack(">I4s", len(data) - at - 8, b"IDAT"), (at + 8, len(data)), bytes(4)]
    if not begun:
        raise Refused("it has no picture in it" if whole else CUT)
    parts.append(END)
    return Picture(
        "PNG", width, height, parts, at if whole else len(data), whole, turn_of(extras.get(b"eXIf", b"")),
        _profile(extras.get(b"iCCP"), most_profile),
    )  # fmt: skip


def _add(parts: list[Part], start: int, stop: int) -> None:
    """Chunks that follow each other are one part."""
    last = parts[-1]
    if not isinstance(last, bytes) and last[1] == start:
        parts[-1] = (last[0], stop)
    else:
        parts.append((start, stop))


def _intact(data: Data, start: int, stop: int) -> bool:
    return zlib.crc32(data[start + 4 : stop - 4]) == int.from_bytes(data[stop - 4 : stop], "big")


def _size(data: Data) -> tuple[int, int]:
    if data[12:16] != b"IHDR" or len(data) < 33:
        raise Refused(CUT if len(data) < 33 else "it does not begin as a PNG does")
    width, height = struct.unpack_from(">II", data, 16)
    return width, height


def _profile(chunk: bytes | None, most: int) -> bytes | None:
    """The colour profile of an iCCP chunk: a name, a zero, the method, and the compressed profile; None when it is broken."""
    if chunk is None:
        return None
    _, found, packed = chunk.partition(b"\0")
    if not found or packed[:1] != b"\0":
        return None
    unpacking = zlib.decompressobj()
    try:
        profile = unpacking.decompress(packed[1:], most)
    except zlib.error:
        return None
    return profile if unpacking.eof else None
