"""A flaky network as an HTTP proxy in front of a server: put its address where the client has the server's.

What it does to a request is drawn from the seed (`faults.py`); `log` says what it did to which.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import httpx
import msgspec

from mobile_contract.conformance.faults import FAULTS, Fault, Faults, Weather
from mobile_contract.conformance.field import LIMITS
from mobile_contract.conformance.http_server import HOST, Headers, Reply, Request, serving

HOP_BY_HOP = frozenset(
    {
        "connection", "content-length", "expect", "host", "keep-alive", "proxy-authenticate", "proxy-authorization", "te",
        "trailer", "transfer-encoding", "upgrade",
    }
)  # fmt: skip
BUSY_TITLES = {"busy": (429, "The server is busy"), "unavailable": (503, "A part of the system does not answer")}


class Entry(msgspec.Struct):
    """One line of the log: what was asked, what the network did, what the server answered (0: it was not asked)."""

    number: int
    method: str
    path: str
    fault: str
    status: int = 0


class Proxy:
    """Passes requests on, or not. `healed` ends all faults, as a phone that comes out of the cellar."""

    def __init__(
        self,
        upstream: httpx.AsyncClient,
        seed: int,
        weather: Weather | None = None,
        say: Callable[[str], None] | None = None,
    ) -> None:
        self.upstream = upstream
        self.faults = Faults(seed, weather)
        self.healed = False
        self.url = ""
        self.log: list[Entry] = []
        self._say = say
        self._passed = asyncio.Condition()
        self._arrived = 0

    async def handle(self, request: Request, reply: Reply) -> None:
        """Play the fault that is drawn for this request."""
        fault = Fault(len(self.log) + 1, "pass") if self.healed else self.faults.next()
        entry = Entry(fault.number, request.method, request.target.partition("?")[0], fault.kind)
        self.log.append(entry)
        try:
            await self._play(fault, entry, request, reply)
        except httpx.HTTPError as error:
            # What the server does to a connection, the client sees done to its own.
            entry.fault = f"{fault.kind} (server: {type(error).__name__})"
            reply.cut()
        finally:
            async with self._passed:
                self._arrived = max(self._arrived, fault.number)
                self._passed.notify_all()
            if self._say:
                self._say(f"{entry.number:5} {entry.fault:<13} {entry.method} {entry.path} {entry.status or '-'}")

    async def _play(self, fault: Fault, entry: Entry, request: Request, reply: Reply) -> None:
        kind = fault.kind
        if kind in ("drop_request", "outage"):
            reply.cut()
            return
        if kind in BUSY_TITLES:
            status, title = BUSY_TITLES[kind]
            problem = {
                "type": f"urn:fieldproof:problem:{kind}", "title": title, "status": status, "code": kind,
                "detail": f"The flaky network says so. Try again in {fault.retry_after} s.",
            }  # fmt: skip
            await reply.json(status, problem, [("retry-after", str(fault.retry_after))])
            return
        if kind == "delay":
            await asyncio.sleep(fault.delay / 2)
        elif kind == "reorder":
            await self._let_others_pass(fault)
        elif kind == "duplicate":
            await self.upstream.send(self._copy(request))
        answer = await self.upstream.send(self._copy(request), stream=True)
        entry.status = answer.status_code
        try:
            await self._answer(fault, answer, reply)
        finally:
            await answer.aclose()

    async def _let_others_pass(self, fault: Fault) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.faults.weather.held), self._passed:
                await self._passed.wait_for(lambda: self._arrived > fault.number)

    async def _answer(self, fault: Fault, answer: httpx.Response, reply: Reply) -> None:
        if fault.kind == "drop_reply":
            await answer.aread()
            reply.cut()
            return
        if fault.kind == "delay":
            await asyncio.sleep(fault.delay / 2)
        headers: Headers = [(name, value) for name, value in answer.headers.multi_items() if name not in HOP_BY_HOP]
        if fault.kind == "cut_reply":
            body = b"".join([piece async for piece in answer.aiter_raw()])
            await reply.begin(answer.status_code, [*headers, ("content-length", str(len(body)))])
            await reply.write(body[: int(len(body) * fault.cut_at)])
            reply.cut()
            return
        length = answer.headers.get("content-length")
        await reply.begin(answer.status_code, [*headers, ("content-length", length)] if length else headers)
        async for piece in answer.aiter_raw():
            await reply.write(piece)
        await reply.end()

    def _copy(self, request: Request) -> httpx.Request:
        headers = [(name, value) for name, value in request.headers if name.lower() not in HOP_BY_HOP]
        url = self.upstream.base_url.join(request.target)
        return httpx.Request(request.method, url, headers=headers, content=request.body)


@contextlib.asynccontextmanager
async def flaky(
    server: str,
    seed: int,
    *,
    port: int = 0,
    weather: Weather | None = None,
    say: Callable[[str], None] | None = None,
) -> AsyncIterator[Proxy]:
    """A flaky network in front of `server` on a port of loopback, while the context is open."""
    async with httpx.AsyncClient(base_url=server, timeout=60, limits=LIMITS) as upstream:
        proxy = Proxy(upstream, seed, weather, say)
        async with serving(proxy.handle, port) as bound:
            proxy.url = f"http://{HOST}:{bound}"
            yield proxy


def explain() -> str:
    """The faults with their meaning, a line each."""
    return "\n".join(f"  {kind:<13} {meaning}" for kind, meaning in FAULTS.items())
