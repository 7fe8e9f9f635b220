"""Every port that the storage opens, embedded and as compose runs it: whoever has no key and no certificate gets nothing."""

import json
import os
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import psutil
import pytest
import yaml

from server.database.role import ROLE
from server.embedded import seaweed
from server.embedded import storage as embedded
from server.embedded.inner_doors import close_doors
from server.embedded.ready import takes_writes
from server.embedded.s3_address import S3Address
from server.embedded.s3_client import make_client
from server.ground.processes import free_ports, port_is_free, wait_until
from tests import ram
from tests.places import reachable_folder
from tests.serving import Server

ROOT = Path(__file__).resolve().parent.parent.parent
KEPT = "probe/kept"
PIDS = ("storage/pid", "postgres/data/postmaster.pid")
OPEN_AT_S3 = {"GET /status": 200}
"""What the S3 port answers to anyone: that it is there. All else asks for a signature."""


class Running(NamedTuple):
    """A storage: its process, its address, where its keys are."""

    process: psutil.Process
    address: S3Address
    home: Path


@contextmanager
def as_embedded() -> Iterator[Running]:
    with reachable_folder() as data:
        address = embedded.start(data)
        try:
            pid = int((data / "storage" / "pid").read_text())
            yield Running(psutil.Process(pid), address, data / "storage")
        finally:
            embedded.kill(data)
            embedded.stop(data)


@contextmanager
def as_compose_runs_it() -> Iterator[Running]:
    """The command of docker-compose.yml, with its environment; only folder and port are ours."""
    service = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["s3"]
    assert service["command"][0] == "storage"
    ports = len(seaweed.PARTS)

    def all_free(first: int) -> bool:
        return all(port_is_free(first + number + more) for number in range(ports) for more in (0, 10_000))

    [port] = free_ports(1, is_free=all_free)
    keys = {"AWS_ACCESS_KEY_ID": "FPKEY", "AWS_SECRET_ACCESS_KEY": "a secret of compose"}
    environ = {name: str(keys.get(name, value)) for name, value in service["environment"].items()}
    with TemporaryDirectory(prefix="fieldproof-s3-", dir=ram.folder()) as folder:
        environ |= {"PATH": os.environ["PATH"], "FIELDPROOF_DATA": folder}
        command = [sys.executable, "-m", "server.cli", *service["command"], "--port", str(port)]
        with (
            (Path(folder) / "log").open("wb") as log,
            subprocess.Popen(command, cwd=ROOT, env=environ, stdout=log, stderr=log) as process,
        ):
            try:
                address = S3Address(f"http://127.0.0.1:{port}", *keys.values())
                assert wait_until(lambda: takes_writes(address, "fieldproof"), 60), (Path(folder) / "log").read_text()
                yield Running(psutil.Process(process.pid), address, Path(folder) / "inner")
            finally:
                process.kill()


@pytest.fixture(scope="module", params=[as_embedded, as_compose_runs_it], ids=["embedded", "compose"])
def running(request: pytest.FixtureRequest) -> Iterator[Running]:
    with request.param() as found:
        client = make_client(found.address)
        client.put_object(Bucket="fieldproof", Key=KEPT, Body=b"a face")
        client.close()
        yield found


def kept(running: Running) -> bytes:
    client = make_client(running.address)
    try:
        return client.get_object(Bucket="fieldproof", Key=KEPT)["Body"].read()
    finally:
        client.close()


def listening(running: Running) -> tuple[list[int], list[str]]:
    """The TCP ports and the sockets in the file system at which the storage listens, all of them once it has settled."""

    def ports() -> list[int]:
        places = running.process.net_connections("inet")
        return sorted({place.laddr.port for place in places if place.status == psutil.CONN_LISTEN})

    assert wait_until(lambda: len(ports()) >= 2 * len(seaweed.PARTS), 20), ports()
    sockets = {str(place.laddr) for place in running.process.net_connections("unix")}
    return ports(), sorted(path for path in sockets if path.startswith("/"))


def stranger(wanted: dict[str, Any]) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.attack.stranger", json.dumps(wanted)],
        cwd=ROOT, capture_output=True, text=True, timeout=300, check=True,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_a_stranger_is_let_in_nowhere_and_only_s3_answers_at_all(running: Running) -> None:
    ports, sockets = listening(running)
    assert len(ports) == 2 * len(seaweed.PARTS)
    with TemporaryDirectory() as folder:
        own = close_doors(Path(folder))  # as good as ours, by an authority of the stranger's own
        certificate = [str(own / "inner.pem"), str(own / "inner.key")]
        found = stranger({"ports": ports, "sockets": sockets, "certificate": certificate})
    s3 = running.address.endpoint_url.rpartition(":")[2]
    for port, answers in found["ports"].items():
        assert answers["grpc"] == [], port
        if port == s3:
            statuses = answers["http"].items()
            assert {request: status for request, status in statuses if status < 400} == OPEN_AT_S3
        else:
            # 400: 'Client sent an HTTP request to an HTTPS server.'; 0: gRPC hangs up.
            assert set(answers["http"].values()) <= {0, 400}, port
    if found["user"] != os.geteuid():
        assert found["sockets"] == []
    assert kept(running) == b"a face"


def test_its_own_certificate_opens_the_same_ports(running: Running) -> None:
    """Otherwise the test above would be content with a storage that nobody can speak to."""
    from tests.attack.stranger import client, grpc

    ours = client((str(running.home / "doors" / "inner.pem"), str(running.home / "doors" / "inner.key")))
    ports, _ = listening(running)
    s3 = int(running.address.endpoint_url.rpartition(":")[2])
    assert [port for port in ports if not grpc(port, ours)] == [s3]


def test_the_shell_of_seaweedfs_lists_and_deletes_nothing_as_another_user(running: Running) -> None:
    ports, _ = listening(running)
    base = int(running.address.endpoint_url.rpartition(":")[2])
    numbers = dict(zip(seaweed.PARTS, _parts(running, base), strict=True))
    assert set(numbers.values()) <= set(ports)
    line = [seaweed.command(Path("/"), Path("/"), {})[0], "shell", f"-master=127.0.0.1:{numbers['master']}",
            f"-filer=127.0.0.1:{numbers['filer']}"]  # fmt: skip
    typed = f"lock\nfs.ls /buckets/fieldproof\ncollection.delete -collection=fieldproof -apply\nfs.rm -rf /buckets/fieldproof/{KEPT}\n"
    who: dict[str, Any] = {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        process = subprocess.Popen(
            line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=folder,
            env={"PATH": os.environ["PATH"], "HOME": folder}, text=True, **who,
        )  # fmt: skip
        assert process.stdin is not None
        process.stdin.write(typed)
        process.stdin.flush()
        time.sleep(5)  # it goes on trying to connect for ever; connected, all of this takes it half a second
        process.kill()
        said, _ = process.communicate(timeout=20)
    assert "kept" not in said
    assert kept(running) == b"a face"


def _parts(running: Running, base: int) -> list[int]:
    file = running.home / "ports"
    if file.exists():
        ports = json.loads(file.read_text())
        return [ports[part] for part in seaweed.PARTS]
    return [base + number for number in range(len(seaweed.PARTS))]


def test_the_whole_product_opens_no_other_port_and_the_database_asks_for_a_password() -> None:
    with TemporaryDirectory(prefix="fieldproof-doors-", dir=ram.folder()) as folder:
        server = Server(Path(folder))
        try:
            server.start()
            assert server.process is not None
            storage_pid, postgres_pid = (int((server.data / file).read_text().split()[0]) for file in PIDS)
            roots = [psutil.Process(pid) for pid in (server.process.pid, storage_pid, postgres_pid)]
            family = [one for root in roots for one in (root, *root.children(recursive=True))]
            places = [place for one in family for place in one.net_connections() if place.status == psutil.CONN_LISTEN]
            database = int((server.data / "postgres" / "port").read_text())
            inner = json.loads((server.data / "storage" / "ports").read_text()).values()
            assert {place.laddr.ip for place in places} == {"127.0.0.1"}
            known = {server.port, database, *inner, *(port + 10_000 for port in inner)}
            assert {place.laddr.port for place in places} <= known
            asked = stranger({"database": database, "users": ["postgres", ROLE, "nobody"]})
            assert set(asked.values()) == {"R10"}, "SASL is asked of everybody, known or not"
        finally:
            server.end()


def test_keys_are_their_owners_alone(running: Running) -> None:
    secret = [running.home / name for name in ("identities.json", "inner_key")]
    secret += list((running.home / "doors").iterdir())
    assert {file.name for file in secret} >= {"inner.key", "inner.pem", "authority.pem", "security.toml"}
    assert {stat.S_IMODE(file.stat().st_mode) for file in secret} == {0o600}
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in (running.home, running.home / "doors")} == {0o700}


def test_each_folder_has_keys_of_its_own_that_stay() -> None:
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        first = (close_doors(Path(one)) / "inner.key").read_bytes()
        assert (close_doors(Path(one)) / "inner.key").read_bytes() == first
        assert (close_doors(Path(other)) / "inner.key").read_bytes() != first
        (Path(one) / "doors" / "authority.pem").unlink()
        assert (close_doors(Path(one)) / "inner.key").read_bytes() != first, "what belongs together is made together"
