"""A company whose database can be dumped, lost and restored, with a storage of its own that stays."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import httpx
import pytest
from litestar import Litestar

from server.embedded.storage import S3Address
from server.identity.tokens import Tokens
from server.media.storage import Storage
from server.process.app import connected
from server.records.sealer import Sealer
from server.restore.copies import copy_waiting
from server.restore.restored import Taken, restored
from tests.company import SECRET, Company, Founded
from tests.records.sealing import seal
from tests.restore.dumps import drop, dump, fresh_name, restore

Serving = Callable[[str], AbstractAsyncContextManager[Company]]


class World:
    """The server over one database at a time; `file` is the newest backup."""

    def __init__(
        self, app: Litestar, cluster: str, storage: Storage, sealer: Sealer, founded: Founded, folder: Path
    ) -> None:
        self.app, self.cluster, self.storage, self.sealer, self.founded = app, cluster, storage, sealer, founded
        self.file = folder / "fieldproof.dump"
        self.made: list[str] = []
        transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
        self.http = httpx.AsyncClient(transport=transport, base_url="http://fieldproof.test")

    @asynccontextmanager
    async def serving(self, url: str) -> AsyncIterator[Company]:
        """The API over a database."""
        tokens = Tokens(SECRET)
        async with connected(self.app, url, self.storage, tokens, self.sealer, work=False):
            company = Company(self.http)
            company.ids = dict(self.founded.ids)
            company.tokens = {login: tokens.access(tokens.actor(token)) for login, token in self.founded.tokens.items()}
            yield company
        await self.app.stores.get("rate_limit").delete_all()

    def dump(self, url: str) -> None:
        """Make a backup."""
        dump(url, self.file)

    async def copies(self) -> int:
        """Have everything written to the storage, as the worker does."""
        return await copy_waiting(self.app.state.sessions, self.storage, self.sealer)

    async def restore(self) -> str:
        """A database of the newest backup."""
        self.made.append(fresh_name())
        return await restore(self.file, self.cluster, self.made[-1])

    async def restored(self) -> Taken:
        """What `fieldproof restored` does, over the database that is served."""
        return await restored(self.app.state.sessions, self.storage, self.sealer)


@pytest.fixture
async def world(
    application: Litestar,
    cluster: str,
    s3_address: S3Address,
    sealer: Sealer,
    founded: Founded,
    tmp_path: Path,
) -> AsyncIterator[World]:
    storage = Storage(s3_address, f"restore-{os.urandom(6).hex()}")
    await storage.prepare()
    made = World(application, cluster, storage, sealer, founded, tmp_path)
    yield made
    await made.http.aclose()
    for name in made.made:
        await drop(cluster, name)


@pytest.fixture
def template(founded: Founded) -> str:
    """Every database here begins with the company."""
    return "template_company"


@pytest.fixture
def seal_with(world: World) -> Callable[[str], Awaitable[None]]:
    """Seal what a visit has signed, and have the copies written."""

    async def run(visit_id: str) -> None:
        assert await seal(world.app, world.sealer, visit_id) == 1
        await world.copies()

    return run
