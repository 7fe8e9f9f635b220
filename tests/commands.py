"""`fieldproof` in processes of their own, forked from one that has its modules: reading them takes most of a start.

`tests/test_cli.py` and `tests/test_readme.py` start it as a person does.
"""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["server.cli"])


class Command:
    """A running command, with what tests use of `subprocess.Popen`; what it says is added to `log`, or goes to `out` and `log`."""

    def __init__(
        self,
        arguments: tuple[str, ...],
        environment: Mapping[str, str],
        log: Path,
        *,
        out: Path | None = None,
        read: Path | None = None,
    ) -> None:
        said = (str(read or os.devnull), str(out or log), str(log))
        log.touch()
        self._process = _CONTEXT.Process(target=_be, args=(arguments, dict(environment), said))
        self._process.start()
        assert self._process.pid is not None
        self.pid: int = self._process.pid

    def poll(self) -> int | None:
        """Its exit code, negative for the signal that ended it; None while it runs."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Raises `subprocess.TimeoutExpired`."""
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired("fieldproof", timeout or 0.0)
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        """Nothing to one that has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


def run(
    *arguments: str, environment: Mapping[str, str], typed: str = "", seconds: float = 60
) -> "subprocess.CompletedProcess[str]":
    """Run a command to its end. Raises `subprocess.TimeoutExpired`."""
    with TemporaryDirectory(prefix="fieldproof-command-") as folder:
        read, out, log = (Path(folder) / name for name in ("in", "out", "log"))
        read.write_text(typed)
        command = Command(arguments, environment, log, out=out, read=read)
        try:
            code = command.wait(seconds)
        finally:
            command.kill()
        return subprocess.CompletedProcess(arguments, code, out.read_text(), log.read_text())


def _be(arguments: tuple[str, ...], environment: dict[str, str], said: tuple[str, str, str]) -> None:
    """In the new process: what a shell would set up, then the console script."""
    for number, (path, how) in enumerate(
        zip(said, (os.O_RDONLY, *[os.O_WRONLY | os.O_CREAT | os.O_APPEND] * 2), strict=True)
    ):
        opened = os.open(path, how, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdin, sys.stdout, sys.stderr = (
        os.fdopen(number, mode, closefd=False) for number, mode in ((0, "r"), (1, "w"), (2, "w"))
    )
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    sys.argv = ["fieldproof", *arguments]
    from server.cli import main

    main()
