"""A database that an earlier release filled is migrated, and what was stuck in it ends sealed or told.

`landed/0010.sql.gz` is a dump of one that revision 0960061 made through its API, with visits whose sealing failed there for ever:
strokes with fractions, strokes that are no drawing, emoji in the work; and visits that were signed and not completed.
"""

import asyncio
import gzip
import json
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import pytest
from sqlalchemy import select

from server.database.engine import make_engine, make_sessions
from server.faults import keep
from server.media.storage import Storage
from server.process.schema import migrate
from server.process.worker import working
from server.records.keys import ServerKeys
from server.records.models import SealedRecord
from server.records.seal.issue import read_pdf
from server.records.seal.trial import must_verify
from server.records.seal.unsealed import select_waiting, why, with_reasons
from server.records.sealer import Sealer
from server.records.vault import read_vault

LANDED = Path(__file__).with_name("landed")
VISITS: dict[str, str] = json.loads((LANDED / "visits.json").read_text())
NAMES = {visit_id: name for name, visit_id in VISITS.items()}


@pytest.fixture
def landed_sealer(sealer: Sealer) -> Sealer:
    vault = read_vault((LANDED / "strokes.key").read_text())
    return msgspec.structs.replace(sealer, keys=ServerKeys(sealer.keys.document, sealer.keys.log, vault))


@pytest.fixture
async def landed(cluster: str) -> AsyncIterator[str]:
    name = f"landed_{os.urandom(6).hex()}"
    admin = await asyncpg.connect(cluster)
    await admin.execute(f"create database {name}")
    url = cluster.rsplit("/", 1)[0] + "/" + name
    connection = await asyncpg.connect(url)
    await connection.execute(gzip.decompress((LANDED / "0010.sql.gz").read_bytes()).decode())
    await connection.close()
    yield url
    await admin.execute(f"drop database {name} with (force)")
    await admin.close()


async def test_what_was_stuck_is_told_by_the_migration_and_ends_sealed_or_held(
    landed: str, landed_sealer: Sealer, bucket: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keep, "FAULT_DELAYS", ())
    vault = landed_sealer.keys.vault
    await migrate(landed)
    engine = make_engine(landed)
    sessions = make_sessions(engine, vault=vault)
    assert set(await waiting(sessions)) == set(VISITS) - {"sealed"}, "told before anything is tried"
    async with asyncio.timeout(90), working(landed, sessions, bucket, landed_sealer):
        while set(await waiting(sessions)) != {"null strokes", "never completed"} or await busy(landed):  # noqa: ASYNC110
            await asyncio.sleep(0.2)
    why_not = await waiting(sessions)
    assert why_not["never completed"][0] == "visit_open"
    assert why_not["null strokes"][0] == "fault"
    await check(sessions, bucket, landed_sealer)
    await engine.dispose()


async def check(sessions: Any, bucket: Storage, sealer: Sealer) -> None:
    """Every record that was issued verifies."""
    async with sessions() as session:
        rows = (await session.scalars(select(SealedRecord).where(SealedRecord.leaf_index > 0))).all()
    assert sorted(NAMES[str(row.visit_id)] for row in rows) == ["cannot_complete", "emoji", "fractions"]
    for row in rows:
        pdf = await read_pdf(bucket, sealer.keys.vault, row)
        await asyncio.to_thread(must_verify, pdf, sealer.keys)


async def waiting(sessions: Any) -> dict[str, tuple[str, str]]:
    """Why what is not sealed is not, by the name of its visit."""
    async with sessions() as session:
        rows = (await session.execute(select_waiting())).all()
        return {NAMES[str(row.visit_id)]: why(row) for row in await with_reasons(session, rows)}


async def busy(url: str) -> bool:
    connection = await asyncpg.connect(url)
    try:
        found: int = await connection.fetchval("select count(*) from pgqueuer")
        return found > 0
    finally:
        await connection.close()
