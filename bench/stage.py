"""What the measurements stand on: embedded PostgreSQL with durable settings, databases with a company in them, and the
product served by uvicorn: one process, a real socket on loopback."""

import base64
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import asyncpg
import msgspec

from bench.company import Size, load, made_id
from mobile_contract.chain import DeviceKey
from server.embedded import postgres
from server.ground.processes import free_ports
from server.identity.rules import Role
from server.identity.tokens import Actor, Tokens
from server.process.schema import migrate
from server.process.services import Services, running_services
from server.process.settings import load_settings

SECRET = "a secret of measurements, long enough for HS256"  # noqa: S105  of a database that is thrown away
ROOT = Path(__file__).resolve().parent.parent


class Server(NamedTuple):
    """A server process and where it listens."""

    port: int
    pid: int


class Stage(NamedTuple):
    """What every subject gets. `sizes` goes from the smallest company to the largest; `url` gives its database."""

    services: Services
    folder: Path
    key: DeviceKey
    sizes: list[Size]
    quick: bool
    node: bool = True

    @property
    def cache(self) -> Path:
        """For what is made once and kept, as a peer's virtual environment."""
        return ROOT / ".data"

    def url(self, size: Size) -> str:
        """The address of the database with the company of this size."""
        return self.database(f"visits_{size.visits}")

    def database(self, name: str) -> str:
        """The address of any database of the embedded PostgreSQL."""
        return f"{self.services.database_url.rpartition('/')[0]}/{name}"

    @property
    def largest(self) -> Size:
        return self.sizes[-1]


def token(technician: int, size: Size, *, role: Role = Role.TECHNICIAN) -> str:
    """A fresh access token of a technician's phone, or of the dispatcher, who comes after the last technician."""
    number = technician if role is Role.TECHNICIAN else size.technicians
    device = made_id("device", technician) if role is Role.TECHNICIAN else None
    return Tokens(SECRET).access(Actor(made_id("user", number), role, made_id("office", 0), device))


@contextlib.contextmanager
def standing(
    folder: Path, sizes: list[Size], *, quick: bool, node: bool, say: Callable[[str], None]
) -> Iterator[Stage]:
    """PostgreSQL and storage under `folder`, stopped at the end."""
    settings = load_settings({"FIELDPROOF_DATA": str(folder)})
    with running_services(settings, say) as services:
        # A superuser, as the measurements of older revisions had: databases are made and filled past their triggers.
        services = msgspec.structs.replace(services, database_url=postgres.superuser_url(folder))
        yield Stage(services, folder, DeviceKey(), sizes, quick, node)


async def fill(stage: Stage, size: Size) -> float:
    """Make the database of a size. Returns the seconds it took."""
    url = await empty_database(stage, f"visits_{size.visits}")
    await migrate(url)
    return await load(url, size, base64.urlsafe_b64decode(stage.key.public() + "=="))


async def empty_database(stage: Stage, name: str) -> str:
    """A new database, instead of the one that had the name."""
    connection = await asyncpg.connect(stage.services.database_url)
    await connection.execute(f"drop database if exists {name} with (force)")
    await connection.execute(f"create database {name}")
    await connection.close()
    return stage.database(name)


def environment(stage: Stage, size: Size) -> dict[str, str]:
    """The product's settings for the company of this size."""
    s3 = stage.services.s3
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "FIELDPROOF", "AWS"))}
    return environ | {
        "FIELDPROOF_DATA": str(stage.folder), "FIELDPROOF_TOKEN_SECRET": SECRET, "DATABASE_URL": stage.url(size),
        "S3_ENDPOINT_URL": s3.endpoint_url, "S3_REGION": s3.region, "AWS_ACCESS_KEY_ID": s3.access_key_id,
        "AWS_SECRET_ACCESS_KEY": s3.secret_access_key,
    }  # fmt: skip


@contextlib.contextmanager
def serving(
    stage: Stage, size: Size, *, profile: Path | None = None, more: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """The product over the company of this size, with `more` in its environment."""
    port, environ = free_ports(1)[0], environment(stage, size) | dict(more or {})
    if profile is not None:
        environ["BENCH_PROFILE"] = str(profile)
    command = [sys.executable, "-m", "bench.served", str(port)]
    with program(command, port, environ, stage.folder / f"server_{port}.log") as pid:
        yield Server(port, pid)


@contextlib.contextmanager
def program(
    command: list[str], port: int, environ: dict[str, str], log: Path, *, folder: Path = ROOT, seconds: float = 30
) -> Iterator[int]:
    """Run a server until the block ends. Raises `RuntimeError` with the end of its log when it does not listen."""
    with log.open("wb") as out:
        process = subprocess.Popen(  # noqa: S603  our own command
            command, env=environ, cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
        )
    try:
        end = time.monotonic() + seconds
        while not _listens(port):
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"{command[0]} does not listen:\n{log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.05)
        yield process.pid
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False
