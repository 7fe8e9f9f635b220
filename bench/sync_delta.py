"""Down: the exchange that finds nothing, a delta of five rows, and the first sync of a phone with 500 visits."""

import copy
import gzip
from pathlib import Path
from statistics import median

import asyncpg
import msgspec

from bench.client import Connection, connect, request
from bench.measure import Result, compared, interleaved, limited
from bench.phones import Phone, touch
from bench.stage import Stage, serving, token

FLOOR = (Path(__file__).parent / "delta_floor.sql").read_text()
"""The raw query that gives the same bytes as `changes`."""


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
            pages = await phone.sync(connection)
            results = await _empty(connection, phone, 300 if stage.quick else 2000)
            results += await _five(connection, phone, database, 200 if stage.quick else 1000)
            results += await _first(connection, phone, database, pages, 5 if stage.quick else 15)
            connection.close()
            return results
    finally:
        await database.close()


async def _empty(connection: Connection, phone: Phone, rounds: int) -> list[Result]:
    exchange = phone.exchange()
    body = await connection.send(exchange)
    static = fixed(len(body), token(phone.technician, phone.size))
    taken = await _pairs(connection, {"exchange": [exchange], "static": [static]}, None, rounds)
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
    query = await _same(database, phone, before, [answer])
    static = fixed(len(answer), token(phone.technician, phone.size))
    taken = await _pairs(connection, {"exchange": [exchange], "static": [static]}, query, rounds)
    return _beside("delta of 5 rows", taken, f"{len(answer)} bytes")


async def _first(
    connection: Connection, phone: Phone, database: asyncpg.Connection, pages: list[bytes], rounds: int
) -> list[Result]:
    newcomer = copy.copy(phone)
    exchanges = [newcomer.exchange(first=True)]
    answers = [await connection.send(exchanges[0])]
    while newcomer.take(answers[-1]).get("more"):
        exchanges.append(newcomer.exchange())
        answers.append(await connection.send(exchanges[-1]))
    query = await _same(database, phone, {}, answers)
    bearer = token(phone.technician, phone.size)
    static = [fixed(len(answer), bearer) for answer in answers]
    taken = await _pairs(connection, {"exchange": exchanges, "static": static}, query, rounds)
    total, rows = sum(map(len, answers)), sum(len(msgspec.json.decode(answer)["changes"]) for answer in answers)
    squeezed = sum(len(gzip.compress(answer, 4)) for answer in answers)
    return [
        *_beside("first sync of 500 visits", taken, f"{rows} rows in {len(answers)} pages, {total} bytes"),
        limited("first sync of 500 visits, gzip", squeezed, "bytes", f"{total} bytes of JSON, level 4"),
    ]


async def _same(
    database: asyncpg.Connection, phone: Phone, revs: dict[str, int], answers: list[bytes]
) -> tuple[asyncpg.prepared_stmt.PreparedStatement, tuple[object, ...]]:
    """The floor, prepared, after a look that it gives the very rows of the answers."""
    statement = await database.prepare(FLOOR)
    arguments = (phone.user_id, revs.get(f"technician:{phone.user_id}", 0), revs.get("catalogue", 0))
    key = "{collection}/{id}".format_map
    ours = {key(row): row for answer in answers for row in msgspec.json.decode(answer)["changes"]}
    floor = {key(row): row for row in msgspec.json.decode(await statement.fetchval(*arguments))}
    if ours != floor:
        wrong = [name for name in ours.keys() | floor.keys() if ours.get(name) != floor.get(name)]
        raise AssertionError(
            f"delta_floor.sql gives other rows than the exchange, {len(wrong)} of {len(ours)}, for example"
            f" {ours.get(wrong[0])} and {floor.get(wrong[0])}: bring the file up to date with the scope's SQL"
        )
    return statement, arguments


async def _pairs(
    connection: Connection,
    wires: dict[str, list[bytes]],
    query: tuple[asyncpg.prepared_stmt.PreparedStatement, tuple[object, ...]] | None,
    rounds: int,
) -> dict[str, float]:
    async def exchange() -> None:
        for wire in wires["exchange"]:
            await connection.send(wire)

    async def static() -> None:
        for wire in wires["static"]:
            await connection.send(wire)

    async def raw() -> None:
        assert query is not None
        await query[0].fetchval(*query[1])

    works = {"exchange": exchange, "static": static} | ({"query": raw} if query else {})
    taken = await interleaved(works, rounds)
    return {name: median(times) for name, times in taken.items()}


def _beside(name: str, taken: dict[str, float], about: str) -> list[Result]:
    ours, query, static = taken["exchange"], taken["query"], taken["static"]
    return [
        compared(f"{name} / raw query", ours, query,
                 f"POST /v1/sync, {about}; against one prepared statement over asyncpg that gives the same bytes", target=1.5),
        compared(f"{name} / static response", ours, static, "against GET of as many fixed bytes in as many requests"),
        compared(f"{name} / raw query and static response", ours, query + static,
                 "against both together: what any server must do that answers it over HTTP from this database"),
    ]  # fmt: skip
