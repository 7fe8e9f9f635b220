"""The TypeScript client and its adapters: unit tests, and each file of `test/server` against the real server."""

import os
from pathlib import Path

import pytest

from mobile_contract.conformance.player import playing
from mobile_contract.conformance.recording import load_all
from tests.clients.live import PACKAGE, run_node

RUN = (
    "--enable-source-maps",
    "--import",
    "tsx",
    "--test",
    "--test-timeout=60000",
    "--test-force-exit",
    "--test-reporter=spec",
)
OF_THEIR_OWN = ("powersync.test.ts", "recordings.test.ts")
UNITS = sorted(f"test/{file.name}" for file in (PACKAGE / "test").glob("*.test.ts") if file.name not in OF_THEIR_OWN)
HISTORIES = int(os.environ.get("FIELDPROOF_HISTORIES", "3"))
AGAINST_SERVER = sorted(file.name for file in (PACKAGE / "test" / "server").glob("*.test.ts"))


async def test_units(program: str) -> None:
    said = await run_node(program, *RUN, *UNITS, seconds=120)
    assert "ℹ fail 0" in said, said


async def test_every_recording_of_the_kit_is_passed(program: str) -> None:
    recordings = load_all()
    async with playing(recordings) as (_, url):
        said = await run_node(program, *RUN, "test/recordings.test.ts", seconds=120, FIELDPROOF_PLAYER=url)
    assert f"ℹ pass {len(recordings) + 1}" in said, said


@pytest.mark.parametrize("file", AGAINST_SERVER)
async def test_against_the_server(file: str, cast: Path, program: str) -> None:
    seconds = 120 + 10 * HISTORIES
    said = await run_node(program, *RUN, f"test/server/{file}", seconds=seconds, FIELDPROOF_CAST=str(cast))
    assert "ℹ fail 0" in said, said
    assert "ℹ pass 0" not in said, said


def test_the_lock_names_no_registry() -> None:
    assert '"resolved"' not in (PACKAGE / "package-lock.json").read_text()
