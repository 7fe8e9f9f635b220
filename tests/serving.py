"""A `fieldproof serve` in a process of its own, as a person would start it, on a throw-away data folder."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx

from server.embedded import postgres, storage
from server.ground.processes import free_ports

PATIENCE = 120.0
"""Seconds; alone on a machine a start takes three to six."""


class Server:
    """A `fieldproof serve` of its own, as a person would start it; `options` are those of the command."""

    def __init__(self, data: Path, *options: str) -> None:
        self.options = options
        self.data, self.log = data, data / "server.log"
        data.mkdir(parents=True, exist_ok=True)
        (self.port,) = free_ports(1)
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, **settings: str) -> None:
        """Start it and wait until it is healthy."""
        environment = {**os.environ, "FIELDPROOF_DATA": str(self.data), "FIELDPROOF_PORT": str(self.port), **settings}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "server.cli", "serve", *self.options], env=environment, stdout=log, stderr=log
            )
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
