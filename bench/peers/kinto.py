"""Kinto 26.5, a sync server on PostgreSQL: installed from its own lock, served by waitress on the same PostgreSQL server.

As `kinto init` configures it: the accounts plugin and not basic authentication, which its documentation keeps
for development; storage and permissions in PostgreSQL, its cache in memory.
"""

import base64
import contextlib
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from bench.client import Connection, connect, request
from bench.peers.workload import Peer, Row
from bench.stage import ROOT, Stage, empty_database, program
from server.ground.processes import free_ports

LOCK = ROOT / "requirements" / "bench-kinto.txt"
PATH = "/v1/buckets/phones/collections/rows"
AUTHORIZATION = "Authorization: Basic " + base64.b64encode(b"phone:a long password").decode() + "\r\n"
BATCH = 50

SETTINGS = """
[server:main]
use = egg:waitress#main
host = 127.0.0.1
port = {port}
threads = 8
[app:main]
use = egg:kinto
kinto.storage_backend = kinto.core.storage.postgresql
kinto.storage_url = {url}
kinto.cache_backend = kinto.core.cache.memory
kinto.permission_backend = kinto.core.permission.postgresql
kinto.permission_url = {url}
kinto.includes = kinto.plugins.accounts
kinto.userid_hmac_secret = a secret of measurements
kinto.batch_max_requests = {batch}
kinto.bucket_create_principals = system.Authenticated
kinto.account_create_principals = system.Everyone
multiauth.policies = account
multiauth.policy.account.use = kinto.plugins.accounts.AccountsPolicy
[loggers]
keys = root
[handlers]
keys =
[formatters]
keys =
[logger_root]
level = ERROR
handlers =
"""


def install(folder: Path) -> Path:
    """Kinto's own virtual environment, from the hashed lock; made once for each lock. Returns its programs' folder."""
    home = folder / f"kinto-{hashlib.sha256(LOCK.read_bytes()).hexdigest()[:12]}"
    if not (home / "ready").exists():
        uv = str(Path(sys.executable).parent / "uv")
        subprocess.run([uv, "--quiet", "venv", "--clear", "--python", sys.executable, str(home)], check=True)  # noqa: S603
        subprocess.run(  # noqa: S603
            [uv, "--quiet", "pip", "install", "--python", str(home / "bin" / "python"), "--require-hashes", "-r", str(LOCK)],
            check=True,
        )  # fmt: skip
        (home / "ready").touch()
    return home / "bin"


@contextlib.contextmanager
def kinto(stage: Stage, url: str) -> Iterator[int]:
    """Kinto over an empty database. Gives its port."""
    programs, port, settings = install(stage.cache), free_ports(1)[0], stage.folder / "kinto.ini"
    settings.write_text(SETTINGS.format(port=port, url=url, batch=BATCH))
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    kinto = str(programs / "kinto")
    done = subprocess.run(  # noqa: S603
        [kinto, "migrate", "--ini", str(settings)], check=False, env=environ, cwd=stage.folder, capture_output=True, text=True
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"kinto migrate: {done.stderr[-1000:]}")
    command = [kinto, "start", "--ini", str(settings)]
    with program(command, port, environ, stage.folder / "kinto.log", folder=stage.folder):
        yield port


@contextlib.asynccontextmanager
async def served(stage: Stage, rows: list[Row]) -> AsyncIterator[Peer]:
    """Kinto with these rows as records of one collection, and its requests for the workload."""
    with kinto(stage, await empty_database(stage, "kinto")) as port:
        connection = await connect(port)
        await connection.send(request("PUT", "/v1/accounts/phone", None, {"data": {"password": "a long password"}}))
        await connection.send(_call("PUT", "/v1/buckets/phones", {}))
        await connection.send(_call("PUT", PATH, {}))
        for first in range(0, len(rows) - 5, BATCH):
            await connection.send(_batch(rows[first : min(first + BATCH, len(rows) - 5)]))
        before = await _version(connection)
        await connection.send(_batch(rows[-5:]))
        now = await _version(connection)
        records = f"{PATH}/records"
        since = f"{records}?_since="
        yield Peer(
            "Kinto", port,
            # Not by If-None-Match: waitress closes the connection after each 304.
            nothing=_call("GET", f"{since}%22{now}%22"),
            five=_call("GET", f"{since}%22{before}%22"),
            first=_call("GET", records),
            write=lambda bodies: _batch([Row(None, body) for body in bodies]),
            count=lambda answer: len(json.loads(answer)["data"]),
        )  # fmt: skip
        connection.close()


def _call(method: str, path: str, body: object = None) -> bytes:
    return request(method, path, None, body, AUTHORIZATION)


def _batch(rows: list[Row]) -> bytes:
    """One request that creates the rows."""
    one = {"method": "POST", "path": f"{PATH}/records"}
    several = [one | {"body": {"data": ({"id": row.id} if row.id else {}) | {"value": row.body}}} for row in rows]
    return _call("POST", "/v1/batch", {"requests": several})


async def _version(connection: Connection) -> int:
    """The collection's timestamp: that of its newest record."""
    newest = json.loads(await connection.send(_call("GET", f"{PATH}/records?_sort=-last_modified&_limit=1")))["data"]
    return int(newest[0]["last_modified"])
