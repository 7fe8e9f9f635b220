"""One address: photos go through the API to the storage and back, a piece at a time, when phones do not reach the storage.

Which requests pass is `presigned.py`'s. A body is never held: what has been read goes on before more is read, in both
directions. All bodies of a process share one pace, so that an exchange beside them waits for little.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator
from functools import cache

import httpx
from litestar import asgi
from litestar.types import HTTPScope, Receive, Send

from server.ground.problems import Busy, Malformed, NotFound, Unavailable
from server.identity.audience import SIGNED_ADDRESS
from server.media.presigned import Handed, hand_on
from server.media.storage import OBJECTS, Storage

BYTES_A_SECOND = 8 * 1024 * 1024
"""Of all photos that pass through one process: 20 phones with 3 Mbit/s each. It costs the process 5 ms of each MB, and the
storage, which hashes what comes, three times as much, so a sixth of a core between them. At twice this pace one exchange in
a hundred beside it took three times as long on two cores (`bench --only front`); at this one nothing is seen."""

AT_A_TIME = 64
"""Photos that pass through one process; each holds some 200 kB meanwhile."""

PIECE = 64 * 1024
TIMEOUT = httpx.Timeout(60.0, connect=3.0, pool=15.0)
ANSWERED = frozenset(
    {
        "accept-ranges", "content-disposition", "content-length", "content-range", "content-type", "etag", "last-modified",
        "x-amz-checksum-sha256",
    }
)  # fmt: skip
"""Headers of the storage's answers that go on."""

ANY_ORIGIN = {
    "access-control-allow-origin": "*", "access-control-expose-headers": "ETag",
}  # fmt: skip
"""An address is its own credential, and no cookie goes with it, so a page of any origin may use one (as the storage says)."""

PREFLIGHT = ANY_ORIGIN | {
    "access-control-allow-methods": "PUT, GET",
    "access-control-allow-headers": "content-type, if-none-match, range, x-amz-checksum-sha256",
    "access-control-max-age": "3600",
}
SANDBOXED = {"content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox"}


class Relay:
    """What the objects that pass through one process share: connections to the storage, places, and a pace."""

    def __init__(self, *, bytes_a_second: float = BYTES_A_SECOND, at_a_time: int = AT_A_TIME) -> None:
        self.http = httpx.AsyncClient(
            timeout=TIMEOUT, verify=_trusted(), trust_env=False, follow_redirects=False, headers={"accept-encoding": "identity"},
            limits=httpx.Limits(max_connections=at_a_time, max_keepalive_connections=16),
        )  # fmt: skip
        self._seconds_a_byte = 1 / bytes_a_second
        self._places, self._next = at_a_time, 0.0

    async def close(self) -> None:
        """Let go of the connections."""
        await self.http.aclose()

    async def pace(self, count: int) -> None:
        """Wait until `count` more bytes may pass. Whoever asks first goes first."""
        now = asyncio.get_running_loop().time()
        begins = max(self._next, now)
        self._next = begins + count * self._seconds_a_byte
        await asyncio.sleep(begins - now)

    async def answer(self, handed: Handed, receive: Receive, send: Send) -> None:
        """Ask the storage and send on what it answers. Raises `Busy` or `Unavailable` before anything was sent."""
        if not self._places:
            raise Busy("Many photos are on their way. Send this one again soon.")
        self._places -= 1
        try:
            body = self._pieces(receive) if handed.method == "PUT" else None
            request = self.http.build_request(handed.method, handed.url, headers=handed.headers, content=body)
            try:
                found = await self.http.send(request, stream=True)
            except httpx.HTTPError as error:
                raise Unavailable("The storage does not answer. Nothing was changed; try again soon.") from error
            try:
                await self._send_on(found, send)
            finally:
                await found.aclose()
        finally:
            self._places += 1

    async def _pieces(self, receive: Receive) -> AsyncIterator[bytes]:
        """The request's body as it comes. Raises `Malformed` when it ends before its end."""
        more = True
        while more:
            message = await receive()
            if message["type"] != "http.request":
                raise Malformed("The photo was broken off. Send it again.")
            if message["body"]:
                await self.pace(len(message["body"]))
                yield message["body"]
            more = message.get("more_body", False)

    async def _send_on(self, found: httpx.Response, send: Send) -> None:
        headers = {name: value for name, value in found.headers.items() if name in ANSWERED} | ANY_ORIGIN | SANDBOXED
        await send({"type": "http.response.start", "status": found.status_code, "headers": _encoded(headers)})
        async for piece in found.aiter_raw(PIECE):
            await self.pace(len(piece))
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


@asgi(OBJECTS, guards=[SIGNED_ADDRESS], is_mount=True, opt={"passes_on": True}, copy_scope=False)
async def objects(scope: HTTPScope, receive: Receive, send: Send) -> None:
    """PUT and GET of objects by the addresses that the API gives. Errors of ours are problem documents, others the storage's."""
    state = scope["litestar_app"].state
    storage: Storage = state.storage
    if storage.through is None:
        raise NotFound("This server's photos go straight to their storage. Ask the API for the address of a photo.")
    if scope["method"] == "OPTIONS":
        await send({"type": "http.response.start", "status": 204, "headers": _encoded(PREFLIGHT)})
        await send({"type": "http.response.body", "body": b"", "more_body": False})
        return
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    path, query = scope["raw_path"].decode("latin-1"), scope["query_string"].decode("latin-1")
    handed = hand_on(storage.address, storage.bucket, scope["method"], path.removeprefix(OBJECTS), query, headers)
    relay: Relay = state.relay
    await relay.answer(handed, receive, send)


@cache
def _trusted() -> ssl.SSLContext:
    """The authorities that a storage's certificate may be of, read once: each time takes 30 ms."""
    return httpx.create_ssl_context(trust_env=False)


def _encoded(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
