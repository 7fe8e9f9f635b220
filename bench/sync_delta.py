"""Down: the exchange that finds nothing, a delta of five rows, and the first sync of a phone with 500 visits."""

import copy
import gzip
from functools import partial

import asyncpg
import msgspec

from bench.client import Connection, connect, request
from bench.delta_floors import Floors, floors
from bench.measure import Result, Work, compared, limited, medians
from bench.phones import Phone, touch
from bench.stage import Stage, serving, token


def fixed(size: int, bearer: str) -> bytes:
    """A request for as many bytes as an authenticated static response."""
    return request("GET", f"/bench/fixed/{size}", bearer)


async def measure(stage: Stage) -> list[Result]:
    """All three, over the largest company."""
    size = stage.largest
    database = await asyncpg.connect(stage.url(size))
    try:
        with serving(stage, size) as server:
            connection = await connect(server.port)
            phone = Phone(stage, size, technician=0)
            await phone.sync(connection)
            results = await _empty(connection, phone, 300 if stage.quick else 2000)
            results += await _five(connection, phone, database, 200 if stage.quick else 1000)
            results += await _first(connection, phone, database, 5 if stage.quick else 15)
            connection.close()
            return results
    finally:
        await database.close()


async def _empty(connection: Connection, phone: Phone, rounds: int) -> list[Result]:
    exchange = phone.exchange()
    body = await connection.send(exchange)
    static = fixed(len(body), token(phone.technician, phone.size))
    taken = await _taken(connection, [exchange], [static], None, rounds)
    return [
        compared("empty delta / static response", taken["exchange"], taken["static"],
                 "POST /v1/sync with a current cursor, against GET of as many fixed bytes with the same token", target=2.5),
        limited("body of an exchange without changes", len(body), "bytes", "plain JSON, not compressed", target=300),
    ]  # fmt: skip


async def _five(connection: Connection, phone: Phone, database: asyncpg.Connection, rounds: int) -> list[Result]:
    before = dict(phone.revs)
    exchange = phone.exchange()
    await touch(database, [phone])
    answer = await connection.send(exchange)
    floor = await floors(database, phone, before, [answer])
    static = fixed(len(answer), token(phone.technician, phone.size))
    taken = await _taken(connection, [exchange], [static], floor, rounds)
    return _beside("delta of 5 rows", taken, floor, f"{len(answer)} bytes")


async def _first(connection: Connection, phone: Phone, database: asyncpg.Connection, rounds: int) -> list[Result]:
    newcomer = copy.copy(phone)
    exchanges = [newcomer.exchange(first=True)]
    answers = [await connection.send(exchanges[0])]
    while newcomer.take(answers[-1]).get("more"):
        exchanges.append(newcomer.exchange())
        answers.append(await connection.send(exchanges[-1]))
    floor = await floors(database, phone, {}, answers)
    bearer = token(phone.technician, phone.size)
    static = [fixed(len(answer), bearer) for answer in answers]
    taken = await _taken(connection, exchanges, static, floor, rounds)
    total, rows = sum(map(len, answers)), sum(len(msgspec.json.decode(answer)["changes"]) for answer in answers)
    squeezed = sum(len(gzip.compress(answer, 4)) for answer in answers)
    return [
        *_beside("first sync of 500 visits", taken, floor, f"{rows} rows in {len(answers)} pages, {total} bytes"),
        limited("first sync of 500 visits, gzip", squeezed, "bytes", f"{total} bytes of JSON, level 4"),
    ]


async def _taken(
    connection: Connection, wires: list[bytes], fixed_wires: list[bytes], floors: Floors | None, rounds: int
) -> dict[str, float]:
    """Medians of the exchange, of static responses, and of the raw queries when there are some."""

    async def send(several: list[bytes]) -> None:
        for wire in several:
            await connection.send(wire)

    works: dict[str, Work] = {"exchange": partial(send, wires), "static": partial(send, fixed_wires)}
    if floors is not None:
        works["stored"] = floors.stored
        if floors.built is not None:
            works["built"] = floors.built
    return await medians(works, rounds)


def _beside(name: str, taken: dict[str, float], floors: Floors, about: str) -> list[Result]:
    """The raw query over the stored bodies is the floor of the target; what building them would cost stands beside it."""
    ours, static, query = taken["exchange"], taken["static"], taken["stored"]
    results = [
        compared(f"{name} / raw query", ours, query,
                 f"POST /v1/sync, {about}; against one prepared statement over asyncpg that gives the same bytes from the "
                 "stored bodies", target=1.5),
        compared(f"{name} / raw query and static response", ours, query + static,
                 "against both together: what any server does that answers it over HTTP from this database"),
        compared(f"{name} / static response", ours, static, "against GET of as many fixed bytes in as many requests"),
    ]  # fmt: skip
    if floors.built is not None:
        how = "against a raw query that makes the same bytes from the rows' own tables, without stored bodies"
        results.append(compared(f"{name} / raw query that builds the bodies", ours, taken["built"], how))
    return results
