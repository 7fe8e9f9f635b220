"""The checksum of a scope: the sum, modulo 2^64, of one 64-bit share for each row that the phone holds."""

import hashlib


def share(collection: str, row_id: str, rev: int, content_hash: str) -> int:
    """The first 8 bytes, big-endian, of SHA-256 over `collection:id:rev:hash`."""
    text = f"{collection}:{row_id}:{rev}:{content_hash}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])


def checksum(shares: list[int]) -> str:
    """The sum as 16 hex digits."""
    return f"{sum(shares) % 2**64:016x}"
