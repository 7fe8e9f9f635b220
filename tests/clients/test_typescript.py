"""The TypeScript client and its adapters: types, unit tests, and each file of `test/server` against the real server."""

from pathlib import Path

import pytest

from tests.clients.conftest import PACKAGE, node

RUN = ("node", "--enable-source-maps", "--import", "tsx", "--test", "--test-timeout=60000", "--test-reporter=spec")
AGAINST_SERVER = sorted(file.name for file in (PACKAGE / "test" / "server").glob("*.test.ts"))


@pytest.mark.usefixtures("node_modules")
async def test_the_package_is_well_typed() -> None:
    await node("npx", "--no-install", "tsc", "--noEmit", "-p", "tsconfig.json")


@pytest.mark.usefixtures("node_modules")
async def test_units() -> None:
    await node(*RUN, *sorted(f"test/{file.name}" for file in (PACKAGE / "test").glob("*.test.ts")))


@pytest.mark.usefixtures("node_modules")
@pytest.mark.parametrize("file", AGAINST_SERVER)
async def test_against_the_server(file: str, cast: Path) -> None:
    await node(*RUN, f"test/server/{file}", FIELDPROOF_CAST=str(cast))


def test_the_lock_names_no_registry() -> None:
    assert '"resolved"' not in (PACKAGE / "package-lock.json").read_text()
