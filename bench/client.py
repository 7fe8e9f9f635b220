"""A light HTTP/1.1 client: one keep-alive connection, requests made beforehand, answers counted and not decoded.

Server and database share the machine with it, so it must cost little; ours and the floor go through the same one.
"""

import asyncio
import json
from typing import Any


class Failed(Exception):
    """An answer that is not a success: its status, and in the message the beginning of its body."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(f"{status}: {text}")
        self.status = status


def request(method: str, path: str, token: str | None = None, body: Any = None, headers: str = "") -> bytes:
    """The bytes of a request. `headers` are whole lines, each with its CRLF."""
    data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}"
    if token:
        lines += f"Authorization: Bearer {token}\r\n"
    if data:
        lines += f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n"
    return lines.encode() + b"\r\n" + data


class Connection(asyncio.Protocol):
    """One connection; `send` one request at a time. One that the server closed while it was idle is opened again."""

    def __init__(self, port: int) -> None:
        self._port, self._open = port, False
        self._buffer = bytearray()
        self._head = -1
        self._length: int | None = 0
        self._waiting: asyncio.Future[tuple[bytes, bytes]] | None = None
        self._transport: Any  # uvloop's transports are not asyncio's

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport, self._open, self._head = transport, True, -1
        self._buffer.clear()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if self._head < 0:
            self._head = self._buffer.find(b"\r\n\r\n")
            if self._head < 0:
                return
            self._length = _length(bytes(self._buffer[: self._head]))
        start = self._head + 4
        if self._length is None:
            if self._buffer.endswith(b"0\r\n\r\n"):
                self._finish(len(self._buffer))
        elif len(self._buffer) >= start + self._length:
            self._finish(start + self._length)

    def _finish(self, end: int) -> None:
        head, body = bytes(self._buffer[: self._head]), bytes(self._buffer[self._head + 4 : end])
        del self._buffer[:end]
        self._head = -1
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result((head, body))

    def connection_lost(self, error: Exception | None) -> None:
        self._open = False
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(error or ConnectionResetError("the server closed the connection"))

    async def open(self) -> None:
        await asyncio.get_running_loop().create_connection(lambda: self, "127.0.0.1", self._port)

    async def send(self, wire: bytes) -> bytes:
        """The body of the answer. Raises `Failed` unless it is a success or 'not modified'."""
        if not self._open:
            await self.open()
        self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(wire)
        head, body = await self._waiting
        if head[9:10] != b"2" and head[9:12] != b"304":
            raise Failed(int(head[9:12]), body[:400].decode(errors="replace"))
        return body

    def close(self) -> None:
        self._transport.close()


def _length(head: bytes) -> int | None:
    """Bytes of the body by the head; None when it comes in chunks."""
    if head[9:12] in (b"204", b"304"):
        return 0
    for line in head.lower().split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name == b"content-length":
            return int(value)
        if name == b"transfer-encoding" and b"chunked" in value:
            return None
    return 0


async def connect(port: int) -> Connection:
    """A connection to a server on loopback."""
    connection = Connection(port)
    await connection.open()
    return connection
