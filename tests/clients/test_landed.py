"""The TypeScript client of the release before this one, taken from its commit, works whole days against the server of today.

`landed/typescript-c2d37a3.tar.gz` holds its source and its own tests as they were. What fails here breaks the apps that are on phones already: mend the server.
"""

import asyncio
import tarfile
from pathlib import Path

import pytest

from tests.clients import live
from tests.clients.live import PACKAGE, run_node
from tests.clients.test_typescript import HISTORIES, RUN

LANDED = Path(__file__).with_name("landed") / "typescript-c2d37a3.tar.gz"


@pytest.mark.parametrize("file", ["client.test.ts", "history.test.ts", "signing.test.ts"])
async def test_the_client_that_is_on_phones_works_on(
    file: str, cast: Path, program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "contract", 1)
    with tarfile.open(LANDED) as opened:
        await asyncio.to_thread(opened.extractall, tmp_path, filter="data")
    package = tmp_path / "typescript"
    (package / "node_modules").symlink_to(PACKAGE / "node_modules")
    said = await run_node(
        program,
        *RUN,
        f"test/server/{file}",
        seconds=120 + 10 * HISTORIES,
        folder=package,
        FIELDPROOF_CAST=str(cast),
        FIELDPROOF_HISTORIES=str(HISTORIES),
    )
    assert "ℹ fail 0" in said, said
    assert "ℹ pass 0" not in said, said
