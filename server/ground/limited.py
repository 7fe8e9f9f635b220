"""Has foreign bytes read by limited processes (`forked.py`), and judges those that die or do not answer in time."""

import atexit
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

DONE, TIME_IS_UP = b".", bytes([signal.SIGXCPU])
"""What a whole answer ends with, and what comes when the processor time is up, as in `forked.py`."""

_ENVIRON = {"PATH": os.defpath, "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
"""Each process begins with fresh memory; asked for in large pages, it costs a tenth less of a photo's time."""
ROOT = Path(__file__).parents[2]
# The file that a program is passed keeps its number; ours wants it at 3. Its modules are those that lie beside this package.
_AT_THREE = (
    "import os, runpy, sys; n = int(sys.argv[1]); n == 3 or (os.dup2(n, 3), os.close(n)); sys.path.insert(0, sys.argv[3]); "
    "runpy.run_path(sys.argv[2], run_name='__main__')"
)


class TooMuch(Exception):
    """The bytes take too long, or give too much; it says which."""


class Died(Exception):
    """The process began and ended without a whole answer: because of the bytes, or because somebody killed it."""


class _Away(Exception):
    """The process was gone before it began."""


class _Server:
    """A program that has its libraries loaded and forks for each lot of bytes."""

    def __init__(self, program: Path) -> None:
        self._control, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603  our own interpreter and our own file
                [sys.executable, "-I", "-c", _AT_THREE, str(theirs.fileno()), str(program), str(ROOT)],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/",
                pass_fds=(theirs.fileno(),), start_new_session=True, env=_ENVIRON,
            )  # fmt: skip

    def ask(self, given: int, asked: bytes, seconds: float, most: int) -> bytes:
        """The answer about the bytes in an open file. Raises `_Away`, `Died` and `TooMuch`."""
        reading, writing = os.pipe()
        try:
            try:
                socket.send_fds(self._control, [asked], [given, writing])
            except OSError as error:
                raise _Away from error
            finally:
                os.close(writing)
            answer = _read(reading, seconds, most)
        finally:
            os.close(reading)
        if not answer:
            raise _Away
        if answer[1:2] == TIME_IS_UP:
            raise TooMuch("takes too long")
        if len(answer) < 2 or not answer.endswith(DONE):
            raise Died
        return answer[1:-1]

    def end(self) -> None:
        """End it and whatever it has forked."""
        self._control.close()
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


class Limited:
    """A program that reads one kind of foreign bytes: each caller has a process of its own meanwhile.

    They are kept for the next call and end with this process.
    """

    def __init__(self, program: Path) -> None:
        self._program = program
        self._idle: list[_Server] = []
        self._lock = threading.Lock()
        atexit.register(self.close)

    def ask(self, given: int, asked: bytes, *, seconds: float, most: int) -> bytes:
        """The answer about the bytes in an open file, at most `most` bytes within `seconds`. Blocks: call it in a thread.

        A process that ends meanwhile may have been killed, so then a fresh one decides. Raises `TooMuch`, `Died`, and
        `OSError` when the program does not start.
        """
        try:
            with self._lock:
                waiting = self._idle.pop() if self._idle else None
            return self._ask_one(waiting or _Server(self._program), given, asked, seconds, most)
        except (_Away, Died):
            try:
                return self._ask_one(_Server(self._program), given, asked, seconds, most)
            except _Away as error:
                raise OSError(f"The program {self._program.name} does not start.") from error

    def _ask_one(self, server: _Server, given: int, asked: bytes, seconds: float, most: int) -> bytes:
        try:
            answer = server.ask(given, asked, seconds, most)
        except BaseException:
            server.end()
            raise
        with self._lock:
            self._idle.append(server)
        return answer

    def close(self) -> None:
        """End the processes that wait; the next call starts others."""
        with self._lock:
            servers = self._idle[:]
            self._idle.clear()
        for server in servers:
            server.end()


def _read(pipe: int, seconds: float, most: int) -> bytes:
    end = time.monotonic() + seconds
    found = bytearray()
    poll = select.poll()  # unlike select(), it takes descriptors above 1,023: a server with many open streams has them
    poll.register(pipe, select.POLLIN)
    while True:
        if not poll.poll(max(end - time.monotonic(), 0) * 1000):
            raise TooMuch("takes too long")
        part = os.read(pipe, 1 << 16)
        if not part:
            return bytes(found)
        found += part
        if len(found) > most:
            raise TooMuch("gives too much")
