"""Server programs that run beside ours on this machine: their ports, secrets, log files, and whether they are alive.

Shared by the embedded PostgreSQL and the embedded S3 storage. Both run detached, so that they outlive a killed API and
the next start finds them again.
"""

import errno
import os
import random
import secrets
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil

Say = Callable[[str], None]
"""Takes one line for the person who watches."""

PORTS = range(12_000, 22_000)
"""Below every system's range for outgoing connections, so that a remembered port is still ours next time; and low
enough that port + 10,000 exists, which SeaweedFS uses for gRPC."""

LOG_LIMIT = 10_000_000
"""Bytes after which a log file is put aside (one older file is kept) at the next start."""


class ServiceFailed(Exception):
    """An embedded service did not start or stop; the message is one line that says why and what to do."""


@contextmanager
def one_clear_line(service: str, folder: Path) -> Iterator[None]:
    """Turn the operating system's refusals about `folder` into `ServiceFailed`."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise ServiceFailed(
                f"{service}: the disk of {folder} is full; free some space or set FIELDPROOF_DATA to another disk"
            ) from error
        reason = error.strerror or str(error)
        raise ServiceFailed(
            f"{service}: cannot use the folder {folder} ({reason}); make it writable or set FIELDPROOF_DATA"
        ) from error


def port_is_free(port: int) -> bool:
    """Whether a server could listen on 127.0.0.1:`port` now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def free_ports(count: int, *, is_free: Callable[[int], bool] = port_is_free) -> list[int]:
    """Different ports that are free now, chosen at random so that two starts at once rarely meet."""
    found = [port for port in random.sample(PORTS, min(len(PORTS), 200 + count)) if is_free(port)][:count]
    if len(found) < count:
        raise ServiceFailed(f"No free port between {PORTS.start} and {PORTS.stop} on 127.0.0.1; stop some programs")
    return found


def secret_file(path: Path, make: Callable[[], str] = lambda: secrets.token_urlsafe(24)) -> str:
    """The secret in `path`, made on the first call. Readable by its owner only, and never half written."""
    if not path.exists():
        new = path.with_name(f".{path.name}.{os.getpid()}")
        with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(make())
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    return path.read_text().strip()


def fresh_log(path: Path) -> None:
    """Put a log file aside that has grown past `LOG_LIMIT`."""
    if path.exists() and path.stat().st_size > LOG_LIMIT:
        path.replace(path.with_name(path.name + ".1"))


def detach(command: Sequence[str | Path], *, log: Path, folder: Path, environ: Mapping[str, str]) -> int:
    """Start a program that outlives us, writing to `log`; returns its process id.

    A shell starts it and ends at once, so that it is a child of nobody here: its end leaves no zombie behind. What it
    makes (files, sockets in /tmp) is its own user's only.
    """
    fresh_log(log)
    with log.open("ab") as output:
        done = subprocess.run(  # noqa: S603  the programs are our wheels'
            ["/bin/sh", "-c", 'umask 077; "$@" >&2 & echo $!', "sh", *map(str, command)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=output,
            start_new_session=True, cwd=folder, env=dict(environ), check=True,
        )  # fmt: skip
    return int(done.stdout)


def living(pid: int, name: str, argument: Path) -> psutil.Process | None:
    """Process `pid` if it runs the program `name` with `argument` on its command line.

    After a crash and a reboot the number in a pid file may belong to a stranger; the command line tells.
    """
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE or process.name() != name:
            return None
        return process if any(str(argument) in part for part in process.cmdline()) else None
    except psutil.Error:
        return None


def wait_until(ready: Callable[[], bool], seconds: float, *, pause: float = 0.05) -> bool:
    """Ask `ready` again and again until it says yes (True) or the time is over (False)."""
    end = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > end:
            return False
        time.sleep(pause)
    return True


def gone(process: psutil.Process) -> bool:
    """Whether it has ended and let go of its ports and files.

    A zombie has, once its other threads are through; it stays where process 1 collects nobody, as in some containers.
    """
    try:
        if not process.is_running():
            return True
        return process.status() == psutil.STATUS_ZOMBIE and process.num_threads() <= 1
    except psutil.NoSuchProcess:
        return True


def kill_family(process: psutil.Process) -> None:
    """End a process and all its children as a power cut would (SIGKILL)."""
    family = [process, *process.children(recursive=True)]
    for member in family:
        try:
            member.kill()
        except psutil.NoSuchProcess:
            continue
    wait_until(lambda: all(gone(member) for member in family), seconds=10, pause=0.01)
