"""Signed tokens: access tokens for people, time anchors and sync cursors for phones, challenges for devices.

All are JWT (RFC 7519) with HS256 and a key that only the servers hold; `use` keeps one kind from passing as another.
"""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

import jwt
import msgspec

from server.ground import clock
from server.ground.problems import TokenExpired, Unauthenticated
from server.identity.rules import Role

ACCESS_LIFETIME = timedelta(minutes=15)
REFRESH_LIFETIME = timedelta(days=60)
CHALLENGE_LIFETIME = timedelta(minutes=5)
REMEMBERED = 8192
"""Tokens that were verified and are not verified again: an idle phone sends the same two with every exchange."""


class Actor(msgspec.Struct, frozen=True):
    """Who calls: a user, their role and office, the device when the token was made for one, and the session it came from.

    `narrow`: here a desk sees its own office only (`offices.py`).
    """

    user_id: UUID
    role: Role
    office_id: UUID
    device_id: UUID | None = None
    active: bool = True
    session_id: UUID | None = None
    narrow: bool = False


class Tokens:
    """Makes and reads the tokens of one installation, by its secret."""

    def __init__(self, secret: str) -> None:
        self._secret = secret
        self._claims = lru_cache(REMEMBERED)(self._verified)
        self._actor = lru_cache(REMEMBERED)(self._spoken_for)

    def make(self, use: str, claims: dict[str, Any], lifetime: timedelta | None = None) -> str:
        """A token for one use; without a lifetime it does not expire."""
        body = {**claims, "use": use}
        if lifetime is not None:
            body["exp"] = int((clock.now() + lifetime).timestamp())
        signed = HEADER + b"." + _base64url(msgspec.json.encode(body))
        signature = hmac.digest(self._secret.encode(), signed, "sha256")
        return (signed + b"." + _base64url(signature)).decode()

    def _verified(self, token: str) -> Mapping[str, Any]:
        try:
            claims: dict[str, Any] = jwt.decode(
                token, self._secret, algorithms=["HS256"], options={"verify_exp": False, "require": ["use"]}
            )
        except jwt.InvalidTokenError as error:
            raise Unauthenticated("The token is not one of ours. Sign in again.") from error
        return claims

    def read(self, use: str, token: str) -> Mapping[str, Any]:
        """The claims of a token for this use. Raises `TokenExpired` or `Unauthenticated`."""
        claims = self._claims(token)
        if claims["use"] != use:
            raise Unauthenticated(f"This token is for {claims['use']}, not for {use}. Send the right one.")
        if "exp" in claims and claims["exp"] <= clock.now().timestamp():
            raise TokenExpired("The token has expired. Refresh it, then try again.")
        return claims

    def access(self, actor: Actor) -> str:
        """A short access token for the Authorization header."""
        claims = {"sub": str(actor.user_id), "role": actor.role, "office": str(actor.office_id), "active": actor.active}
        if actor.device_id:
            claims["device"] = str(actor.device_id)
        if actor.session_id:
            claims["sid"] = str(actor.session_id)
        return self.make("access", claims, ACCESS_LIFETIME)

    def actor(self, token: str) -> Actor:
        """Who an access token speaks for. Raises `TokenExpired` or `Unauthenticated`."""
        self.read("access", token)
        return self._actor(token)

    def _spoken_for(self, token: str) -> Actor:
        claims = self._claims(token)
        device, session = claims.get("device"), claims.get("sid")
        return Actor(
            user_id=UUID(claims["sub"]),
            role=Role(claims["role"]),
            office_id=UUID(claims["office"]),
            device_id=UUID(device) if device else None,
            active=claims["active"],
            session_id=UUID(session) if session else None,
        )


def _base64url(data: bytes) -> bytes:
    return urlsafe_b64encode(data).rstrip(b"=")


HEADER = _base64url(b'{"alg":"HS256","typ":"JWT"}')
