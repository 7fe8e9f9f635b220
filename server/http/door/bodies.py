"""Bodies of requests: how much of them all processes together hold. How long they may take to come is the connection's affair."""

from collections.abc import Iterable

from litestar.types import ASGIApp, Receive, Scope, Send
from litestar.types.asgi_types import ReceiveMessage

from server.ground.problems import Busy, Unavailable
from server.http.door.door import Door
from server.http.door.limits import SMALL, client_of


class Bodies:
    """ASGI middleware. Small bodies, and those of routes with `passes_on` in their `opt`, are not counted."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if _is_small(scope["headers"]) or scope["route_handler"].opt.get("passes_on"):
            await self.app(scope, receive, send)
            return
        client = scope.get("client")
        body = _Body(scope["litestar_app"].state.door, receive, client_of(client[0] if client else None))
        try:
            await self.app(scope, body.receive, send)
        finally:
            body.release()


def _is_small(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    for name, value in headers:
        if name == b"transfer-encoding":
            return False
        if name == b"content-length":
            return value.isdigit() and int(value) <= SMALL
    return True


class _Body:
    """One request's body on its way in."""

    def __init__(self, door: Door, receive: Receive, address: str) -> None:
        self._door, self._receive, self._address, self._size = door, receive, address, 0

    async def receive(self) -> ReceiveMessage:
        """The next piece. Raises `Busy` or `Unavailable` when too much is held already."""
        message = await self._receive()
        if message["type"] == "http.request" and message["body"]:
            self._hold(len(message["body"]))
        return message

    def _hold(self, count: int) -> None:
        door = self._door
        self._size += count
        door.bodies_of[self._address] += count
        door.crowd.holds(count)
        if door.bodies_of[self._address] > door.limits.address_body_bytes:
            raise Busy("Too much comes from your address at once. Send less at a time, and again soon.")
        if door.crowd.body_bytes > door.limits.body_bytes:
            raise Unavailable("The server has too much to do. Nothing was changed; try again soon.")

    def release(self) -> None:
        """The request is through, and nothing holds its body any more."""
        if self._size:
            self._door.bodies_of[self._address] -= self._size
            if not self._door.bodies_of[self._address]:
                del self._door.bodies_of[self._address]
            self._door.crowd.holds(-self._size)
