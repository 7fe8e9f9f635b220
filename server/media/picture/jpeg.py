"""JPEG (ITU-T T.81): the segments that make the picture, its passes, its end, and the turn and colours that APP segments say."""

import re
from itertools import islice
from typing import NamedTuple

from server.media.picture.exif import turn_of
from server.media.picture.parts import CUT, OTHER, Data, Part, Picture, Pieces, Refused

MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""A marker between entropy-coded data, where FF is followed by 00 or a restart marker (T.81, B.1.1.2)."""
RESTART = re.compile(rb"\xff[\xd0-\xd7]")
SOI, EOI, SOS, DRI = 0xD8, 0xD9, 0xDA, 0xDD
STANDALONE = frozenset({0x01, *range(0xD0, 0xD9)})
TABLES = frozenset({0xC4, 0xCC, 0xDB, 0xDD})
"""Huffman and arithmetic tables, quantisation, restart interval."""
FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
PROGRESSIVE = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
JFIF = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
"""Without it, or Adobe's segment, the decoder guesses by the components' names whether they are YCbCr."""
COEFFICIENTS = 64
END = b"\xff\xd9"


def with_more(picture: Picture) -> list[Part]:
    """The parts of a picture whose end mark is missing, with other data before it. Where the picture is there to its last row,
    a decoder passes over them; where its data are cut, it draws something else than without them."""
    return [*picture.parts[:-1], OTHER, END]


class Most(NamedTuple):
    """Limits of one file; `server/media/limits.py` says why."""

    scans: int
    drawn_pixels: int
    pieces: int


class _Frame(NamedTuple):
    marker: int
    bits: int
    height: int
    width: int
    components: bytes
    samplings: bytes

    @property
    def units(self) -> int:
        """How many minimum coded units a pass over all components has (T.81, A.2.3)."""
        across, down = (8, 8)
        if len(self.components) > 1:
            across, down = (8 * max(one >> 4 for one in self.samplings), 8 * max(one & 15 for one in self.samplings))
        return -(-self.width // max(across, 8)) * -(-self.height // max(down, 8))


class _Head:
    """What the segments before the first pass say."""

    def __init__(self) -> None:
        self.frame: _Frame | None = None
        self.restart_after = 0
        self.parts: list[Part] = [b"\xff\xd8"]
        self.exif = self.xmp = b""
        self.profile: dict[int, bytes] = {}

    def take(self, data: Data, marker: int, start: int, stop: int) -> None:
        """One segment, from its marker to where the next begins."""
        if marker in FRAMES and self.frame is None and min(stop, len(data)) - start >= 10:
            height, width = (int.from_bytes(data[start + at : start + at + 2], "big") for at in (5, 7))
            components, samplings = (bytes(data[start + at : stop : 3]) for at in (10, 11))
            self.frame = _Frame(marker, data[start + 4], height, width, components, samplings)
            self.parts.append((start, stop))
        elif marker in TABLES or (marker == 0xEE and data[start + 4 : start + 9] == b"Adobe" and stop - start >= 16):
            self.parts.append((start, stop))
            if marker == DRI:
                self.restart_after = int.from_bytes(data[start + 4 : start + 6], "big")
        elif marker == 0xE0 and data[start + 4 : start + 9] == b"JFIF\0":
            self.parts.append(JFIF)
        elif marker == 0xE1 and not self.exif and data[start + 4 : start + 9] == b"Exif\0":
            self.exif = data[start + 10 : stop]
        elif marker == 0xE1 and not self.xmp and data[start + 4 : start + 33] == b"http://ns.adobe.com/xap/1.0/\0":
            self.xmp = data[start + 33 : stop]
        elif marker == 0xE2 and data[start + 4 : start + 16] == b"ICC_PROFILE\0":
            self.profile.setdefault(data[start + 16], data[start + 18 : stop])


def read(data: Data, most: Most) -> Picture:
    """The first picture of the file. Raises `Refused`."""
    head, pieces = _Head(), Pieces(most.pieces)
    scan = _segments(data, head, pieces)
    frame = head.frame
    if frame is None or scan is None:
        raise Refused(CUT if end_of(data, 0, pieces) is None else "it has no picture in it")
    if frame.bits != 8:
        raise Refused(f"its colours have {frame.bits} bits each, and only 8 are read of a JPEG")
    scans, known, end = _passes(data, frame, scan, most.scans, pieces)
    kept = scans > 1 or frame.marker in PROGRESSIVE
    if kept and scans * frame.width * frame.height > most.drawn_pixels:
        raise Refused(f"it is drawn in {scans} passes, too many for a picture of {frame.width} x {frame.height}")
    head.parts.append((scan, end or len(data) - data[len(data) - 1 :].count(b"\xff")))
    if end is None:
        if not known if kept else _lacks_restarts(data, scan, frame, head.restart_after):
            raise Refused(CUT)
        head.parts.append(END)  # a decoder waits for it
    profile = b"".join(part for _, part in sorted(head.profile.items())) or None
    return Picture(
        "JPEG", frame.width, frame.height, head.parts, len(data) if end is None else end, end is not None,
        turn_of(head.exif, head.xmp), profile, kept,
    )  # fmt: skip


def _lacks_restarts(data: Data, scan: int, frame: _Frame, after: int) -> bool:
    """Whether fewer restart markers are there than the picture has (T.81, E.1.4): data that end at one look like a whole."""
    wanted = -(-frame.units // after) - 1 if after else 0
    return sum(1 for _ in islice(RESTART.finditer(data, scan), wanted)) < wanted


def _segments(data: Data, head: _Head, pieces: Pieces) -> int | None:
    """Read the segments before the first pass. Returns where that begins; None when there is none."""
    at = 2
    while at + 4 <= len(data):
        pieces.one()
        if data[at] != 0xFF:  # something between segments; decoders look for the next one
            at = data.find(b"\xff", at)
            if at < 0:
                return None
            continue
        marker = data[at + 1]
        if marker == SOS:
            return at
        if marker == EOI:
            return None
        if marker == 0xFF or marker in STANDALONE or marker == 0:
            at += 1 if marker == 0xFF else 2
            continue
        stop = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        head.take(data, marker, at, stop)
        at = stop
    return None


def _passes(data: Data, frame: _Frame, first: int, most: int, pieces: Pieces) -> tuple[int, bool, int | None]:
    """How many passes follow, whether after them every coefficient is known to its last bit, and where the end mark ends.

    A file that is cut may still have begun its last pass; then only fine detail is missing. Raises `Refused` above `most`.
    """
    missing = {component: [1] * COEFFICIENTS for component in frame.components}
    count = 0
    at: int | None = first
    while at is not None:
        pieces.one()
        marker = data[at + 1]
        if marker == EOI:
            return count, True, at + 2
        if marker == SOS:
            count += 1
            if count > most:
                raise Refused(f"it is drawn in more than {most} passes")
            _refine(data, at, missing, progressive=frame.marker in PROGRESSIVE)
        at = _next(data, at)
    return count, not any(any(bits) for bits in missing.values()), None


def _refine(data: Data, at: int, missing: dict[int, list[int]], *, progressive: bool) -> None:
    """Note what a pass gives: of which components, which coefficients, and whether to their last bit (T.81, B.2.3)."""
    several = data[at + 4] if at + 4 < len(data) else 0
    rest = at + 5 + 2 * several
    if rest + 3 > len(data):
        return
    first, last, low = (data[rest], data[rest + 1], data[rest + 2] & 15) if progressive else (0, 63, 0)
    for component in data[at + 5 : rest : 2]:
        bits = missing.get(component)
        if bits is not None:
            bits[first : last + 1] = [low] * len(bits[first : last + 1])


def _next(data: Data, at: int) -> int | None:
    """The marker behind this one, its segment, and the entropy-coded data of a pass; None when the file ends first."""
    alone = data[at + 1] in STANDALONE
    found = MARKER.search(data, at + 2 if alone else at + 2 + int.from_bytes(data[at + 2 : at + 4], "big"))
    return None if found is None else found.start()


def end_of(data: Data, start: int, pieces: Pieces) -> int | None:
    """Where the JPEG that begins here ends; None when the file ends before. What is in it does not matter."""
    at: int | None = _segments_end(data, start + 2, pieces)
    while at is not None:
        pieces.one()
        if data[at + 1] == EOI:
            return at + 2
        at = _next(data, at)
    return None


def _segments_end(data: Data, at: int, pieces: Pieces) -> int | None:
    """The first pass, or the end mark, of the segments that begin here."""
    while at + 1 < len(data):
        pieces.one()
        if data[at] != 0xFF:
            at = data.find(b"\xff", at)
            if at < 0:
                return None
        elif data[at + 1] in (SOS, EOI):
            return at
        elif data[at + 1] == 0xFF or data[at + 1] in STANDALONE:
            at += 1 if data[at + 1] == 0xFF else 2
        else:
            at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return None
