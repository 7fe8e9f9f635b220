"""A `fieldproof serve` in a process of its own, as a person would start it, on a throw-away data folder."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx

from server.database import embedded as postgres
from server.media import embedded as storage


class Server:
    """A `fieldproof serve` of its own, as a person would start it."""

    def __init__(self, data: Path) -> None:
        self.data, self.log = data, data / "server.log"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, **settings: str) -> None:
        """Start it and wait until it is healthy."""
        environment = {**os.environ, "FIELDPROOF_DATA": str(self.data), "FIELDPROOF_PORT": str(self.port), **settings}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "server.cli", "serve"], env=environment, stdout=log, stderr=log
            )
        for _ in range(300):
            assert self.process.poll() is None, self.log.read_text()[-2000:]
            try:
                if httpx.get(f"{self.url}/health").status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.1)
        raise AssertionError(self.log.read_text()[-2000:])

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
