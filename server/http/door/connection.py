"""One connection of a client: uvicorn's, with limits on what comes before a request is there and on who does not read.

What uvicorn's parser in C takes, it takes without an end: a header of any length, as slowly as one likes. Here the bytes
around bodies are counted, a head and what follows an answer have their time, and connections are counted.
"""

import socket
import struct
from asyncio import BaseTransport, TimerHandle, Transport
from collections import Counter
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Any, ClassVar

import msgspec
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from server.ground.problems import Busy, Malformed, Problem, Unavailable
from server.http.door.crowd import Crowd
from server.http.door.leaving import NOSNIFF, POLICY
from server.http.door.limits import Limits, client_of
from server.http.door.problems import HeadTooLarge, TooSlow

READER_SECONDS = 30.0
"""How often it is looked whether a client goes on reading."""


Networks = tuple[IPv4Network | IPv6Network, ...]


class Doorkeeper:
    """What the connections of one process share: limits, the machine's count, and how many each address has."""

    def __init__(self, limits: Limits, crowd: Crowd, proxies: Networks = ()) -> None:
        self.limits, self.crowd, self.proxies = limits, crowd, proxies
        self.of_address: Counter[str] = Counter()

    def let_in(self, address: str) -> Problem | None:
        """Count a connection; why it must go again, if it must."""
        self.of_address[address] += 1
        self.crowd.connected(1)
        if self.crowd.connections > self.limits.connections:
            return Unavailable("The server has too many connections. Try again soon.")
        if self.of_address[address] > self.limits.address_connections and not self._is_proxy(address):
            return Busy("Your address has too many connections. Close some, and try again.")
        return None

    def _is_proxy(self, address: str) -> bool:
        try:
            return any(ip_address(address) in one for one in self.proxies)
        except ValueError:  # the network of an IPv6 client
            return False

    def let_out(self, address: str) -> None:
        """A connection has ended."""
        self.crowd.connected(-1)
        self.of_address[address] -= 1
        if not self.of_address[address]:
            del self.of_address[address]


class Connection(HttpToolsProtocol):
    """Made by uvicorn for each connection; `keeper` is set on a class of each server's own (`of`)."""

    keeper: ClassVar[Doorkeeper]

    @classmethod
    def of(cls, keeper: Doorkeeper) -> "type[Connection]":
        """The connections of one server."""
        return type("Connection", (cls,), {"keeper": keeper})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.limits = self.keeper.limits
        self._address = ""
        self._around, self._inside = 0, 0  # bytes of a message: around its body, and of it
        self._in_head, self._in_message, self._refused, self._leaving = False, False, False, False
        self._head_timer: TimerHandle | None = None
        self._end_timer: TimerHandle | None = None
        self._reader_timer: TimerHandle | None = None
        self._body_timer: TimerHandle | None = None
        self._body_began, self._body_last = 0.0, 0.0  # of a body that did not come whole with its head

    def connection_made(self, transport: BaseTransport) -> None:
        super().connection_made(transport)  # type: ignore[arg-type]
        self._address = client_of(self.client[0] if self.client else None)
        if problem := self.keeper.let_in(self._address):
            self.refuse(problem)
        else:
            self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        for timer in (self._head_timer, self._end_timer, self._reader_timer, self._body_timer):
            if timer is not None:
                timer.cancel()
        self.keeper.let_out(self._address)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._refused or self.transport.is_closing():
            return
        self._around += len(data)
        super().data_received(data)
        if self._refused or self.transport.is_closing():
            return
        if self._around > self.limits.head_bytes + 8 * self._inside:
            self.refuse(HeadTooLarge(f"The head of a request may have {self.limits.head_bytes} bytes."))
        elif self._head_timer is None and (self._in_head or self._is_idle()):
            self._await_head()
        elif self._body_timer is None and self._in_message and not self._in_head:
            self._body_began = self._body_last = self.loop.time()
            self._body_timer = self.loop.call_at(self._body_due(), self._look_at_body)

    def on_message_begin(self) -> None:
        self._in_head, self._in_message = True, True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._stop_head_timer()
        size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        if size > self.limits.head_bytes or len(self.headers) > self.limits.head_count:
            self.refuse(
                HeadTooLarge(
                    f"The head of a request may have {self.limits.head_count} headers and {self.limits.head_bytes} bytes."
                )
            )
            return
        super().on_headers_complete()
        if self.cycle is not None:
            self.cycle.transport = Answering(self)  # type: ignore[assignment]

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._in_head:  # and no trailers: nothing of ours reads them
            super().on_header(name, value)

    def on_body(self, body: bytes) -> None:
        self._around -= len(body)
        self._inside += len(body)
        if self._body_timer is not None:
            self._body_last = self.loop.time()
        if not self._refused:
            super().on_body(body)

    def on_message_complete(self) -> None:
        self._around, self._inside, self._in_message = 0, 0, False
        if self._end_timer is not None:
            self._end_timer.cancel()
            self._end_timer = None
        if self._body_timer is not None:
            self._body_timer.cancel()
            self._body_timer = None
        if not self._refused:
            super().on_message_complete()
        if self._leaving:
            self.end()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.transport.is_closing():
            self._watch_reader()
        elif self._in_message and not self._in_head and self.cycle.more_body and self._end_timer is None:
            self._end_timer = self.loop.call_later(self.limits.unread_seconds, self.end)

    def leave(self) -> None:
        """Close behind an answer that ends the connection: not before the rest of the body is there, or its time is over.

        Closed with bytes that nobody read, a system resets the connection, and the answer is lost to who still sends.
        """
        if self._in_message and self.cycle is not None and self.cycle.response_complete and self.cycle.more_body:
            self._leaving = True
        else:
            self.transport.close()

    def refuse(self, problem: Problem) -> None:
        """Answer with a problem document, if no answer has begun, and end the connection. What is at work on the request learns
        that its client is gone."""
        self._refused = True
        if self.cycle is not None and not self.cycle.response_complete:
            if self.cycle.response_started:
                self.transport.abort()
                return
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        body = msgspec.json.encode(problem.body())
        headers = [
            (b"content-type", b"application/problem+json"), (b"content-length", b"%d" % len(body)),
            (b"connection", b"close"), NOSNIFF, POLICY,
        ]  # fmt: skip
        if problem.status in (429, 503):
            headers.append((b"retry-after", b"5"))
        lines = b"".join(b"%b: %b\r\n" % one for one in headers)
        self.transport.write(STATUS_LINE[problem.status] + lines + b"\r\n" + body)
        self.end()

    def send_400_response(self, msg: str) -> None:
        """What the parser cannot read; a problem document like any other."""
        if self._leaving:
            self.end()
            return
        self.refuse(Malformed("This is not a request in HTTP/1.1."))

    def timeout_keep_alive_handler(self) -> None:
        self.end()

    def end(self) -> None:
        """Close; and whoever does not read what is still to be sent is cut off."""
        if not self.transport.is_closing():
            self.transport.close()
        self._watch_reader()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._watch_reader()

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._reader_timer is not None and not self.transport.is_closing():
            self._reader_timer.cancel()
            self._reader_timer = None

    def _is_idle(self) -> bool:
        """Nothing is asked, nothing is answered; what came can only be empty lines."""
        return not self._in_message and (self.cycle is None or self.cycle.response_complete)

    def _await_head(self) -> None:
        self._head_timer = self.loop.call_later(self.limits.head_seconds, self._head_is_late)

    def _stop_head_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _head_is_late(self) -> None:
        self._head_timer = None
        if self.transport.is_closing():
            return
        if self._around:
            self.refuse(TooSlow("The head of the request did not come in time. Send the request again."))
        else:
            self.end()  # it never said anything

    def _body_due(self) -> float:
        """When a body is late if nothing more of it comes."""
        limits = self.limits
        average = self._body_began + limits.grace_seconds + self._inside / limits.bytes_a_second
        return min(self._body_last + limits.gap_seconds, average)

    def _look_at_body(self) -> None:
        self._body_timer = None
        if self._refused or self.transport.is_closing() or self.cycle.response_complete:
            return
        now = self.loop.time()
        if self.flow.read_paused or self.cycle.waiting_for_100_continue:  # we are the ones who let the client wait
            self._body_began += now - self._body_last
            self._body_last = now
            self._body_timer = self.loop.call_later(self.limits.gap_seconds, self._look_at_body)
        elif now < self._body_due():
            self._body_timer = self.loop.call_at(self._body_due(), self._look_at_body)
        else:
            self.refuse(TooSlow("The rest of the request did not come in time. Send it again, in smaller parts."))

    def _watch_reader(self) -> None:
        if self._reader_timer is None:
            self._wait_for_reader()

    def _wait_for_reader(self) -> None:
        left = _unsent(self.transport)
        self._reader_timer = self.loop.call_later(READER_SECONDS, self._look_at_reader, left)

    def _look_at_reader(self, before: int) -> None:
        """Cut off who has read too little meanwhile; a stream that nobody reads would stay open for ever."""
        self._reader_timer = None
        if before - _unsent(self.transport) < self.limits.bytes_a_second * READER_SECONDS:
            _cut(self.transport)
        else:
            self._wait_for_reader()


class Answering:
    """The transport as an answer sees it: what uvicorn closes at once, we leave."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.write = connection.transport.write
        self.is_closing = connection.transport.is_closing

    def close(self) -> None:
        """Behind the answer, or in the middle of one that failed."""
        self._connection.leave()


def _cut(transport: Transport) -> None:
    """End at once; the system forgets what it still wanted to send, too, instead of trying for minutes."""
    if (connected := transport.get_extra_info("socket")) is not None:
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def _unsent(transport: Transport) -> int:
    size: int = transport.get_write_buffer_size()
    return size
