"""The secret of a link: long enough that nobody guesses it, and what is stored of it."""

import hashlib
import secrets

BYTES = 24
LONGEST = 64
"""Characters of a token that are looked up at all."""


def new_token() -> str:
    """A token that nobody had before."""
    return secrets.token_urlsafe(BYTES)


def token_sha256(token: str) -> bytes:
    """By which a link is known."""
    return hashlib.sha256(token.encode()).digest()
