"""Has images decoded by limited processes (`decode.py`), and judges those that die or do not answer in time."""

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

import msgspec

from server.media.limits import LIMITS

DONE, TIME_IS_UP = b".", bytes([signal.SIGXCPU])
"""What a whole answer ends with, and what comes when the processor time is up. `decode.py` has the same, which is not
loaded here: it loads the decoders."""


class Decoded(msgspec.Struct, frozen=True):
    """What an image is. `fault` is empty when it could be decoded; `remark` is worth knowing all the same; `behind` bytes of
    some `kind` follow the image."""

    fault: str = ""
    width: int = 0
    height: int = 0
    behind: int = 0
    kind: str = ""
    remark: str = ""
    small: bytes = b""


class _Refused(Exception):
    """The image takes too long, or gives too much."""


class _Away(Exception):
    """The process was gone before it began."""


class _Died(Exception):
    """The process began and ended without a whole answer: because of the image, or because somebody killed it."""


_ENVIRON = {"PATH": os.defpath, "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
"""Each process begins with fresh memory; asked for in large pages, it costs a tenth less of a photo's time."""


class _Server:
    """A `decode.py` that has the image library loaded and forks for each image."""

    def __init__(self) -> None:
        self._control, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603  our own interpreter and our own file
                [sys.executable, "-I", "-c", _AT_THREE, str(theirs.fileno()), str(_PROGRAM), str(_PROGRAM.parents[2])],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/",
                pass_fds=(theirs.fileno(),), start_new_session=True, env=_ENVIRON,
            )  # fmt: skip

    def ask(self, image: int, asked: bytes) -> bytes:
        """The answer about one image. Raises `_Away`, `_Died` and `_Refused`."""
        reading, writing = os.pipe()
        try:
            try:
                socket.send_fds(self._control, [asked], [image, writing])
            except OSError as error:
                raise _Away from error
            finally:
                os.close(writing)
            answer = _read(reading)
        finally:
            os.close(reading)
        if not answer:
            raise _Away
        if answer[1:2] == TIME_IS_UP:
            raise _Refused("decoding it takes too long")
        if len(answer) < 2 or not answer.endswith(DONE):
            raise _Died
        return answer[1:-1]

    def end(self) -> None:
        """End it and whatever it has forked."""
        self._control.close()
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


_PROGRAM = Path(__file__).with_name("decode.py")
# The file that a program is passed keeps its number; ours wants it at 3. Its modules are those that lie beside this one.
_AT_THREE = (
    "import os, runpy, sys; n = int(sys.argv[1]); n == 3 or (os.dup2(n, 3), os.close(n)); sys.path.insert(0, sys.argv[3]); "
    "runpy.run_path(sys.argv[2], run_name='__main__')"
)

_idle: list[_Server] = []
_lock = threading.Lock()


def _read(pipe: int) -> bytes:
    end = time.monotonic() + LIMITS.wall_seconds
    found = bytearray()
    poll = select.poll()  # unlike select(), it takes descriptors above 1,023: a server with many open streams has them
    poll.register(pipe, select.POLLIN)
    while True:
        if not poll.poll(max(end - time.monotonic(), 0) * 1000):
            raise _Refused("decoding it takes too long")
        part = os.read(pipe, 1 << 16)
        if not part:
            return bytes(found)
        found += part
        if len(found) > LIMITS.answer:
            raise _Refused("decoding it gives too much")


def decode(image: int, *, side: int, quality: int = 80, threads: bool = False) -> Decoded:
    """Decode the image in an open file and shrink it to `side` pixels at most. Blocks: call it in a thread.

    Each caller has a process of its own meanwhile; they are kept for the next call and end with this program. `threads`
    lets the decoder start some, which HEIC needs.
    """
    asked = msgspec.json.encode(
        {"side": side, "quality": quality, "threads": threads, **msgspec.structs.asdict(LIMITS)}
    )
    try:
        answer = _ask(image, asked)
        head, _, small = answer.partition(b"\n")
        found = msgspec.json.decode(head, type=Decoded)
    except _Refused as refused:
        return Decoded(fault=str(refused))
    except (_Died, msgspec.DecodeError):
        return Decoded(fault="it cannot be decoded as an image")
    if not found.fault and not small.startswith(b"\xff\xd8\xff"):
        return Decoded(fault="it cannot be decoded as an image")
    return msgspec.structs.replace(
        found, fault=found.fault[:200], kind=found.kind[:50], remark=found.remark[:200], small=small
    )


def _ask(image: int, asked: bytes) -> bytes:
    """The answer of a waiting process; a process that ends meanwhile may have been killed, so then a fresh one decides."""
    try:
        with _lock:
            waiting = _idle.pop() if _idle else None
        return _ask_one(waiting or _Server(), image, asked)
    except (_Away, _Died):
        try:
            return _ask_one(_Server(), image, asked)
        except _Away as error:
            raise OSError("The program that decodes photos does not start.") from error


def _ask_one(server: _Server, image: int, asked: bytes) -> bytes:
    try:
        answer = server.ask(image, asked)
    except BaseException:
        server.end()
        raise
    with _lock:
        _idle.append(server)
    return answer


def close() -> None:
    """End the processes that wait; the next call starts others."""
    with _lock:
        servers = _idle[:]
        _idle.clear()
    for server in servers:
        server.end()


atexit.register(close)
