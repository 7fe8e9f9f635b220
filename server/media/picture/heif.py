"""HEIF (ISO/IEC 14496-12, 23008-12): where its boxes end. What is in them is the library's to read, which also turns the picture."""

from server.media.picture.parts import Data


def end_of(data: Data) -> tuple[int, int]:
    """Where the boxes end, and how many bytes the last one lacks."""
    at = 0
    while at + 8 <= len(data):
        size, kind = int.from_bytes(data[at : at + 4], "big"), bytes(data[at + 4 : at + 8])
        if size == 1:
            size = int.from_bytes(data[at + 8 : at + 16], "big")
        elif size == 0:
            return len(data), 0
        if size < 8 or not kind.isalnum() or (kind == b"ftyp" and at):  # another file begins
            return at, 0
        if at + size > len(data):
            return len(data), at + size - len(data)
        at += size
    return at, 0
