"""Bodies of requests: how long they may take to come, and how much of them is held by all processes together."""

import asyncio

from litestar.types import ASGIApp, Receive, Scope, Send
from litestar.types.asgi_types import ReceiveMessage

from server.ground.problems import Busy, Unavailable
from server.http.door.door import Door
from server.http.door.limits import client_of
from server.http.door.problems import TooSlow


class Bodies:
    """ASGI middleware. Bodies of routes with `passes_on` in their `opt` are not held, and only their time is looked at."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        client = scope.get("client")
        passes_on = scope["route_handler"].opt.get("passes_on", False)
        door: Door = scope["litestar_app"].state.door
        body = _Body(door, receive, client_of(client[0] if client else None), holds=not passes_on)
        try:
            await self.app(scope, body.receive, send)
        finally:
            body.release()


class _Body:
    """One request's body on its way in."""

    def __init__(self, door: Door, receive: Receive, address: str, *, holds: bool) -> None:
        self._door, self._receive, self._address, self._holds = door, receive, address, holds
        self._size, self._came, self._through = 0, 0, False
        self._began = asyncio.get_running_loop().time()

    async def receive(self) -> ReceiveMessage:
        """The next piece. Raises `TooSlow`, or `Busy` and `Unavailable` when too much is held already."""
        if self._through:  # what comes now is the end of the connection, and that may take as long as it likes
            return await self._receive()
        limits, now = self._door.limits, asyncio.get_running_loop().time()
        left = self._began + limits.grace_seconds + self._came / limits.bytes_a_second - now
        try:
            async with asyncio.timeout(min(limits.gap_seconds, max(left, 0.01))):
                message = await self._receive()
        except TimeoutError as error:
            raise TooSlow("The rest of the request did not come in time. Send it again, in smaller parts.") from error
        if message["type"] == "http.request":
            count = len(message["body"])
            self._came += count
            self._through = not message["more_body"]
            if self._holds and count:
                self._hold(count)
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
