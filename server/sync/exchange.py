"""How an exchange is let in and read: so that one operation that is none says nothing against the others.

What is not of the wire's shape becomes an operation whose text is what came, signed by nobody: it is looked at like any
other, and is kept as an incident. Half a character, which no text may hold, becomes U+FFFD, as browsers sign it.
"""

import json
from typing import Any

import msgspec
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.exceptions import SerializationException
from litestar.handlers import HTTPRouteHandler

from server.http.strict import Strict
from server.identity.tokens import Actor


class ExchangeHandler(HTTPRouteHandler):
    """A route whose guards get the route itself. Litestar copies it for each, a twentieth of an exchange that finds nothing."""

    async def authorize_connection(self, connection: ASGIConnection[Any, Any, Any, Any]) -> None:
        """Ask every guard; ours change nothing of a route."""
        for guard in self.resolve_guards():
            await guard(connection, self)  # type: ignore[misc]


class Exchange(Strict[Actor, str, State]):
    """The request of an exchange."""

    async def value(self) -> Any:
        """The body, its operations of the wire's shape. Raises `SerializationException` for what is no JSON."""
        try:
            value = await super().value()
        except (SerializationException, UnicodeDecodeError):
            value = _whole(await self.body())
            if value is None:
                raise
        if isinstance(value, dict) and isinstance(value.get("operations"), list):
            operations = value["operations"]
            if not all(map(_is_operation, operations)):
                value["operations"] = [one if _is_operation(one) else _as_operation(one) for one in operations]
        return value


def _is_operation(one: Any) -> bool:
    return (
        type(one) is dict
        and type(one.get("body")) is str
        and type(one.get("signature")) is str
        and type(one.get("attachment", "")) in (str, type(None))
    )


def _as_operation(one: Any) -> dict[str, Any]:
    """Something in the place of an operation, as one. An attachment that is no text is the text of its JSON."""
    if not isinstance(one, dict) or not isinstance(one.get("body"), str):
        return {"body": _text(one), "signature": ""}
    signature, attachment = one.get("signature"), one.get("attachment")
    return {
        "body": one["body"],
        "signature": signature if isinstance(signature, str) else "",
        "attachment": attachment if isinstance(attachment, str | None) else _text(attachment),
    }


def _text(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _whole(body: bytes) -> Any:
    """The value of a body that holds half characters, each replaced by U+FFFD; None for what is no JSON at all."""
    try:
        return _mended(json.loads(body.decode("utf-8", "replace")))
    except ValueError:
        return None


def _mended(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_mended(one) for one in value]
    if isinstance(value, dict):
        return {_mended(name): _mended(one) for name, one in value.items()}
    return value
