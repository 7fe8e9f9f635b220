"""The same workload beside Kinto on the same PostgreSQL server, and beside a PouchDB server."""

import asyncio
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from statistics import median
from typing import Any, NamedTuple

import asyncpg
import msgspec

from bench.client import Connection, connect
from bench.measure import Result, interleaved, rate_against
from bench.peers import kinto, pouchdb
from bench.peers.workload import Peer, Row
from bench.phones import Json, Phone, touch
from bench.stage import Stage, serving, token
from bench.sync_delta import fixed
from bench.sync_push import evenings_of

LANES = 16
"""Connections that poll at the same time when rates are compared."""
PEERS: dict[str, tuple[Callable[[Stage, list[Row]], AbstractAsyncContextManager[Peer]], str]] = {
    "Kinto": (kinto.served, "it has only this phone's rows, in one collection; no signatures, scopes or outcomes"),
    "PouchDB": (
        pouchdb.served, "it has only this phone's rows; no sign-in, signatures, scopes or outcomes, no wait for the disk",
    ),
}  # fmt: skip


class Ours(NamedTuple):
    """Our requests for the workload, made once, and the evenings still to be pushed."""

    phone: Phone
    port: int
    connection: Connection
    nothing: bytes
    five: bytes
    first: list[bytes]
    evenings: list[list[Json]]


async def measure(stage: Stage) -> list[Result]:
    """Ours and each peer in turn; the peers hold the rows of one phone, ours the largest company."""
    size = stage.largest
    rounds = 4 if stage.quick else 20
    database = await asyncpg.connect(stage.url(size))
    try:
        with serving(stage, size) as server:
            connection = await connect(server.port)
            phone = Phone(stage, size, technician=2 if stage.quick else 1)
            pages = [msgspec.json.decode(answer) for answer in await phone.sync(connection)]
            phone.keep_anchor(pages[-1])
            rows = [Row(change["id"], change["body"]) for page in pages for change in page["changes"]]
            evenings = evenings_of(phone, len(PEERS) * (rounds + 2))
            results = []
            for number, (name, (served, lacks)) in enumerate(PEERS.items()):
                if name == "PouchDB" and not stage.node:
                    continue
                mine = evenings[number * (rounds + 2) : (number + 1) * (rounds + 2)]
                ours = await _requests(phone, server.port, connection, database, mine)
                async with served(stage, rows) as peer:
                    results += await _beside(ours, peer, rounds, lacks)
            connection.close()
            return results
    finally:
        await database.close()


async def _requests(
    phone: Phone, port: int, connection: Connection, database: asyncpg.Connection, evenings: list[list[Json]]
) -> Ours:
    await phone.sync(connection)
    five = phone.exchange()
    await touch(database, [phone])
    first, more = [phone.exchange(first=True)], True
    while more:
        more = phone.take(await connection.send(first[-1])).get("more", False)
        if more:
            first.append(phone.exchange())
    return Ours(phone, port, connection, phone.exchange(), five, first, evenings)


async def _beside(ours: Ours, peer: Peer, rounds: int, lacks: str) -> list[Result]:
    connection = await connect(peer.port)
    found = {wire: peer.count(await connection.send(wire)) for wire in (peer.five, peer.first)}
    assert found[peer.five] == 5, f"{peer.name} answers {found[peer.five]} rows of 5"
    rates = await _rates(ours, peer, 1 if rounds < 10 else 5)
    polls = await _medians(ours, connection, [ours.nothing], peer.nothing, rounds * 10)
    floor = fixed(len(await ours.connection.send(ours.nothing)), token(ours.phone.technician, ours.phone.size))
    static = await _rates(ours._replace(nothing=floor), peer, 1 if rounds < 10 else 3)
    fives = await _medians(ours, connection, [ours.five], peer.five, rounds * 10)
    firsts = await _medians(ours, connection, ours.first, peer.first, rounds)
    writes = await _writes(ours, connection, peer, rounds)
    connection.close()
    mine = 10.0 if peer.name == "Kinto" else None
    return [
        rate_against(f"poll without changes, {LANES} phones at once, rate / {peer.name}'s", *rates,
                     f"time of one at the rate of {LANES} connections in turn; {lacks}", target=mine),
        rate_against(f"an authenticated static response of our server, {LANES} at once, rate / {peer.name}'s poll", *static,
                     "what the target above could reach at most with this server under it"),
        rate_against(f"poll without changes, one phone / {peer.name}", *polls, lacks),
        rate_against(f"delta of 5 rows / {peer.name}", *fives, lacks),
        rate_against(f"first sync of {found[peer.first]:,} rows / {peer.name}", *firsts,
                     f"ours in {len(ours.first)} pages; {lacks}"),
        rate_against(f"50 writes / {peer.name}", *writes, f"ours are signed operations with their effects; {lacks}"),
    ]  # fmt: skip


async def _medians(
    ours: Ours, connection: Connection, mine: list[bytes], theirs: bytes, rounds: int
) -> tuple[float, float]:
    async def we() -> None:
        for wire in mine:
            await ours.connection.send(wire)

    async def they() -> None:
        await connection.send(theirs)

    taken = await interleaved({"we": we, "they": they}, rounds, warm=2)
    return median(taken["we"]), median(taken["they"])


async def _writes(ours: Ours, connection: Connection, peer: Peer, rounds: int) -> tuple[float, float]:
    """Fifty operations to us, and to the peer the same texts as new records; both made before the clock runs."""
    evenings, answers, waiting = iter(ours.evenings), list[bytes](), dict[str, bytes]()

    def write() -> None:
        for answer in answers:
            ours.phone.take(answer)
        answers.clear()
        evening = next(evenings)
        waiting["we"] = ours.phone.exchange(evening)
        waiting["they"] = peer.write([_text(wire) for wire in evening])

    async def we() -> None:
        answers.append(await ours.connection.send(waiting["we"]))

    async def they() -> None:
        await connection.send(waiting["they"])

    taken = await interleaved({"we": we, "they": they}, rounds, warm=2, before=write)
    return median(taken["we"]), median(taken["they"])


def _text(wire: Json) -> Any:
    return msgspec.json.decode(wire["body"])


async def _rates(ours: Ours, peer: Peer, turns: int) -> tuple[float, float]:
    """Milliseconds a poll at full rate: ours, and the peer's."""
    mine, theirs = list[float](), list[float]()
    for _ in range(turns):
        mine.append(await _rate(ours.port, ours.nothing))
        theirs.append(await _rate(peer.port, peer.nothing))
    return 1000 / median(mine), 1000 / median(theirs)


async def _rate(port: int, wire: bytes, seconds: float = 1.5) -> float:
    """Answers a second over all lanes."""
    connections = [await connect(port) for _ in range(LANES)]
    count, end = 0, time.monotonic() + seconds

    async def lane(connection: Connection) -> None:
        nonlocal count
        while time.monotonic() < end:
            await connection.send(wire)
            count += 1

    began = time.monotonic()
    await asyncio.gather(*(lane(connection) for connection in connections))
    for connection in connections:
        connection.close()
    return count / (time.monotonic() - began)
