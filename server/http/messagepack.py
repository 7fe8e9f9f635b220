"""MessagePack for every route: a body of that type is read as JSON would be, and an answer is turned into it on demand.

The API speaks JSON inside; here it is only said in other bytes. Media type by Content-Type and Accept (RFC 9110 section 12).
"""

import re
from typing import Any

import msgspec
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from litestar.types.asgi_types import ReceiveMessage

from server.ground.problems import Malformed, TooLarge

TYPE, JSON = b"application/vnd.msgpack", b"application/json"
_HALF = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")
"""A surrogate by itself in UTF-8, which no text may hold."""
NAMES = (TYPE, b"application/msgpack", b"application/x-msgpack")


def _with(headers: list[tuple[bytes, bytes]], replaced: dict[bytes, bytes]) -> list[tuple[bytes, bytes]]:
    return [pair for pair in headers if pair[0].lower() not in replaced] + list(replaced.items())


def _wants(accept: bytes) -> bool:
    """MessagePack is named and comes before JSON, or JSON is not named."""
    offers = [part.split(b";")[0].strip().lower() for part in accept.split(b",")]
    for offer in offers:
        if offer in NAMES:
            return True
        if offer in (JSON, b"*/*"):
            return False
    return False


class MessagePack:
    """ASGI middleware; a request that names MessagePack nowhere passes untouched."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self.app = app
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        content, accept = b"", b""
        for name, value in scope["headers"]:
            if name == b"content-type":
                content = value
            elif name == b"accept":
                accept = value
        if content != JSON and content.split(b";")[0].strip().lower() in NAMES:
            receive = await self._as_json(scope, receive)
        if accept and _wants(accept):
            send = _Answer(send)
        await self.app(scope, receive, send)

    async def _as_json(self, scope: Scope, receive: Receive) -> Receive:
        packed, more = bytearray(), True
        while more:
            message = await receive()
            if message["type"] != "http.request":
                break
            packed += message["body"]
            more = message["more_body"]
            if len(packed) > self.limit:
                raise TooLarge(f"The body is over {self.limit} bytes. Send it in parts.")
        try:
            body = msgspec.json.encode(_unpacked(bytes(packed))) if packed else b""
        except (msgspec.DecodeError, TypeError, ValueError) as error:
            raise Malformed("The body is not MessagePack. Mend it and send it again.") from error
        scope["headers"] = _with(
            list(scope["headers"]), {b"content-type": b"application/json", b"content-length": str(len(body)).encode()}
        )
        sent = False

        async def receive_json() -> ReceiveMessage:
            nonlocal sent
            if sent:
                return await receive()
            sent = True
            return {"type": "http.request", "body": body, "more_body": False}

        return receive_json


def _unpacked(packed: bytes) -> Any:
    """The value of MessagePack. Half a character, which some encoders write as it is, becomes U+FFFD; it is as long."""
    try:
        return msgspec.msgpack.decode(packed)
    except UnicodeDecodeError:
        return msgspec.msgpack.decode(_HALF.sub("\ufffd".encode(), packed))


class _Answer:
    """Holds a JSON answer back until it is whole, then sends it as MessagePack; other answers pass."""

    def __init__(self, send: Send) -> None:
        self.send = send
        self.start: Message | None = None
        self.chunks: list[bytes] = []

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            kind = next((v for k, v in message["headers"] if k.lower() == b"content-type"), b"")
            if kind.split(b";")[0] in (JSON, b"application/problem+json"):
                self.start = message
                return
        if self.start is None or message["type"] != "http.response.body":
            await self.send(message)
            return
        self.chunks.append(message["body"])
        if message.get("more_body"):
            return
        body = b"".join(self.chunks)
        if body:
            body = msgspec.msgpack.encode(msgspec.json.decode(body))
        headers = {b"content-type": TYPE, b"content-length": str(len(body)).encode(), b"vary": b"Accept"}
        start = {**self.start, "headers": _with(list(self.start["headers"]), headers)}  # type: ignore[typeddict-item]
        await self.send(start)  # type: ignore[arg-type]
        await self.send({"type": "http.response.body", "body": body, "more_body": False})
