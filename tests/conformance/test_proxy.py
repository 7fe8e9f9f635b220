"""The flaky network: what the seed draws it does, the same seed does the same, and the log says what."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from mobile_contract.conformance.faults import FAULTS, Faults, Weather
from mobile_contract.conformance.http_server import HOST, Reply, Request, serving
from mobile_contract.conformance.proxy import Proxy, flaky

BODY = b"0123456789" * 20_000


class Upstream:
    """A server that remembers what reached it."""

    def __init__(self) -> None:
        self.reached: list[str] = []

    async def handle(self, request: Request, reply: Reply) -> None:
        self.reached.append(f"{request.method} {request.target} {request.body.decode()}".strip())
        if request.target == "/stream":
            await reply.begin(200, [("content-type", "text/event-stream")])
            await reply.write(b": ready\n\n")
            await asyncio.sleep(30)
        await reply.whole(200, [("x-seen", str(len(self.reached)))], BODY)


@asynccontextmanager
async def network(kind: str, seed: int = 1) -> AsyncIterator[tuple[Upstream, Proxy, httpx.AsyncClient]]:
    """A network on which one kind of fault happens to every request."""
    upstream = Upstream()
    weather = Weather(weights={kind: 1}, delay=0.2, retry_after=(2, 2), held=5)
    async with (
        serving(upstream.handle) as port,
        flaky(f"http://{HOST}:{port}", seed, weather=weather) as proxy,
        httpx.AsyncClient(base_url=proxy.url, timeout=10) as http,
    ):
        yield upstream, proxy, http


def test_the_same_seed_draws_the_same_faults_and_another_seed_others() -> None:
    def drawn(seed: int) -> list[str]:
        faults = Faults(seed)
        return [faults.next().kind for _ in range(400)]

    assert drawn(7) == drawn(7)
    assert drawn(7) != drawn(8)
    assert set(drawn(7)) == set(FAULTS)


def test_an_outage_lasts_for_some_requests() -> None:
    faults = Faults(3, Weather(weights={"pass": 9, "outage": 1}, outage=(3, 3)))
    kinds = "".join("x" if faults.next().kind == "outage" else "." for _ in range(200))
    assert "xxx" in kinds
    assert all(len(run) >= 3 for run in kinds.rstrip("x").split(".") if run)


async def test_a_request_that_passes_arrives_once_and_whole() -> None:
    async with network("pass") as (upstream, proxy, http):
        answer = await http.post("/v1/sync?a=1", content="hello")
        assert (answer.status_code, answer.content, answer.headers["x-seen"]) == (200, BODY, "1")
        assert upstream.reached == ["POST /v1/sync?a=1 hello"]
        assert [(entry.fault, entry.path, entry.status) for entry in proxy.log] == [("pass", "/v1/sync", 200)]


@pytest.mark.parametrize(("kind", "reached"), [("drop_request", 0), ("outage", 0), ("drop_reply", 1), ("cut_reply", 1)])
async def test_a_connection_that_breaks_says_nothing_of_what_the_server_did(kind: str, reached: int) -> None:
    async with network(kind) as (upstream, proxy, http):
        with pytest.raises(httpx.TransportError):
            await http.post("/v1/sync", content="hello")
        assert len(upstream.reached) == reached
        assert [entry.fault for entry in proxy.log] == [kind]


async def test_a_reply_that_is_cut_has_begun() -> None:
    async with network("cut_reply") as (_, _, http), http.stream("GET", "/") as answer:
        assert (answer.status_code, answer.headers["content-length"]) == (200, str(len(BODY)))
        with pytest.raises(httpx.TransportError):
            await answer.aread()
        assert 0 < answer.num_bytes_downloaded < len(BODY)


async def test_a_duplicate_reaches_the_server_twice_and_the_client_gets_the_second_reply() -> None:
    async with network("duplicate") as (upstream, _, http):
        assert (await http.get("/")).headers["x-seen"] == "2"
        assert upstream.reached == ["GET /"] * 2


@pytest.mark.parametrize(("kind", "status"), [("busy", 429), ("unavailable", 503)])
async def test_a_busy_network_says_when_to_come_back(kind: str, status: int) -> None:
    async with network(kind) as (upstream, _, http):
        answer = await http.get("/")
        assert (answer.status_code, answer.headers["retry-after"], upstream.reached) == (status, "2", [])
        assert answer.headers["content-type"] == "application/problem+json"
        assert (answer.json()["code"], answer.json()["status"]) == (kind, status)


async def test_a_reordered_request_lets_a_later_one_pass() -> None:
    async with network("reorder") as (upstream, proxy, http):
        first = asyncio.create_task(http.get("/first"))
        for _ in range(500):
            if proxy.log:
                break
            await asyncio.sleep(0.01)
        proxy.healed = True
        await http.get("/second")
        assert (await first).status_code == 200
        assert upstream.reached == ["GET /second", "GET /first"]


async def test_a_stream_passes_piece_by_piece() -> None:
    async with network("pass") as (_, _, http), http.stream("GET", "/stream") as answer:
        async with asyncio.timeout(5):
            assert await anext(answer.aiter_raw()) == b": ready\n\n"


async def test_a_server_that_is_gone_looks_like_no_network() -> None:
    async with flaky("http://127.0.0.1:1", 1, weather=Weather(weights={"pass": 1})) as proxy:
        async with httpx.AsyncClient(base_url=proxy.url) as http:
            with pytest.raises(httpx.TransportError):
                await http.get("/")
        assert "ConnectError" in proxy.log[0].fault
