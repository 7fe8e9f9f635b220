"""How a photo must be turned, read from its EXIF. Nothing else is read, so nothing else can be in the way.

The orientation is one number in the first directory (Exif 2.32, 4.6.4; TIFF 6.0). Editors write it, and everything beside
it, in types that the standard does not foresee; whatever number is meant is taken.
"""

import re
import struct

UPRIGHT = 1
ORIENTATION = 0x0112
SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
"""Bytes of one value of each TIFF type."""
FORMATS = {1: "B", 3: "H", 4: "I", 5: "II", 6: "b", 7: "B", 8: "h", 9: "i", 10: "ii", 11: "f", 12: "d", 13: "I"}
XMP = re.compile(rb"tiff:Orientation(?:=[\"']|>)\s*([1-8])")


def turn_of(exif: bytes, xmp: bytes = b"") -> int:
    """1 to 8: what EXIF says; else what XMP says; else 1, upright."""
    found = _orientation(exif.removeprefix(b"Exif\0\0"))
    if found is None and (said := XMP.search(xmp)):
        found = int(said[1])
    return found or UPRIGHT


def _orientation(tiff: bytes) -> int | None:
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None or len(tiff) < 10:
        return None
    (at,) = struct.unpack_from(f"{order}I", tiff, 4)
    if at + 2 > len(tiff):
        return None
    (count,) = struct.unpack_from(f"{order}H", tiff, at)
    for entry in range(at + 2, min(at + 2 + 12 * count, len(tiff) - 11), 12):
        tag, kind, values = struct.unpack_from(f"{order}HHI", tiff, entry)
        if tag == ORIENTATION:
            value = _first(tiff, order, kind, values, entry + 8)
            return value if value is not None and 1 <= value <= 8 else None
    return None


def _first(tiff: bytes, order: str, kind: int, count: int, at: int) -> int | None:
    """The first value as a whole number. More than four bytes of values stand elsewhere."""
    size = SIZES.get(kind, 0)
    if size * count > 4:
        (at,) = struct.unpack_from(f"{order}I", tiff, at)
    if not size or not count or at + size > len(tiff):
        return None
    if kind == 2:
        text = tiff[at : at + min(count, 8)].strip(b"\0 ")
        return int(text) if text.isdigit() else None
    value, *under = struct.unpack_from(order + FORMATS[kind], tiff, at)
    if under:
        value = value / under[0] if under[0] else 0
    return int(value) if 1 <= value <= 8 and value == int(value) else None
