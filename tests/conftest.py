"""One embedded cluster and storage for a run; for each test a database cloned from a migrated template."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg
import httpx
import pytest
from litestar import Litestar

from server.app import connected, make_app
from server.database import embedded as postgres
from server.identity.tokens import Tokens
from server.media import embedded as s3
from server.media.embedded import S3Address
from server.media.storage import Storage
from server.records.keys import load_or_make_keys
from server.records.sealer import Sealer
from server.runtime import company_certificate
from server.schema import migrate
from tests.company import Company, found_company

SECRET = "a secret of tests, long enough for HS256"


@pytest.fixture(scope="session")
def data_dir() -> Iterator[Path]:
    """Outside pytest's own folder, which it closes to other users: PostgreSQL of root runs as one."""
    with TemporaryDirectory(prefix="fieldproof-tests-") as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def cluster(data_dir: Path) -> Iterator[str]:
    """A PostgreSQL of this worker, with a migrated database `template`."""
    admin = postgres.start(data_dir, durable=False)

    async def prepare() -> None:
        connection = await asyncpg.connect(admin)
        await connection.execute("create database template_fieldproof")
        await connection.close()
        await migrate(admin.rsplit("/", 1)[0] + "/template_fieldproof")

    asyncio.run(prepare())
    yield admin
    postgres.kill(data_dir)


@pytest.fixture(scope="session")
def s3_address(data_dir: Path) -> Iterator[S3Address]:
    yield s3.start(data_dir)
    s3.kill(data_dir)


@pytest.fixture
async def database_url(cluster: str) -> AsyncIterator[str]:
    """A database of this test's own."""
    name = f"test_{os.urandom(6).hex()}"
    connection = await asyncpg.connect(cluster)
    await connection.execute(f"create database {name} template template_fieldproof")
    yield cluster.rsplit("/", 1)[0] + "/" + name
    await connection.execute(f"drop database {name} with (force)")
    await connection.close()


@pytest.fixture
async def app(database_url: str, s3_address: S3Address, sealer: Sealer) -> AsyncIterator[Litestar]:
    storage, tokens = Storage(s3_address, "fieldproof"), Tokens(SECRET)
    app = make_app(database_url, storage, tokens, sealer)
    async with connected(app, database_url, storage, tokens, sealer, work=False):
        yield app


@pytest.fixture(scope="session")
def sealer(data_dir: Path) -> Sealer:
    keys = load_or_make_keys(data_dir / "keys")
    return Sealer(keys, company_certificate(keys, "Fieldproof"), "Fieldproof", "http://fieldproof.test")


@pytest.fixture
async def http(app: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://fieldproof.test") as client:
        yield client


@pytest.fixture
async def company(app: Litestar, http: httpx.AsyncClient) -> Company:
    """Two technicians, a dispatcher, an admin, one customer with a site and an asset."""
    return await found_company(app.state.sessions, http)
