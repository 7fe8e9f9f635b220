"""Identifiers: UUIDv7 (RFC 9562 section 5.7), so that new rows land at the end of an index and sort by birth."""

import secrets
from uuid import UUID

from server import clock


def uuid7() -> UUID:
    """A new time-ordered id: 48 bits of milliseconds, then 74 random bits."""
    milliseconds = clock.micros() // 1000
    random = secrets.randbits(74)
    high, low = random >> 62, random & ((1 << 62) - 1)
    return UUID(int=(milliseconds << 80) | (0x7 << 76) | (high << 64) | (0b10 << 62) | low)
