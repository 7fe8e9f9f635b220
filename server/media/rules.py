"""Figures and pure decisions of photo custody: sizes, parts of an upload, image types by content, and what is due when."""

from datetime import timedelta
from enum import StrEnum

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
JPEG_NAMES = ("image/jpeg", "image/jpg", "image/pjpeg")
"""The registered name, and two that phones and browsers have used for it."""
NAMES = {
    "image/png": ("image/png", "image/x-png"),
    **dict.fromkeys(HEIC_NAMES, HEIC_NAMES),
    **dict.fromkeys(JPEG_NAMES, JPEG_NAMES),
}
HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
"""Major brands of still images and sequences coded with HEVC (ISO/IEC 23008-12, annex B)."""


class PhotoSlot(StrEnum):
    """What a photo shows of the work."""

    BEFORE = "before"
    AFTER = "after"
    NAMEPLATE = "nameplate"
    FAULT = "fault"
    PART = "part"
    OTHER = "other"


class PhotoState(StrEnum):
    """Where a promised photo is."""

    PROMISED = "promised"
    VERIFIED = "verified"
    QUARANTINED = "quarantined"
    KEPT = "kept"


class Decision(StrEnum):
    """What the desk can decide of a photo that will not be verified."""

    NEVER_ARRIVED = "never_arrived"
    DAMAGED_KEPT = "damaged_kept"


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


def plain_type(content_type: str) -> str:
    """The type in small letters: the case of a type says nothing (RFC 9110 section 8.3.1)."""
    return content_type.lower()


def is_image_type(content_type: str) -> bool:
    """Whether a photo of this type is taken, by any of its names."""
    return any(plain_type(content_type) in names_of(one) for one in IMAGE_TYPES)


def names_of(content_type: str) -> tuple[str, ...]:
    """The names, in small letters, under which phones promise this type. HEIC is HEIF with one codec, and has both names."""
    plain = plain_type(content_type)
    return next((names for names in NAMES.values() if plain in names), (plain,))


def is_type(head: bytes, promised: str) -> bool:
    """Whether the content is of the promised type."""
    return sniff(head) in names_of(promised)


def is_same_type(one: str, other: str) -> bool:
    """Whether two names mean the same type."""
    return plain_type(one) in names_of(other)


def registered(content_type: str) -> str:
    """The registered name of a type that is promised: the one that browsers are told."""
    plain = plain_type(content_type)
    return plain if plain in IMAGE_TYPES else next((one for one in IMAGE_TYPES if plain in names_of(one)), plain)


def words_behind(count: int, kind: str) -> str:
    """What a finding says of bytes that follow an image: a file can be a photo from the front and more from behind."""
    return f"{count} bytes follow the image and look like {kind}" if kind else ""
