"""The same workload beside Kinto on the same PostgreSQL server, and beside a PouchDB server."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from statistics import median

import asyncpg
import msgspec

from bench.client import Connection, connect
from bench.measure import Result, interleaved, rate_against
from bench.peers import kinto, pouchdb
from bench.peers.workload import Peer, Row
from bench.phones import Phone, touch
from bench.stage import Server, Stage, serving
from bench.sync_push import evenings_of

LANES = 16
"""Connections that poll at the same time when rates are compared."""
WHAT_KINTO_LACKS = "Kinto has only this phone's rows, one collection, no signatures, no scopes, no removals by scope"
WHAT_POUCHDB_LACKS = "PouchDB has only this phone's rows, no sign-in, no signatures, no scopes; LevelDB does not wait for the disk"


async def measure(stage: Stage) -> list[Result]:
    """Ours and each peer in turn; the peers hold the rows of one phone, ours the largest company."""
    size = stage.largest
    database = await asyncpg.connect(stage.url(size))
    try:
        with serving(stage, size) as server:
            connection = await connect(server.port)
            phone = Phone(stage, size, technician=1)
            pages = [phone.take(answer) for answer in [*await phone.sync(connection)]]
            phone.keep_anchor(pages[-1])
            rows = [Row(change["id"], change["body"]) for page in pages for change in page["changes"]]
            ours = Ours(phone, server, connection, phone.exchange(), await _five(phone, connection, database))
            results = []
            async with kinto.served(stage, rows) as peer:
                results += await _beside(stage, ours, peer, WHAT_KINTO_LACKS)
            if stage.node:
                async with pouchdb.served(stage, rows) as peer:
                    results += await _beside(stage, ours, peer, WHAT_POUCHDB_LACKS)
            connection.close()
            return results
    finally:
        await database.close()
