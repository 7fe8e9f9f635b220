"""One embedded cluster and storage for a run; for each test a database cloned from a migrated template."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import httpx
import hypothesis
import pytest
from litestar import Litestar

from server.database.role import ROLE
from server.embedded import postgres
from server.embedded import storage as s3
from server.embedded.storage import S3Address
from server.ground.outages import outages
from server.identity import tokens as token_times
from server.identity.tokens import Tokens
from server.media.storage import Storage
from server.process.app import connected, make_app
from server.process.runtime import company_certificate
from server.process.schema import migrate
from server.records.keys import load_or_make_keys
from server.records.sealer import Sealer
from tests import ram, sizes
from tests.company import SECRET, Company, Founded, found_company
from tests.kept import Shelf, ask
from tests.touched.long import SHORT, is_named, listed
from tests.warm import warm

EMPTY, COMPANY = "template_empty", "template_company"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(SHORT, action="store_true", help="without the tests of tests/touched/long.txt")
    parser.addoption(sizes.LONG, action="store_true", help="much of what is drawn or repeated; a usual run does some")


def pytest_configure(config: pytest.Config) -> None:
    sizes.ask(config.getoption(sizes.LONG))
    if not config.getoption(sizes.LONG):
        # What a usual run draws is the same each time: what it finds, whoever looks into it finds too.
        hypothesis.settings.register_profile("usual", derandomize=True, database=None)
        hypothesis.settings.load_profile("usual")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption(SHORT):
        return
    names, asked = listed(), [one for one in config.args if "::" in one]
    left = {one for one in items if is_named(one.nodeid, names) and not is_named(one.nodeid, asked)}
    config.hook.pytest_deselected(items=list(left))
    items[:] = [one for one in items if one not in left]


@pytest.fixture(autouse=True)
def no_outages() -> None:
    """Each test is told of its own."""
    outages.forget()


@pytest.fixture(scope="session", autouse=True)
def warmed() -> Iterator[None]:
    with warm():
        yield


@pytest.fixture(scope="session")
def data_dir() -> Iterator[Path]:
    """Outside pytest's own folder, which it closes to other users: PostgreSQL of root runs as one."""
    with TemporaryDirectory(prefix="fieldproof-tests-", dir=ram.folder()) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def application_url(data_dir: Path) -> Iterator[str]:
    """A PostgreSQL of this worker, and the address of the application's role, as in production."""
    yield postgres.start(data_dir, durable=False)
    postgres.kill(data_dir)


@pytest.fixture(scope="session")
def cluster(data_dir: Path, application_url: str) -> str:
    """The superuser's address, for what only tests do; with a migrated database that tests clone."""
    admin = postgres.superuser_url(data_dir)

    async def prepare() -> None:
        await _clone(admin, EMPTY, "template0")
        await migrate(_url(application_url, EMPTY))

    asyncio.run(prepare())
    return admin


@pytest.fixture(scope="session")
def s3_address(data_dir: Path) -> Iterator[S3Address]:
    yield s3.start(data_dir)
    s3.kill(data_dir)


@pytest.fixture(scope="session")
def sealer(data_dir: Path) -> Sealer:
    keys = load_or_make_keys(data_dir / "keys")
    return Sealer(keys, company_certificate(keys, "Fieldproof"), "Fieldproof", "http://fieldproof.test")


@pytest.fixture(scope="session")
def bucket(s3_address: S3Address) -> Storage:
    """The storage of this worker; objects are kept by their hash, so tests share it."""
    return Storage(s3_address, "fieldproof")


@pytest.fixture(scope="session")
def application(bucket: Storage, sealer: Sealer) -> Litestar:
    """Built once, since that takes longer than most tests; `app` connects it to the test's own database."""
    return make_app("", bucket, Tokens(SECRET), sealer)


@pytest.fixture(scope="session")
def founded(cluster: str, application_url: str, application: Litestar, bucket: Storage, sealer: Sealer) -> Founded:
    """The company, made through the API once, in a database that its tests clone."""

    async def found() -> Founded:
        await _clone(cluster, COMPANY, EMPTY)
        url = _url(application_url, COMPANY)
        async with (
            connected(application, url, bucket, Tokens(SECRET), sealer, work=False),
            _client(application) as http,
        ):
            with patch.object(token_times, "ACCESS_LIFETIME", timedelta(hours=6)):  # for as long as all tests take
                company = await found_company(application.state.sessions, http)
        return Founded(company.ids, company.tokens)

    return asyncio.run(found())


@pytest.fixture
def template(request: pytest.FixtureRequest) -> str:
    """What the test's database is cloned from."""
    if "company" not in request.fixturenames:
        return EMPTY
    request.getfixturevalue("founded")
    return COMPANY


@pytest.fixture(scope="session")
async def shelf(cluster: str) -> AsyncIterator[Shelf]:
    """The databases that tests use one after the other."""
    shelf = Shelf(cluster)
    with shelf.connections():
        yield shelf
    await shelf.clear()


@pytest.fixture
async def database_url(application_url: str, template: str, shelf: Shelf) -> AsyncIterator[str]:
    """A database as the template is."""
    async with shelf.database(template) as name:
        yield _url(application_url, name)


@pytest.fixture
async def app(application: Litestar, database_url: str, bucket: Storage, sealer: Sealer) -> AsyncIterator[Litestar]:
    async with connected(application, database_url, bucket, Tokens(SECRET), sealer, work=False):
        yield application


@pytest.fixture
async def http(app: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    async with _client(app) as client:
        yield client


@pytest.fixture
async def company(app: Litestar, http: httpx.AsyncClient, founded: Founded) -> Company:
    """Two technicians, a dispatcher, an admin, one customer with a site and an asset."""
    tokens: Tokens = app.state.tokens
    company = Company(http)
    company.ids = dict(founded.ids)
    company.tokens = {login: tokens.access(tokens.actor(token)) for login, token in founded.tokens.items()}
    return company


def _client(app: Litestar) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
    return httpx.AsyncClient(transport=transport, base_url="http://fieldproof.test")


def _url(address: str, database: str) -> str:
    return address.rsplit("/", 1)[0] + "/" + database


async def _clone(cluster: str, database: str, template: str) -> None:
    await ask(cluster, f"create database {database} template {template} owner {ROLE}")
