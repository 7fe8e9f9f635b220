"""Where the time of a delta of five rows goes: its parts, each alone, in this process and without a socket."""

from collections.abc import Awaitable, Callable

import asyncpg
import msgspec
from litestar import Litestar
from litestar.types import Message

from bench.client import connect
from bench.delta_floors import STORED
from bench.measure import Result, limited, medians
from bench.phones import Phone, touch
from bench.served import factory
from bench.stage import SECRET, Stage, environment, serving, token
from mobile_contract.limits import CONTRACT_VERSION
from server.identity.tokens import Tokens
from server.sync.down.pull import make_cursor, pull, read_cursor
from server.sync.schemas import SyncIn


async def measure(stage: Stage) -> list[Result]:
    """The whole exchange inside the application, and what it is made of."""
    size = stage.largest
    database = await asyncpg.connect(stage.url(size))
    phone = Phone(stage, size, technician=1)
    try:
        with serving(stage, size) as server:
            connection = await connect(server.port)
            await phone.sync(connection)
            before = dict(phone.revs)
            await touch(database, [phone])
            connection.close()
        app = factory(environment(stage, size))
        async with app.lifespan():
            return await _parts(app, phone, database, before, 300 if stage.quick else 2000)
    finally:
        await database.close()


async def _parts(
    app: Litestar, phone: Phone, database: asyncpg.Connection, revs: dict[str, int], rounds: int
) -> list[Result]:
    bearer, tokens = token(phone.technician, phone.size), Tokens(SECRET)
    body = msgspec.json.encode({"contract_version": CONTRACT_VERSION, "cursor": phone.cursor})
    answer = await _call(app, "POST", "/v1/sync", body, bearer)
    assert len(msgspec.json.decode(answer)["changes"]) == 5
    positions, limit = (
        read_cursor(tokens, phone.cursor, phone.user_id, CONTRACT_VERSION),
        SyncIn(CONTRACT_VERSION).page_bytes,
    )
    stored = await database.prepare(STORED)
    raw = (phone.user_id, revs[f"technician:{phone.user_id}"], revs["catalogue"])

    async def signed() -> None:
        read_cursor(tokens, phone.cursor, phone.user_id, CONTRACT_VERSION)
        make_cursor(tokens, phone.user_id, positions, CONTRACT_VERSION)
        tokens.make("anchor", {"time": 1, "device": str(phone.device_id)})

    readers = app.state.readers
    works: dict[str, tuple[Callable[[], Awaitable[object]], str]] = {
        "the whole exchange": (lambda: _call(app, "POST", "/v1/sync", body, bearer), f"{len(answer)} bytes"),
        "a GET of as many fixed bytes": (
            lambda: _call(app, "GET", f"/bench/fixed/{len(answer)}", b"", bearer),
            "routing, middleware, token check and guard"),
        "its statement": (
            lambda: pull(readers, phone.user_id, phone.device_id, positions, page_bytes=limit, contract=CONTRACT_VERSION),
            "through the readers' connections, and its rows put together as a page"),
        "a statement that asks nothing": (lambda: readers.fetch("select 1"), "a round trip to PostgreSQL"),
        "the raw query": (lambda: stored.fetchval(*raw), "the floor of the target"),
        "its tokens": (signed, "cursor read, new cursor and time anchor signed"),
    }  # fmt: skip
    taken = await medians({name: work for name, (work, _) in works.items()}, rounds, warm=200)
    return [limited(f"inside the server, {name}", taken[name], "ms", how) for name, (_, how) in works.items()]


async def _call(app: Litestar, method: str, path: str, body: bytes, bearer: str) -> bytes:
    """A request to the application itself."""
    headers = {"host": "x", "authorization": f"Bearer {bearer}", "content-type": "application/json",
               "content-length": str(len(body))}  # fmt: skip
    scope = {
        "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1", "method": method,
        "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "", "scheme": "http",
        "server": ("127.0.0.1", 80), "client": ("127.0.0.1", 5),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }  # fmt: skip
    answer = bytearray()

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.body":
            answer.extend(message["body"])

    await app(scope, receive, send)
    return bytes(answer)
