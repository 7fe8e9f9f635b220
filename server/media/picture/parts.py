"""A picture as some parts of a file, and as a file of its own that the decoder reads."""

import io
import mmap
from bisect import bisect_right
from itertools import accumulate
from typing import NamedTuple

from server.ground import forked

Data = mmap.mmap | bytes
Part = tuple[int, int] | bytes
"""From and to in the file; or bytes that stand there instead."""

CUT = "the file ends in the middle of the picture"


FEW = 64
"""Bytes that may be missing at a file's end; with more it is not tried whether all of the picture is there."""
OTHER = bytes(37 * number % 251 for number in range(1, 200))
"""Data of no picture."""


class Refused(forked.Refused):
    """The image is not one that we take; the message completes 'it was set aside: ...'."""


class Pieces:
    """Counts what a file is made of, so that walking through it has an end however small the pieces are."""

    def __init__(self, most: int) -> None:
        self._most = self._left = most

    def one(self) -> None:
        """One more. Raises `Refused` when there are too many."""
        self._left -= 1
        if self._left < 0:
            raise Refused(f"it is in more than {self._most} pieces")


class Picture(NamedTuple):
    """What a file holds. Width and height are those of the picture as it is stored, before it is turned."""

    kind: str
    """As the decoding library names it."""
    width: int
    height: int
    parts: list[Part]
    end: int
    """Where the picture's file ends; what lies behind belongs to something else."""
    whole: bool
    """Whether the file has the mark, or the length, with which its kind ends."""
    turn: int = 1
    """How it must be turned to stand upright (`exif.py`)."""
    profile: bytes | None = None
    """The colour profile (ICC)."""
    kept: bool = False
    """A JPEG that must be kept whole until its last pass."""
    missing: int = 0
    """Bytes that the last box or chunk lacks, where it lacks few."""


def filled(picture: Picture, what: bytes) -> list[Part]:
    """The parts of a picture that lacks few bytes, with others in their place. Where all that is drawn is there, a decoder draws
    the same whatever they are."""
    return [*picture.parts, what[: picture.missing]]


class Parts(io.RawIOBase):
    """The parts as one file to read; nothing is copied that is not asked for."""

    def __init__(self, data: Data, parts: list[Part]) -> None:
        self._data, self._parts = data, parts
        lengths = [len(part) if isinstance(part, bytes) else part[1] - part[0] for part in parts]
        self._starts = [0, *accumulate(lengths)]
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        self._at = max(offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._starts[-1]}[whence], 0)
        return self._at

    def read(self, size: int | None = -1, /) -> bytes:
        stop = self._starts[-1] if size is None or size < 0 else min(self._at + size, self._starts[-1])
        found = []
        while self._at < stop:
            number = bisect_right(self._starts, self._at) - 1
            part, skipped = self._parts[number], self._at - self._starts[number]
            taken = min(stop, self._starts[number + 1]) - self._at
            if isinstance(part, bytes):
                found.append(part[skipped : skipped + taken])
            else:
                found.append(self._data[part[0] + skipped : part[0] + skipped + taken])
            self._at += taken
        return found[0] if len(found) == 1 else b"".join(found)

    def readall(self) -> bytes:
        return self.read()
