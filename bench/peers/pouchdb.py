"""express-pouchdb, a CouchDB in Node, over LevelDB files: installed from its own package-lock."""

import contextlib
import json
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

from bench.client import connect, request
from bench.peers.workload import Peer, Row
from bench.stage import Stage, program
from server.ground.processes import free_ports

FOLDER = Path(__file__).parent / "pouchdb"
DATABASE = "/phone"


def install() -> str:
    """Its packages beside its lock, unless they are there. Returns the path of node. Raises `RuntimeError` without one."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise RuntimeError(
            "node and npm are missing: install Node 20 or later, or leave this peer out (--without-node)"
        )
    if not (FOLDER / "node_modules" / ".package-lock.json").exists():
        subprocess.run([npm, "ci", "--silent"], cwd=FOLDER, check=True)  # noqa: S603
    return node


@contextlib.asynccontextmanager
async def served(stage: Stage, rows: list[Row]) -> AsyncIterator[Peer]:
    """A PouchDB server with these rows as documents of one database, and its requests for the workload."""
    node, port, files = install(), free_ports(1)[0], stage.folder / "pouchdb"
    shutil.rmtree(files, ignore_errors=True)
    files.mkdir()
    environ = dict(os.environ) | {"NODE_ENV": "production"}
    with program([node, "serve.cjs", str(port), str(files)], port, environ, files / "out", folder=FOLDER):
        connection = await connect(port)
        await connection.send(request("PUT", DATABASE))
        await connection.send(_documents(rows[:-5]))
        before = json.loads(await connection.send(_changes("now")))["last_seq"]
        await connection.send(_documents(rows[-5:]))
        now = json.loads(await connection.send(_changes("now")))["last_seq"]
        yield Peer(
            "PouchDB", port, nothing=_changes(now), five=_changes(before), first=_changes(0),
            write=lambda bodies: _documents([Row(None, body) for body in bodies]),
            count=lambda answer: len(json.loads(answer)["results"]),
        )  # fmt: skip
        connection.close()


def _changes(since: object) -> bytes:
    return request("GET", f"{DATABASE}/_changes?since={since}&include_docs=true")


def _documents(rows: list[Row]) -> bytes:
    documents = [({"_id": row.id} if row.id else {}) | {"value": row.body} for row in rows]
    return request("POST", f"{DATABASE}/_bulk_docs", None, {"docs": documents})
