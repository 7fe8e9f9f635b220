"""Identifiers: UUIDv7 (RFC 9562 section 5.7), so that new rows land at the end of an index and sort by birth."""

import secrets
from uuid import UUID

from server.ground import clock


def uuid7() -> UUID:
    """A new time-ordered id: 48 bits of milliseconds, then 74 random bits."""
    milliseconds = clock.micros() // 1000
    random = secrets.randbits(74)
    high, low = random >> 62, random & ((1 << 62) - 1)
    return UUID(int=(milliseconds << 80) | (0x7 << 76) | (high << 64) | (0b10 << 62) | low)


def is_plain(written: str) -> bool:
    """Whether a text that was read as a UUID is written as UUIDs are printed: in lower case with hyphens (RFC 9562, section 4).

    Cheaper than printing it again, which an exchange would do a hundred times.
    """
    return len(written) == 36 and written == written.lower()
