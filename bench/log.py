"""Measures a log of a million leaves in a real PostgreSQL: proofs over HTTP, an append, and verifying a record in it.

`python -m bench.log` prints medians. Targets: a record verified within 50 ms; a proof without reading the log through.
"""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg
import httpx
from litestar import Litestar

from bench.records import median
from server.database.engine import make_engine, make_sessions
from server.embedded import postgres
from server.embedded.s3_address import S3Address
from server.identity.tokens import Tokens
from server.media.storage import Storage
from server.process.app import make_app
from server.process.runtime import company_certificate
from server.process.schema import migrate
from server.records.checkpoint import Checkpoint, make_checkpoint
from server.records.keys import load_or_make_keys, public_keys
from server.records.log.log import ORIGIN, append_leaf, merkle
from server.records.record import build_proof, build_record
from server.records.sealer import Sealer
from server.records.verify import all_hold, verify_record
from tests.records.factory import make_facts

LEAVES = 1_000_000
TARGET = 50.0


async def timed(name: str, work: Callable[[int], Awaitable[object]], rounds: int = 300) -> None:
    """Median milliseconds of a piece of asynchronous work."""
    times = []
    for number in range(rounds):
        start = time.perf_counter()
        await work(number)
        times.append((time.perf_counter() - start) * 1000)
    print(f"{name:<64}{statistics.median(times):>10.3f} ms   (max {max(times):.1f})")


def leaf(number: int) -> int:
    """Some leaf of the log, another one for each number."""
    return (number * 7_919_317) % LEAVES


async def fill(url: str, nodes: merkle.Nodes) -> None:
    """Put the nodes of a log into the database."""
    connection = await asyncpg.connect(url)
    rows = ((level, position, value) for (level, position), value in nodes.items())
    await connection.copy_records_to_table("log_node", records=rows, columns=["level", "position", "hash"])
    await connection.execute("update log_head set size = $1", LEAVES)
    await connection.execute("analyze log_node")
    await connection.close()


async def routes(url: str, sealer: Sealer) -> None:
    """What anybody asks of the log, through the whole application but the socket; and an append."""
    storage = Storage(S3Address("http://127.0.0.1:1", "none", "none", "us-east-1"), "none")
    app: Litestar = make_app(url, storage, Tokens("x" * 32), sealer, work=False)
    engine = make_engine(url)
    app.state.sessions, app.state.sealer, app.state.tokens = make_sessions(engine), sealer, Tokens("x" * 32)

    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app),  # type: ignore[arg-type]
        base_url="http://bench",
    ) as http:

        async def get(path: str) -> None:
            (await http.get(path)).raise_for_status()

        await timed("GET inclusion proof", lambda number: get(f"/v1/log/inclusion/{leaf(number)}"))
        await timed("GET consistency proof", lambda number: get(f"/v1/log/consistency?old={leaf(number) + 1}"))
        await timed("GET checkpoint, signed", lambda _: get("/v1/log/checkpoint"))

    async def append(number: int) -> None:
        async with app.state.sessions.begin() as session:
            await append_leaf(session, sealer.keys, b"bench %d" % number)

    await timed("append a leaf: nodes, checkpoint, proof, commit", append, 100)
    await engine.dispose()


def verification(sealer: Sealer, nodes: dict[merkle.Node, bytes]) -> None:
    """A record whose proof is of a log of a million leaves, and one leaf more."""
    facts, strokes, _ = make_facts("zh-CN", photos=14)
    record = build_record(facts)
    grown = {**{node: nodes[node] for node in merkle.needed_to_append(LEAVES)}}
    grown |= merkle.append(LEAVES, [merkle.leaf_hash(record)], grown)
    size = LEAVES + 1
    grown |= {node: nodes[node] for node in merkle.needed_for_inclusion(LEAVES, size) if node in nodes}
    note = make_checkpoint(Checkpoint(ORIGIN, size, merkle.root(size, grown)), sealer.keys.log)
    path = merkle.inclusion_proof(LEAVES, size, grown)
    proof = build_proof(
        record, leaf_index=LEAVES, tree_size=size, inclusion=path, checkpoint=note, key=sealer.keys.document
    )
    keys = public_keys(sealer.keys, ORIGIN).encode()
    assert all_hold(verify_record(record, proof, strokes, keys))
    took = median(
        "verify a record with 14 photos in this log", lambda _: verify_record(record, proof, strokes, keys), 40
    ).median
    print(f"{took:.1f} ms of the target of {TARGET:.0f} ms: {took / TARGET:.2f}")
    reads = [len(merkle.needed_for_inclusion(leaf(number), LEAVES)) for number in range(500)]
    print(f"{'nodes read for an inclusion proof':<64}{statistics.median(reads):>10.0f}      (max {max(reads)})")


def main() -> None:
    """Everything, on a PostgreSQL of its own that is gone afterwards."""
    start = time.perf_counter()
    nodes = merkle.append(0, [merkle.leaf_hash(b"%d" % number) for number in range(LEAVES)], {})
    with TemporaryDirectory(prefix="fieldproof-bench-") as name:
        folder = Path(name)
        keys = load_or_make_keys(folder / "keys")
        sealer = Sealer(keys, company_certificate(keys, "Fieldproof"), "Fieldproof", "http://bench")
        url = postgres.start(folder, durable=False)
        try:
            asyncio.run(migrate(url))
            asyncio.run(fill(url, nodes))
            print(f"log of {LEAVES:,} leaves, {len(nodes):,} nodes, built in {time.perf_counter() - start:.1f} s")
            asyncio.run(routes(url, sealer))
        finally:
            postgres.kill(folder)
        verification(sealer, nodes)


if __name__ == "__main__":
    main()
