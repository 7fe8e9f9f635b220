"""The PowerSync SDK from npm, with its own SQLite core, against the real server (mobile_contract/typescript/test)."""

import asyncio

import pytest
from litestar import Litestar
from sqlalchemy import text

from tests.clients.live import run_node

RUN = (
    "--import",
    "tsx",
    "--test",
    "--test-force-exit",
    "--test-timeout=60000",
    "--test-reporter=spec",
)


async def test_the_sdk_works_against_the_server(live: str, node: str, app: Litestar) -> None:
    said = await run_node(node, *RUN, "test/powersync.test.ts", seconds=240, FIELDPROOF_POWERSYNC=live)
    assert "ℹ fail 0" in said, said
    assert "ℹ skipped 0" in said, said
    assert "ℹ pass 0" not in said, said
    await asyncio.sleep(2)
    assert app.state.powersync._listeners == {}, "every phone has hung up, so no stream may be open"
    async with app.state.sessions() as session:
        assert (await session.execute(text("select * from sync_discrepancy"))).all() == []


@pytest.mark.usefixtures("node")
async def test_the_package_is_well_typed(node: str) -> None:
    await run_node(node, "node_modules/typescript/bin/tsc", "--noEmit", "-p", "tsconfig.json", seconds=120)
