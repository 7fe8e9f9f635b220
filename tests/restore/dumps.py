"""Backups as an administrator makes them: pg_dump and pg_restore of the embedded server's own version."""

import asyncio
import os
import subprocess
from pathlib import Path

import asyncpg

from server.embedded import postgres_program


def dump(url: str, file: Path) -> None:
    """A dump in the custom format, while the database goes on working."""
    _run("pg_dump", "--format=custom", f"--file={file}", url)


async def restore(file: Path, cluster: str, name: str) -> str:
    """Make a database of a dump. Returns its address."""
    connection = await asyncpg.connect(cluster)
    await connection.execute(f"create database {name} template template0")
    await connection.close()
    url = f"{cluster.rsplit('/', 1)[0]}/{name}"
    await asyncio.to_thread(_run, "pg_restore", "--exit-on-error", "--no-owner", f"--dbname={url}", str(file))
    return url


async def drop(cluster: str, name: str) -> None:
    """Remove a database, whoever is connected."""
    connection = await asyncpg.connect(cluster)
    await connection.execute(f"drop database if exists {name} with (force)")
    await connection.close()


def fresh_name() -> str:
    """A name that no other database has."""
    return f"restored_{os.urandom(6).hex()}"


def _run(program: str, *arguments: str) -> None:
    done = subprocess.run(
        [postgres_program.path(program), *arguments], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
