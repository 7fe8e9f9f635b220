"""What the tests of the TypeScript client need: the real API with its company, told in a file, and Node.js."""

from pathlib import Path

import pytest

from tests.clients.live import application, installed_node, live, node

__all__ = ["application", "live", "node"]


@pytest.fixture
async def cast(live: str, tmp_path: Path) -> Path:
    """A file with what a client's tests need to know of the server."""
    file = tmp_path / "cast.json"
    file.write_text(live)
    return file


@pytest.fixture(scope="session")
def program() -> str:
    """Node.js, with the packages of the lock installed."""
    return installed_node()
