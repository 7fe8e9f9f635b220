"""A `fieldproof serve` in a process of its own, as a person would start it, on a throw-away data folder."""

import atexit
import functools
import os
import signal
import subprocess
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from server.embedded import postgres, storage
from server.ground.processes import free_ports
from tests import ram
from tests.commands import Command, run

PATIENCE = 120.0
"""Seconds; alone on a machine a start takes three to six."""


@functools.cache
def _made() -> Path:
    """A data folder whose database is made and migrated, for those that are to begin with one."""
    folder = TemporaryDirectory(prefix="fieldproof-made-", dir=ram.folder())
    atexit.register(folder.cleanup)
    done = run("migrate", environment=os.environ | {"FIELDPROOF_DATA": folder.name})
    assert done.returncode == 0, done.stderr
    return Path(folder.name)


class Server:
    """A `fieldproof serve` of its own, as a person would start it; `options` are those of the command."""

    def __init__(self, data: Path, *options: str) -> None:
        self.options = options
        self.data, self.log = data, data / "server.log"
        data.mkdir(parents=True, exist_ok=True)
        subprocess.run(["cp", "-a", _made() / "postgres", data], check=True)
        (self.port,) = free_ports(1)
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: Command | None = None

    def start(self, **settings: str) -> None:
        """Start it and wait until it is healthy."""
        environment = {**os.environ, "FIELDPROOF_DATA": str(self.data), "FIELDPROOF_PORT": str(self.port), **settings}
        self.process = Command(("serve", *self.options), environment, self.log)
        end, answer = time.monotonic() + PATIENCE, ""
        while time.monotonic() < end:
            assert self.process.poll() is None, self.said()[-2000:]
            try:
                health = httpx.get(f"{self.url}/health")
                answer = health.text
                if health.status_code == 200:
                    return
            except httpx.TransportError as error:
                answer = repr(error)
            time.sleep(0.1)
        raise AssertionError(f"{answer}\n{self.said()[-2000:]}")

    def kill_everything(self) -> None:
        """API, database and storage, as a power cut would."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        postgres.kill(self.data)
        storage.kill(self.data)

    def said(self) -> str:
        """What it and those before it on this folder wrote."""
        return self.log.read_text()

    def end(self) -> None:
        """Leave nothing running, however the test ended."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        postgres.kill(self.data)
        storage.kill(self.data)
        storage.stop(self.data)
