"""The real API on a real socket for clients in other languages, with a back door for what a test must do to the server;
and a Node.js that has SQLite built in, which the PowerSync SDK needs."""

import asyncio
import fcntl
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import msgspec
import pytest
import uvicorn
from litestar import Litestar, get, post
from litestar.datastructures import State
from litestar.params import FromPath, JSONBody
from sqlalchemy import text

from mobile_contract.limits import CONTRACT_VERSION
from server.identity import tokens
from server.identity.tokens import Tokens
from server.media.storage import Storage
from server.process.app import make_app
from server.records.sealer import Sealer
from server.sync.down.contracts import body_for
from tests.company import SECRET, Company

PACKAGE = Path(__file__).resolve().parents[2] / "mobile_contract" / "typescript"
OLDEST_NODE = (22, 13)
contract = CONTRACT_VERSION
"""Of the phones that are tested: those of an older one do not know all members."""
SHOWN = text(f"""
select collection, row_id::text, rev, {body_for("cast(:contract as integer)")} as body from (
  select d.collection, d.row_id, m.rev, sync_body(d.collection, d.row_id)::text as body
  from sync_desired d join sync_scope s on s.id = d.scope_id
  join sync_member m on m.scope_id = s.id and m.collection = d.collection and m.row_id = d.row_id
  where s.technician_id = :user_id or s.key = 'catalogue'
) held
""")
STORED = text("""
select id::text, device_id::text, outcome, code from operation where user_id = :user_id order by device_id, seq
""")


class Sql(msgspec.Struct):
    """One statement to run as any program might."""

    statement: str


class Lifetime(msgspec.Struct):
    """How long access tokens that are made from now on live."""

    seconds: Annotated[float, msgspec.Meta(gt=0)]


@post("/test/sql", status_code=200)
async def run_sql(data: JSONBody[Sql], state: State) -> None:
    async with state.sessions.begin() as session:
        await session.execute(text(data.statement))


@post("/test/token-lifetime", status_code=200)
async def set_lifetime(data: JSONBody[Lifetime]) -> None:
    tokens.ACCESS_LIFETIME = timedelta(seconds=data.seconds)


@get("/test/shown/{user_id:uuid}")
async def shown(user_id: FromPath[UUID], state: State) -> dict[str, Any]:
    """Every row that the technician may hold now, from the view: revision and body by `collection/id`."""
    async with state.sessions() as session:
        rows = (await session.execute(SHOWN, {"user_id": user_id, "contract": contract})).all()
    return {f"{row.collection}/{row.row_id}": {"rev": row.rev, "body": json.loads(row.body)} for row in rows}


@get("/test/stored/{user_id:uuid}")
async def stored(user_id: FromPath[UUID], state: State) -> list[dict[str, Any]]:
    """Every operation that the technician's phones sent, with its outcome, in the order of each phone."""
    async with state.sessions() as session:
        rows = (await session.execute(STORED, {"user_id": user_id})).all()
    return [dict(row._mapping) for row in rows]


@pytest.fixture(scope="session")
def application(bucket: Storage, sealer: Sealer) -> Litestar:
    """The application with the back door beside its routes."""
    app = make_app("", bucket, Tokens(SECRET), sealer)
    for handler in (run_sql, set_lifetime, shown, stored):
        app.register(handler)
    return app


@pytest.fixture
async def live(app: Litestar, company: Company, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """What a client's tests need, as JSON: the server's address, ids and tokens of the cast."""
    monkeypatch.setattr(tokens, "ACCESS_LIFETIME", tokens.ACCESS_LIFETIME)  # put back at the end
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_level="warning", lifespan="off", ws="none", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve([listener]))
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    yield json.dumps({"server": address, "ids": company.ids, "tokens": company.tokens})
    server.should_exit = True
    await running


@pytest.fixture(scope="session")
def node() -> str:
    """A Node.js with `node:sqlite`: the machine's, or the one that the lock names. Installs the lock once."""
    return installed_node()


def installed_node() -> str:
    """Installs the lock, once for each lock, and says which Node.js to use."""
    assert shutil.which("npm"), "Install Node.js 20 or later with npm (Debian: nodejs npm)."
    (PACKAGE / "node_modules").mkdir(exist_ok=True)
    with (PACKAGE / ".install.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        installed = PACKAGE / "node_modules" / ".installed"
        wanted = hashlib.sha256((PACKAGE / "package-lock.json").read_bytes()).hexdigest()
        if not installed.exists() or installed.read_text() != wanted:
            npm(PACKAGE, "ci", "--ignore-scripts")
            installed.write_text(wanted)
        if _version("node") >= OLDEST_NODE:
            return "node"
        own = str(PACKAGE / "node_modules" / "node" / "bin" / "node")
        if not Path(own).exists() or _version(own) < OLDEST_NODE:
            npm(PACKAGE, "rebuild", "node")
        return own


def npm(folder: Path, *arguments: str) -> None:
    """Run npm in a folder, as a user does; what it said is the message when it fails."""
    done = subprocess.run(["npm", *arguments], cwd=folder, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr


def _version(program: str) -> tuple[int, int]:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=30).stdout
    major, minor, _ = said.strip().removeprefix("v").split(".")
    return int(major), int(minor)


async def run_node(program: str, *arguments: str, seconds: float, folder: Path = PACKAGE, **environment: str) -> str:
    """Run Node in a folder, the package's if not said; what it said, which is the message when it fails."""
    process = await asyncio.create_subprocess_exec(
        "/usr/bin/env", *(f"{name}={value}" for name, value in environment.items()), program, *arguments,
        cwd=folder, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )  # fmt: skip
    try:
        async with asyncio.timeout(seconds):
            said, _ = await process.communicate()
    except TimeoutError:
        os.killpg(process.pid, signal.SIGKILL)  # the runner's own children would hold its output open
        said, _ = await process.communicate()
        pytest.fail(f"Node did not end within {seconds} s:\n{said.decode()}", pytrace=False)
    if process.returncode:
        pytest.fail(said.decode(), pytrace=False)
    return said.decode()
