"""What a connection may use up: heads, bodies, silence, readers that do not read, and how many there may be."""

import asyncio
import contextlib
import json
import resource
import socket
from collections.abc import Callable
from ipaddress import ip_network
from typing import Any

import httpx
import msgspec
import pytest

from server.http.door import connection
from server.http.door.connection import Doorkeeper
from server.http.door.crowd import Crowd
from server.http.door.door import Door
from server.http.door.limits import SMALL, Limits, client_of, within_files
from tests.http.door.conftest import SOON, listening
from tests.test_layout import ROOT

LOGIN = b"POST /v1/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
GET = b"GET /v1/keys HTTP/1.1\r\nHost: a\r\n\r\n"


async def talk(port: int, *says: bytes, pause: float = 0.0, seconds: float = 8.0) -> bytes:
    """All that the server answers until it closes. Fails when it never does."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        with contextlib.suppress(OSError):
            for one in says:
                writer.write(one)
                await asyncio.wait_for(writer.drain(), seconds)
                await asyncio.sleep(pause)
        answer = b""
        with contextlib.suppress(ConnectionError):
            async with asyncio.timeout(seconds):
                while piece := await reader.read(65536):
                    answer += piece
        return answer
    finally:
        writer.close()


def status(answer: bytes) -> int:
    """The status of the last answer; 0 when there was none."""
    return int(answer.rpartition(b"HTTP/1.1 ")[2][:3] or b"0")


def problem(answer: bytes) -> dict[str, Any]:
    head, _, body = answer.rpartition(b"\r\n\r\n")
    assert b"content-type: application/problem+json" in head
    assert b"x-content-type-options: nosniff" in head
    found: dict[str, Any] = json.loads(body)
    return found


async def answers_others(port: int) -> None:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as http:
        assert (await http.get("/v1/keys")).status_code == 200


ENDLESS: dict[str, Callable[[], list[bytes]]] = {
    "a header": lambda: [b"GET /v1/keys HTTP/1.1\r\nHost: a\r\nX-A: ", *[b"a" * 16384] * 20],
    "many headers": lambda: [b"GET /v1/keys HTTP/1.1\r\nHost: a\r\n", *[b"x-a: 1\r\n" * 1000] * 20],
    "an address": lambda: [b"GET /", *[b"a" * 16384] * 20],
    "trailers": lambda: [
        LOGIN + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n", *[b"x-a: " + b"a" * 9000 + b"\r\n"] * 40,
    ],
    "a chunk's extension": lambda: [LOGIN + b"Transfer-Encoding: chunked\r\n\r\n2;a=", *[b"a" * 16384] * 20],
    "empty lines": lambda: [GET, *[b"\r\n" * 8000] * 20],
}  # fmt: skip


@pytest.mark.parametrize("what", ENDLESS)
async def test_what_has_no_end_is_ended(front: int, what: str) -> None:
    answer = await talk(front, *ENDLESS[what](), pause=0.001)
    assert status(answer) in (0, 200, 400, 431), answer  # 0: cut off before the answer could be read
    await answers_others(front)


async def test_a_head_that_is_too_large_is_named(front: int) -> None:
    large = GET[:-2] + b"X-A: " + b"a" * 40_000 + b"\r\n\r\n"
    assert problem(await talk(front, large))["code"] == "head_too_large"
    many = GET[:-2] + b"x-a: 1\r\n" * 101 + b"\r\n"
    assert problem(await talk(front, many))["code"] == "head_too_large"
    fits = GET[:-2] + b"x-a: 1\r\n" * 90 + b"X-A: " + b"a" * 20_000 + b"\r\nConnection: close\r\n\r\n"
    assert status(await talk(front, fits)) == 200


async def test_a_head_has_its_time_in_the_first_and_in_a_later_request(front: int) -> None:
    assert problem(await talk(front, b"GET / HTTP/1.1\r\n"))["code"] == "too_slow"
    later = await talk(front, GET, GET[:20], pause=0.1)
    assert (status(later), problem(later)["code"]) == (408, "too_slow")
    assert await talk(front) == b"", "who says nothing is let go without a word"
    drips = await talk(front, *[b"GET / HTTP/1.1\r\n"] + [b"a: 1\r\n"] * 30, pause=0.1)
    assert status(drips) in (0, 408)
    drips = await talk(front, GET, *[b"\r\n"] * 30, pause=0.1)
    assert status(drips) in (0, 200), "empty lines keep no connection"


async def test_a_body_has_its_time(front: int, door: Door) -> None:
    for kind in (b"application/json", b"application/vnd.msgpack"):
        head = b"POST /v1/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: " + kind + b"\r\nContent-Length: 3000\r\n\r\n"
        assert problem(await talk(front, head + b"{"))["code"] == "too_slow"
        drips = await talk(front, head, *[b" "] * 60, pause=0.1)  # never a long pause, but 10 bytes a second
        assert status(drips) in (0, 408)
    assert door.crowd.body_bytes == 0


async def test_a_slow_phone_is_waited_for(front: int) -> None:
    body = b'{"login": "a", "password": "' + b"a" * 2000 + b'"}'
    head = LOGIN + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body)
    pieces = [body[at : at + 300] for at in range(0, len(body), 300)]
    assert status(await talk(front, head, *pieces, pause=0.3)) == 400, "it was read, and is no password"


async def reads_late(scope: Any, receive: Any, send: Any) -> None:
    """An application that has other things to do first, for longer than a body may pause."""
    await asyncio.sleep(2 * SOON.gap_seconds + SOON.grace_seconds)
    while (await receive())["more_body"]:
        pass
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})


@pytest.mark.parametrize("expects", [b"", b"Expect: 100-continue\r\n"])
async def test_who_waits_for_us_is_not_late(expects: bytes) -> None:
    head = b"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 400000\r\n" + expects + b"\r\n"
    async with listening(reads_late, Door(limits=SOON)) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(head)
        if expects:
            assert (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 6)).startswith(b"HTTP/1.1 100")
        writer.write(b" " * 300_000)
        await asyncio.sleep(0 if expects else 1.0)
        writer.write(b" " * 100_000)
        assert status(await asyncio.wait_for(reader.read(), 6)) == 200
        writer.close()


async def test_what_follows_an_answer_is_not_waited_for_long(front: int) -> None:
    head = b"GET /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 90000\r\n\r\n"
    began = asyncio.get_running_loop().time()
    assert status(await talk(front, head, *[b"a"] * 15, pause=0.1)) in (0, 404)
    assert asyncio.get_running_loop().time() - began < 4


@pytest.mark.parametrize("ends", [b"Connection: close\r\n", b""])
async def test_an_answer_before_the_end_of_a_body_reaches_who_still_sends(front: int, ends: bytes) -> None:
    """A proxy that asks for the end of each connection got a reset, and its client 502."""
    size = 12_000_000
    head = LOGIN + ends + b"Content-Length: %d\r\n\r\n" % size
    for _ in range(5):
        answer = await talk(front, head, *[b" " * 100_000] * (size // 100_000))
        assert (status(answer), problem(answer)["code"]) == (413, "too_large")
    chunk = b"186a0\r\n" + b" " * 100_000 + b"\r\n"
    began = asyncio.get_running_loop().time()
    answer = await talk(front, LOGIN + ends + b"Transfer-Encoding: chunked\r\n\r\n", *[chunk] * 120, b"0\r\n\r\n")
    assert status(answer) == 429, "more than an address may have held"
    assert asyncio.get_running_loop().time() - began < 4


async def test_bodies_that_are_held_are_counted_for_an_address_and_for_all(front: int, door: Door) -> None:
    head = LOGIN + b"Content-Length: 900001\r\n\r\n{" + b" " * 899_000
    answers = await asyncio.gather(*(talk(front, head) for _ in range(4)))
    codes = sorted(problem(one)["code"] for one in answers)
    assert codes.count("busy") >= 2, codes
    assert "too_slow" in codes
    assert (door.crowd.body_bytes, door.bodies_of) == (0, {})
    door.crowd.holds(2_500_000)  # as if another process held them
    assert problem(await talk(front, head))["code"] == "unavailable"
    door.crowd.holds(-2_500_000)


async def test_one_address_has_only_so_many_connections(front: int, door: Door) -> None:
    held = [await asyncio.open_connection("127.0.0.1", front) for _ in range(20)]
    try:
        assert problem(await talk(front, GET))["code"] == "busy"
        door.crowd.connected(20)  # as if another process had them
        assert problem(await talk(front, GET))["code"] == "unavailable"
        door.crowd.connected(-20)
    finally:
        for _, writer in held:
            writer.close()
    await asyncio.sleep(0.2)
    await answers_others(front)


def test_a_proxy_that_is_configured_is_not_held_to_it() -> None:
    keeper = Doorkeeper(Limits(address_connections=2), Crowd(), (ip_network("10.0.0.0/8"),))
    assert [keeper.let_in("10.1.2.3") is None for _ in range(4)] == [True] * 4
    assert [keeper.let_in("11.1.2.3") is None for _ in range(4)] == [True, True, False, False]
    for _ in range(4):
        keeper.let_out("11.1.2.3")
    assert keeper.of_address == {"10.1.2.3": 4}


async def heard(receive: Any) -> str:
    """What has come from the client meanwhile."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(0.0005):
            return str((await receive())["type"])
    return ""


async def test_who_does_not_read_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "READER_SECONDS", 0.5)
    ended = asyncio.Event()

    async def endless(scope: Any, receive: Any, send: Any) -> None:
        assert scope["type"] == "http"
        try:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            while True:
                await send({"type": "http.response.body", "body": b"a" * 65536, "more_body": True})
                if await heard(receive) == "http.disconnect":
                    return
        finally:
            ended.set()

    async with listening(endless, Door(limits=SOON)) as port:
        client = socket.create_connection(("127.0.0.1", port))
        client.sendall(GET)
        try:
            await asyncio.wait_for(ended.wait(), 6)
        finally:
            client.close()


def test_an_ipv6_client_counts_with_its_network() -> None:
    assert client_of("2001:db8:1:2:3::9") == client_of("2001:db8:1:2:ffff::1") != client_of("2001:db8:1:3::1")
    assert client_of("::ffff:192.0.2.1") == client_of("192.0.2.1")
    assert client_of("fe80::1%eth0") == client_of("fe80::2")


def test_connections_stay_below_the_open_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1024, 4096))
    few = within_files(Limits())
    assert (few.connections, few.address_connections) == (768, 384)
    monkeypatch.setattr(resource, "getrlimit", lambda _: (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    assert within_files(Limits()) == Limits()


def test_limits_are_as_the_page_says() -> None:
    page = (ROOT / "docs" / "operations.md").read_text()
    usual = msgspec.to_builtins(Limits())
    told = (
        "32 KiB, 100 headers, within 10 s",
        "| 20 s |",
        "after 30 s",
        "| 3 s |",
        "| 5 s |",
        "4,096",
        "1,024, or half",
        f"each of more than {SMALL // 1024} KiB",
        "256 MiB",
        "80 MiB",
    )
    assert all(one in page for one in told)
    assert usual == {
        "head_bytes": 32768, "head_count": 100, "head_seconds": 10.0, "gap_seconds": 20.0, "grace_seconds": 30.0,
        "bytes_a_second": 1000, "unread_seconds": 3.0, "handshake_seconds": 5.0, "connections": 4096,
        "address_connections": 1024, "body_bytes": 268435456, "address_body_bytes": 83886080,
    }, "change the table in docs/operations.md too"  # fmt: skip
