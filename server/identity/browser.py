"""A cookie by which a browser is known again, so that who was there before is told from others at the same address.

It opens nothing. Guesses from elsewhere, or from the next desk, do not slow such a browser down (after OWASP's "device cookies").
"""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

import msgspec
from litestar.datastructures import Cookie

from server.ground.problems import Unauthenticated
from server.identity.tokens import Tokens

NAME = "fieldproof_browser"
LIFETIME = timedelta(days=180)
MOST_USERS = 8
"""People that one browser is known for, such as that of a workshop."""


class Browser(msgspec.Struct, frozen=True):
    """A browser, and who has signed in with it, the last one first."""

    nonce: str
    users: tuple[UUID, ...]


def browser_of(tokens: Tokens, cookies: Mapping[str, str]) -> Browser | None:
    """The browser that a request comes from, if it was here before and shows our own cookie."""
    if NAME not in cookies:
        return None
    try:
        claims = tokens.read("browser", cookies[NAME])
    except Unauthenticated:
        return None
    return Browser(claims["nonce"], tuple(map(UUID, claims["users"])))


def cookie_for(tokens: Tokens, browser: Browser | None, user_id: UUID, *, secure: bool) -> Cookie:
    """The cookie of a browser in which this user has just signed in."""
    nonce, before = (browser.nonce, browser.users) if browser else (secrets.token_hex(16), ())
    users = [user_id, *(one for one in before if one != user_id)][:MOST_USERS]
    value = tokens.make("browser", {"nonce": nonce, "users": list(map(str, users))}, LIFETIME)
    return Cookie(
        key=NAME, value=value, path="/v1/auth", httponly=True, samesite="strict", secure=secure,
        max_age=int(LIFETIME.total_seconds()),
    )  # fmt: skip
