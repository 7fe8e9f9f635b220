"""Run inside a program of its own: foreign bytes are read, each lot in a limited process that is made for it and ends with it.

The program loads its libraries once and then forks for each lot, so that start-up is not paid again and a process that some bytes took over
is never used for the next. File 3 is a socket on which the parent (`limited.py`) sends a line of JSON and two files: the bytes, and a pipe for
the answer. The answer is `BEGUN`, a line of JSON, more bytes, and `DONE`. A process that dies, or says nothing in time, is the parent's to judge;
one whose time is up has said so by then (`TIME_IS_UP`).

It loads nothing else of the server: a program runs isolated, and what it does not have cannot be taken from it.
"""

import gc
import json
import mmap
import os
import resource
import signal
import socket
from collections.abc import Callable
from typing import Any

CONTROL = 3
NOBODY = 65534
HUNG_UP = 3
BEGUN, DONE, TIME_IS_UP = b"+", b".", bytes([signal.SIGXCPU])
Work = Callable[[mmap.mmap, dict[str, Any]], tuple[dict[str, Any], bytes]]
"""Reads the bytes as it was asked, and gives what becomes a line of JSON, and more bytes."""


class Refused(Exception):
    """The bytes are refused, in words for who sent them."""


class TimeIsUp(Exception):
    """The system's signal that the processor time is used up."""


def serve(work: Work, *, doing: str, strange: str) -> None:
    """Keep one process ready for the next request, until the parent hangs up.

    `doing` begins the sentence about what takes too much memory or too long; `strange` is said of bytes over which a
    library fails.
    """
    gc.disable()  # each process lives for one lot, and must not copy what it shares with this one
    gc.freeze()
    control = socket.socket(fileno=CONTROL)
    ended = 0
    while ended != HUNG_UP:
        child = os.fork()
        if child == 0:
            os._exit(_serve_one(control, work, doing, strange))
        ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _serve_one(control: socket.socket, work: Work, doing: str, strange: str) -> int:
    line, files, _, _ = socket.recv_fds(control, 4096, 2)
    if not line:
        return HUNG_UP
    control.close()
    _answer(json.loads(line), *files, work=work, doing=doing, strange=strange)
    return 0


def _answer(asked: dict[str, Any], given: int, answer: int, *, work: Work, doing: str, strange: str) -> None:
    os.write(answer, BEGUN)
    watch_the_time(answer)
    with mmap.mmap(given, 0, prot=mmap.PROT_READ) as data, os.fdopen(answer, "wb") as out:
        limit(asked["memory"], asked["cpu_seconds"], threads=asked["threads"])
        try:
            head, more = work(data, asked)
        except Refused as refused:
            head, more = {"fault": str(refused)}, b""
        except MemoryError:
            head, more = {"fault": f"{doing} takes too much memory"}, b""
        except TimeIsUp:
            head, more = {"fault": f"{doing} takes too long"}, b""
        except Exception:  # noqa: BLE001  whatever a library raises about strange bytes means the same
            head, more = {"fault": strange}, b""
        signal.set_wakeup_fd(-1)
        os.set_blocking(answer, True)
        out.write(json.dumps(head).encode() + b"\n" + more + DONE)


def watch_the_time(answer: int) -> None:
    """When the processor time is up, a byte goes to the parent at once, whatever a library is doing; a second later the
    process is killed, unless the library returns before."""

    def stop(*_: object) -> None:
        raise TimeIsUp

    os.set_blocking(answer, False)
    signal.set_wakeup_fd(answer, warn_on_full_buffer=False)
    signal.signal(signal.SIGXCPU, stop)


def limit(memory: int, cpu_seconds: int, *, threads: bool) -> None:
    """From here on: so much more memory and time, no further file, socket or privilege; no process unless `threads`.

    The library for HEIC starts a thread, and the system counts threads as processes.
    """
    now = _address_space()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (now + memory, now + memory))
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    if not threads:
        resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def _address_space() -> int:
    try:
        with open("/proc/self/statm") as statm:
            return int(statm.read().split()[0]) * mmap.PAGESIZE
    except OSError:  # only Linux says
        return 1 << 29
