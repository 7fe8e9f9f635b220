"""Somebody between us and the real storage: cuts it off, hangs, or changes what it says; everything else passes untouched."""

import http.client
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import cast
from urllib.parse import urlsplit

import msgspec

from server.embedded.s3_address import S3Address
from server.embedded.s3_client import make_client
from server.media.storage import Storage

HOP = {"connection", "expect", "transfer-encoding", "content-length", "keep-alive"}


class Said(msgspec.Struct):
    """What the storage answered."""

    status: int
    headers: dict[str, str]
    body: bytes


Change = Callable[[str, str, Said], None]
"""`change(method, path, said)` alters the answer."""
Which = Callable[[str, str], bool]
"""`which(method, path)` says of a request whether it is one of those."""


class Between(ThreadingHTTPServer):
    """Forwards to `upstream`; `away` hangs up on everyone, `change` alters answers, `asked` has what came through.

    What `hangs` is taken and never answered: its connection stays open until `release`.
    """

    daemon_threads = True

    def __init__(self, upstream: str) -> None:
        super().__init__(("127.0.0.1", 0), _Forward)
        self.upstream = urlsplit(upstream).netloc
        self.away = False
        self.hangs: Which = lambda method, path: False
        self.held = 0
        self._released = Event()
        self.change: Change = lambda method, path, said: None
        self.asked: list[tuple[str, str]] = []

    def release(self) -> None:
        """Hang up on those that were held, and hold nobody any more."""
        self.hangs = lambda method, path: False
        self._released.set()

    def hold(self) -> None:
        """Keep a connection open without an answer."""
        self.held += 1
        self._released.wait(60)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Forward(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _forward(self) -> None:
        server = cast(Between, self.server)
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        held = server.hangs(self.command, self.path)
        if held:
            server.hold()
        if held or server.away:
            self.close_connection = True
            return
        server.asked.append((self.command, self.path))
        said = self._ask(server.upstream, body)
        server.change(self.command, self.path, said)
        self.send_response(said.status)
        said.headers.setdefault("content-length", str(len(said.body)))
        for name, value in said.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(said.body)

    def _ask(self, upstream: str, body: bytes) -> Said:
        # The host is signed, so the storage must see the one that was signed: ours.
        sent = {name: value for name, value in self.headers.items() if name.lower() not in HOP}
        connection = http.client.HTTPConnection(upstream, timeout=30)
        try:
            connection.request(self.command, self.path, body or None, sent | {"Content-Length": str(len(body))})
            answer = connection.getresponse()
            found = answer.read()
        finally:
            connection.close()
        kept = {name.lower(): value for name, value in answer.getheaders()}
        length = (
            {"content-length": kept["content-length"]} if self.command == "HEAD" and "content-length" in kept else {}
        )
        return Said(answer.status, {name: kept[name] for name in kept.keys() - HOP} | length, found)

    def log_message(self, *args: object) -> None:
        """Nothing: a test's output is its own."""


for method in ("GET", "PUT", "HEAD", "POST", "DELETE", "OPTIONS"):
    setattr(_Forward, f"do_{method}", _Forward._forward)


@contextmanager
def between(address: S3Address) -> Iterator[tuple[Between, Storage]]:
    """Somebody between, and the storage as it is seen through them. One attempt each, so that an outage costs no time."""
    with Between(address.endpoint_url) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        through = msgspec.structs.replace(address, endpoint_url=server.url)
        storage = Storage(through, "fieldproof")
        storage.client = make_client(through, attempts=1)
        try:
            yield server, storage
        finally:
            server.release()
            server.shutdown()
            thread.join(10)
