"""`fieldproof serve` in a process of its own over a test's database and storage, and a client that trusts it."""

import asyncio
import contextlib
import os
import re
import ssl
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import httpx

from server.embedded.s3_address import S3Address
from tests.commands import Command
from tests.company import SECRET

BUCKET = "served"
"""Not that of the other tests: what they sealed would look like a newer log than these databases have."""


class Served(NamedTuple):
    """Where it serves, its process, and what it said."""

    url: str
    process: Command
    log: Path

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def said(self) -> str:
        """What it wrote so far."""
        return self.log.read_text()


@contextlib.asynccontextmanager
async def served(folder: Path, database_url: str, s3: S3Address, **environ: str) -> AsyncIterator[Served]:
    """Serve on a free port until the block ends; with `environ` as settings beside the usual ones."""
    settings = {
        "FIELDPROOF_DATA": str(folder), "FIELDPROOF_PORT": "0", "FIELDPROOF_TOKEN_SECRET": SECRET,
        "DATABASE_URL": database_url, "S3_BUCKET": BUCKET, "S3_ENDPOINT_URL": s3.endpoint_url, "AWS_ACCESS_KEY_ID": s3.access_key_id,
        "AWS_SECRET_ACCESS_KEY": s3.secret_access_key, **environ,
    }  # fmt: skip
    log = folder / "serve.log"
    process = Command(("serve", "--no-work"), os.environ | settings, log)
    try:
        yield Served(await _address(process, log), process, log)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _said(log: Path) -> str:
    return log.read_text()


async def _address(process: Command, log: Path) -> str:
    for _ in range(2400):  # two minutes: other tests start servers, too
        assert process.poll() is None, _said(log)[-2000:]
        if found := re.search(r"API: (https?://\S+)", _said(log)):
            url = found[1]
            port = int(url.rpartition(":")[2])
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                return url
        await asyncio.sleep(0.05)
    raise AssertionError(_said(log)[-2000:])


def trusting(certificate: Path) -> ssl.SSLContext:
    """What a phone needs to trust a self-made certificate."""
    return ssl.create_default_context(cafile=str(certificate))


def client(url: str, certificate: Path | None = None) -> httpx.AsyncClient:
    """A client of that server."""
    verify: ssl.SSLContext | bool = trusting(certificate) if certificate else True
    return httpx.AsyncClient(base_url=url, verify=verify, trust_env=False, timeout=30)
