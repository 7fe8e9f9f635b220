"""An ASGI application around another one, in which a few lines decide what becomes of a request or its answer."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import msgspec

Json = dict[str, Any]


class Asked(msgspec.Struct):
    """A request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


class Answer(msgspec.Struct):
    """What is answered."""

    status: int
    body: Any
    content_type: str = "application/json"
    headers: dict[str, str] = {}


Ask = Callable[[Asked], Awaitable[Answer]]
Change = Callable[[Asked, Ask], Awaitable[Answer]]
"""Gets a request and the way to the application inside; gives the answer."""


def wrapped(application: Any, change: Change, under: str = "/v1/sync") -> Any:
    """The application with `change` in front of what is under a path."""
    inside = httpx.AsyncClient(transport=httpx.ASGITransport(app=application), base_url="http://inside.test")

    async def ask(asked: Asked) -> Answer:
        headers = {
            key: value for key, value in asked.headers.items() if key not in ("content-length", "accept-encoding")
        }
        content = asked.body if isinstance(asked.body, bytes) else json.dumps(asked.body).encode()
        if asked.body is None:
            content = b""
        answer = await inside.request(asked.method, asked.path, headers=headers, content=content)
        try:
            body: Any = answer.json()
        except ValueError:
            body = None
        return Answer(answer.status_code, body, answer.headers.get("content-type", "application/json"))

    async def outside(scope: Any, receive: Any, send: Any) -> None:
        if not scope["path"].startswith(under):
            await application(scope, receive, send)
            return
        content, more = b"", True
        while more:
            message = await receive()
            content += message.get("body", b"")
            more = message.get("more_body", False)
        path = scope["path"] + ("?" + scope["query_string"].decode() if scope["query_string"] else "")
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        try:
            body = json.loads(content) if content else None
        except ValueError:
            body = content
        answer = await change(Asked(scope["method"], path, headers, body), ask)
        out = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
        head = [(b"content-type", answer.content_type.encode()), (b"content-length", str(len(out)).encode())]
        head += [(name.encode(), value.encode()) for name, value in answer.headers.items()]
        await send({"type": "http.response.start", "status": answer.status, "headers": head})
        await send({"type": "http.response.body", "body": out})

    return outside
