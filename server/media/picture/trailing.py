"""What follows a picture in its file: a file may be an image from the front and an archive or a page from behind.

Padding counts as nothing, and so does what phones put there: further pictures in a row, and Samsung's own records.
"""

from server.media.picture import jpeg
from server.media.picture.parts import Data, Pieces, Refused

PADDING = b"\0\t\n\r \xff"
LOOKED_AT = 1024
WEB = (b"<html", b"<!doctype", b"<script", b"<svg", b"<?php")
PICTURE, UNKNOWN = b"\xff\xd8\xff", "data of no known kind"
MOST_RECORDS = 1000


def behind(data: Data, kind: str, end: int, most_pieces: int) -> tuple[int, str]:
    """How many bytes follow the picture that ends there, and what they look like."""
    if kind == "JPEG":
        try:
            end = _last_in_row(data, end, Pieces(most_pieces))
        except Refused:  # more previews, or pieces of them, than any phone makes
            return len(data) - end, UNKNOWN
    if _is_archive(data):
        return max(len(data) - end, 0), "a ZIP archive"
    start = _padded(data, end)
    if start >= len(data):
        return 0, ""
    found = _samsung(data, end) if data[-4:] == b"SEFT" else _look(data, start)
    return (len(data) - end, found) if found else (0, "")


def _last_in_row(data: Data, end: int, pieces: Pieces) -> int:
    """Behind the last of the JPEGs in a row: phones put previews and brightness maps there (CIPA DC-007)."""
    start = _padded(data, end)
    while data[start : start + 3] == PICTURE:
        found = jpeg.end_of(data, start, pieces)
        if found is None:
            return len(data)
        end, start = found, _padded(data, found)
    return end


def _padded(data: Data, at: int) -> int:
    """Where something else than padding begins. A picture begins with a byte that also pads."""
    while at < len(data):
        block = data[at : at + LOOKED_AT]
        rest = block.lstrip(PADDING)
        if rest:
            at += len(block) - len(rest)
            return at - 1 if rest[:1] == b"\xd8" and data[at - 1] == 0xFF else at
        at += len(block)
    return at


def _look(data: Data, at: int) -> str:
    head = bytes(data[at : at + LOOKED_AT]).lstrip(PADDING).lower()
    if b"ftyp" in data[max(at - 8, 0) : at + 8]:  # behind its length, of which padding looks like a part
        return "a video"
    if head.startswith(b"%pdf-"):
        return "a PDF"
    return "a web page" if any(tag in head for tag in WEB) else UNKNOWN


def _samsung(data: Data, end: int) -> str:
    """What stands out among the records that Samsung's phones append: time, scene, a moving picture. Nothing: ''.

    They end with a directory: 'SEFH', version, count, and of each record its kind, how far before the directory it begins, and
    its length; then the directory's own length and 'SEFT'. A record has kind, length of its name, name and content.
    """
    size = len(data)
    directory = size - 8 - int.from_bytes(data[size - 8 : size - 4], "little")
    if directory < end or data[directory : directory + 4] != b"SEFH":
        return UNKNOWN
    count = int.from_bytes(data[directory + 8 : directory + 12], "little")
    if count > MOST_RECORDS or directory + 12 + 12 * count > size - 8:
        return UNKNOWN
    covered = directory
    for entry in range(directory + 12, directory + 12 + 12 * count, 12):
        before, length = (int.from_bytes(data[entry + at : entry + at + 4], "little") for at in (4, 8))
        record = directory - before
        if record < end or length < 8 or record + length > directory:
            return UNKNOWN
        content = record + 8 + int.from_bytes(data[record + 4 : record + 8], "little")
        found = _look(data, content) if content < record + length else ""
        if found not in ("", UNKNOWN):
            return found
        covered = min(covered, record)
    return UNKNOWN if data[end:covered].strip(PADDING) else ""


def _is_archive(data: Data) -> bool:
    """Whether a ZIP directory ends where the file ends (APPNOTE.TXT 4.3.16), wherever it was put."""
    at = data.rfind(b"PK\x05\x06", max(len(data) - 65_557, 0))
    return at >= 0 and at + 22 <= len(data) and at + 22 + int.from_bytes(data[at + 20 : at + 22], "little") == len(data)
