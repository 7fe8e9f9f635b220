"""Canonical JSON (RFC 8785, integers only), SHA-256 and base64url: how bytes that are hashed or signed are made."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import rfc8785


class NotCanonical(ValueError):
    """The value has no canonical form here: a fraction, a number beyond 2**53 - 1, a key that is no text, half a character."""


def canonical(value: Any) -> bytes:
    """The canonical UTF-8 bytes of a JSON value; raises `NotCanonical` for what RFC 8785 or our own rule bars.

    Fractions are refused because two languages need not print the same one alike: times are integer microseconds,
    positions integer 1e-7 degrees, money integer minor units.
    """
    _refuse_fractions(value)
    try:
        return bytes(rfc8785.dumps(value))
    except (rfc8785.CanonicalizationError, UnicodeError) as error:
        raise NotCanonical(str(error)) from error


def _refuse_fractions(value: Any) -> None:
    if isinstance(value, float):
        raise NotCanonical(f"{value!r} is a fraction; write an integer in a smaller unit")
    if isinstance(value, Mapping):
        for item in value.values():
            _refuse_fractions(item)
    elif isinstance(value, Sequence) and not isinstance(value, str | bytes):
        for item in value:
            _refuse_fractions(item)


def sha256_hex(data: bytes | str) -> str:
    """Lowercase hex SHA-256 of bytes, or of a text's UTF-8 bytes."""
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


def to_base64url(data: bytes) -> str:
    """base64url without padding (RFC 4648 section 5)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes:
    """The bytes of base64url text, with or without padding; raises `ValueError` for other characters."""
    padded = text + "=" * (-len(text) % 4)
    return base64.b64decode(padded, altchars=b"-_", validate=True)
