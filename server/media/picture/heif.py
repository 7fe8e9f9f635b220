"""HEIF (ISO/IEC 14496-12, 23008-12): where its boxes end. What is in them is the library's to read, which also turns the picture."""

from server.media.picture.parts import Data


def end_of(data: Data) -> tuple[int, bool]:
    """Where the boxes end, and whether the last one is whole."""
    at = 0
    while at + 8 <= len(data):
        size, kind = int.from_bytes(data[at : at + 4], "big"), bytes(data[at + 4 : at + 8])
        if size == 1:
            size = int.from_bytes(data[at + 8 : at + 16], "big")
        elif size == 0:
            return len(data), True
        if size < 8 or not kind.isalnum() or (kind == b"ftyp" and at):  # another file begins
            return at, True
        if at + size > len(data):
            return len(data), False
        at += size
    return at, True
