"""The TypeScript client and its adapters: unit tests, and each file of `test/server` against the real server."""

import asyncio
import os
import shutil
import tarfile
from pathlib import Path

import pytest

from mobile_contract.conformance.player import playing
from mobile_contract.conformance.recording import load_all
from tests.clients.live import PACKAGE, npm, run_node
from tests.sizes import size

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
HISTORIES = int(os.environ.get("FIELDPROOF_HISTORIES", "0")) or size(1, 3)
AGAINST_SERVER = sorted(file.name for file in (PACKAGE / "test" / "server").glob("*.test.ts"))

APP = """
import { Client, update } from '@fieldproof/client';
import { openSqlite } from '@fieldproof/client/node';
const storage = openSqlite('phone.sqlite');
const phone = await Client.open({ server: 'http://127.0.0.1:9', storage });
console.log((await storage.get('meta', 'runs')) ?? 0, await phone.isEnrolled());
await update(storage, async () => ({ writes: [{ store: 'meta', key: 'runs', value: 1 }], result: 0 }));
"""


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
    said = await run_node(
        program,
        *RUN,
        f"test/server/{file}",
        seconds=seconds,
        FIELDPROOF_CAST=str(cast),
        FIELDPROOF_HISTORIES=str(HISTORIES),
    )
    assert "ℹ fail 0" in said, said
    assert "ℹ pass 0" not in said, said


async def test_the_package_installs_and_works_as_its_readme_says(program: str, tmp_path: Path) -> None:
    package, app = tmp_path / "package", tmp_path / "app"
    keep = shutil.ignore_patterns("node_modules", "dist", "*.tgz")
    await asyncio.to_thread(shutil.copytree, PACKAGE, package, ignore=keep)
    (package / "node_modules").symlink_to(PACKAGE / "node_modules")
    for args in (["run", "build"], ["pack"]):
        await asyncio.to_thread(npm, package, *args)
    archive = package / "fieldproof-client-0.1.0.tgz"
    assert f"npm install ../fieldproof/mobile_contract/typescript/{archive.name}" in (PACKAGE / "README.md").read_text()
    with tarfile.open(archive) as opened:
        opened.extractall(app / "node_modules" / "@fieldproof", filter="data")
    installed = app / "node_modules" / "@fieldproof"
    (installed / "package").rename(installed / "client")
    (app / "node_modules" / "canonicalize").symlink_to(PACKAGE / "node_modules" / "canonicalize")
    (app / "app.mjs").write_text(APP)
    first, second = [await run_node(program, "app.mjs", seconds=60, folder=app) for _ in range(2)]
    assert (first.strip(), second.strip()) == ("0 false", "1 false"), "what the first run kept is there in the second"


def test_the_lock_names_no_registry() -> None:
    assert '"resolved"' not in (PACKAGE / "package-lock.json").read_text()
