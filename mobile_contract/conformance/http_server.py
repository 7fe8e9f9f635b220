"""The smallest HTTP/1.1 server that can misbehave on purpose: break a connection before, or in the middle of, a reply.

ASGI servers do not let an application do that, so this one speaks through h11 over asyncio streams. Loopback only.
"""

import asyncio
import contextlib
import http
from collections.abc import AsyncIterator, Awaitable, Callable

import h11
import msgspec

LARGEST_BODY = 16 * 1024 * 1024
HOST = "127.0.0.1"
Headers = list[tuple[str, str]]


class Request(msgspec.Struct):
    """A request that was read whole. `target` is the path with its query."""

    method: str
    target: str
    headers: Headers
    body: bytes

    def header(self, name: str) -> str:
        """The first header of this name, or nothing."""
        return next((value for key, value in self.headers if key.lower() == name), "")


class Reply:
    """Answers one request: `whole`, or `begin`, `write` and `end`; or `cut` to break the connection where it stands."""

    def __init__(self, connection: h11.Connection, writer: asyncio.StreamWriter) -> None:
        self._connection = connection
        self._writer = writer

    async def begin(self, status: int, headers: Headers) -> None:
        """Status and headers."""
        reason = http.HTTPStatus(status).phrase if status in set(http.HTTPStatus) else ""
        await self._send(h11.Response(status_code=status, headers=headers, reason=reason.encode()))

    async def write(self, data: bytes) -> None:
        """A piece of the body."""
        if data:
            await self._send(h11.Data(data=data))

    async def end(self) -> None:
        """The body is complete."""
        await self._send(h11.EndOfMessage())

    async def whole(self, status: int, headers: Headers, body: bytes) -> None:
        """A reply in one piece."""
        await self.begin(status, [*headers, ("content-length", str(len(body)))])
        await self.write(body)
        await self.end()

    async def json(self, status: int, value: object, headers: Headers | None = None) -> None:
        """A JSON reply; a status of 400 or more is a problem document (RFC 9457)."""
        kind = "application/problem+json" if status >= 400 else "application/json"
        await self.whole(status, [("content-type", kind), *(headers or [])], msgspec.json.encode(value))

    def cut(self) -> None:
        """Break the connection now."""
        self._writer.transport.abort()

    async def _send(self, event: h11.Event) -> None:
        data = self._connection.send(event)
        if data:
            self._writer.write(data)
            await self._writer.drain()


Handler = Callable[[Request, Reply], Awaitable[None]]


@contextlib.asynccontextmanager
async def serving(handler: Handler, port: int = 0) -> AsyncIterator[int]:
    """Serve on loopback while the context is open; gives the port (a free one for 0)."""
    connections: set[asyncio.Task[None]] = set()

    def accepted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(_connection(handler, reader, writer))
        connections.add(task)
        task.add_done_callback(connections.discard)
        # A task that is cancelled before it began runs none of its lines.
        task.add_done_callback(lambda _: writer.close())

    server = await asyncio.start_server(accepted, HOST, port)
    try:
        bound: int = server.sockets[0].getsockname()[1]
        yield bound
    finally:
        server.close()
        for task in connections:
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)
        await server.wait_closed()


async def _connection(handler: Handler, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    connection = h11.Connection(h11.SERVER)
    try:
        while (request := await _read(connection, reader, writer)) is not None:
            await handler(request, Reply(connection, writer))
            if writer.transport.is_closing() or {connection.our_state, connection.their_state} != {h11.DONE}:
                break
            connection.start_next_cycle()
    except (h11.ProtocolError, ConnectionError):
        writer.transport.abort()


async def _read(
    connection: h11.Connection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> Request | None:
    head: h11.Request | None = None
    body = bytearray()
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            if connection.they_are_waiting_for_100_continue:
                writer.write(connection.send(h11.InformationalResponse(status_code=100, headers=[])) or b"")
            connection.receive_data(await reader.read(65536))
        elif isinstance(event, h11.Request):
            head = event
        elif isinstance(event, h11.Data):
            body += event.data
            if len(body) > LARGEST_BODY:
                raise h11.RemoteProtocolError("the body is too large", error_status_hint=413)
        elif isinstance(event, h11.EndOfMessage) and head is not None:
            headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in head.headers]
            return Request(head.method.decode(), head.target.decode(), headers, bytes(body))
        else:
            return None
