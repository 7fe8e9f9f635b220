"""Figures and pure decisions of photo custody: sizes, parts of an upload, image types by content, and what is due when."""

from datetime import timedelta

import msgspec

from server.media.limits import LIMITS

MAX_PHOTO = LIMITS.size
"""Bytes of the largest photo that a phone may promise."""
MULTIPART_ABOVE = 16 * 1024 * 1024
"""Bytes above which a photo is better sent in parts, so that a broken connection costs one part."""
PART_SIZE = 8 * 1024 * 1024
"""Bytes of each part but the last. S3 wants 5 MiB or more."""

IMAGE_TYPES = ("image/jpeg", "image/png", "image/webp", "image/heic", "image/heif")
EXTENSIONS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/heic": "heic", "image/heif": "heif"}
HEIC_NAMES = ("image/heic", "image/heif")
HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
"""Major brands of still images and sequences coded with HEVC (ISO/IEC 23008-12, annex B)."""


class Custody(msgspec.Struct, frozen=True):
    """What an office lets pass before it acts."""

    late_after: timedelta = timedelta(hours=2)
    """A promised photo that is not verified by then is late."""
    orphan_after: timedelta = timedelta(days=7)
    """An object that no manifest claims is removed at this age."""
    abandoned_after: timedelta = timedelta(days=7)
    """An upload in parts that nobody went on with is aborted."""


USUAL = Custody()


def part_sizes(size: int, part_size: int) -> list[int]:
    """The sizes of the parts of a photo, in order: all `part_size` but the last."""
    whole, rest = divmod(size, part_size)
    return [part_size] * whole + ([rest] if rest else [])


def sniff(head: bytes) -> str | None:
    """The image type that the first 12 bytes say; None when they say none that we take."""
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp" and head[8:12] in HEIF_BRANDS:
        return "image/heic"
    return None


def names_of(content_type: str) -> tuple[str, ...]:
    """The names under which phones promise this type. HEIC is HEIF with one codec, and phones use both names."""
    return HEIC_NAMES if content_type in HEIC_NAMES else (content_type,)


def is_type(head: bytes, promised: str) -> bool:
    """Whether the content is of the promised type."""
    return sniff(head) in names_of(promised)


def words_behind(count: int, kind: str) -> str:
    """What a finding says of bytes that follow an image: a file can be a photo from the front and more from behind."""
    return f"{count} bytes follow the image and look like {kind}" if kind else ""
