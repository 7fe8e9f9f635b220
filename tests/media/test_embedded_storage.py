"""The embedded S3 storage: it starts, is found again, keeps what it acknowledged, and wants the key."""

import os
import shutil
import socket
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import psutil
import pytest
from botocore.exceptions import ClientError

from server.embedded import seaweed, storage
from server.embedded.ready import takes_writes
from server.embedded.s3_address import S3Address
from server.embedded.s3_client import make_client
from server.ground.processes import ServiceFailed, detach, free_ports, gone, wait_until
from tests.places import reachable_folder, tiny_disk, unwritable


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A data folder whose server is ended however the test left it."""
    with reachable_folder() as data:
        yield data
        storage.kill(data)
        storage.stop(data)


def server_of(folder: Path) -> psutil.Process:
    return psutil.Process(int((folder / "storage" / "pid").read_text()))


def put(address: S3Address, key: str, body: bytes) -> None:
    client = make_client(address)
    if "photos" not in {bucket["Name"] for bucket in client.list_buckets()["Buckets"]}:
        client.create_bucket(Bucket="photos")
    client.put_object(Bucket="photos", Key=key, Body=body)
    client.close()


def get(address: S3Address, key: str) -> bytes:
    client = make_client(address)
    body = client.get_object(Bucket="photos", Key=key)["Body"].read()
    client.close()
    return body


def test_a_second_start_uses_the_running_server(folder: Path) -> None:
    first = storage.start(folder), server_of(folder).pid
    assert (storage.start(folder), server_of(folder).pid) == first


def test_it_lets_nobody_in_without_the_key(folder: Path) -> None:
    address = storage.start(folder)
    put(address, "secret", b"a face")

    assert httpx.get(f"{address.endpoint_url}/photos/secret").status_code == 403
    with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
        get(msgspec.structs.replace(address, secret_access_key="wrong"), "secret")
    assert stat.S_IMODE((folder / "storage" / "secret_access_key").stat().st_mode) == 0o600
    assert address.secret_access_key not in repr(address)


def test_all_of_it_listens_on_loopback_only(folder: Path) -> None:
    """What its inner ports answer is tried in tests/attack/test_inner_doors.py."""
    storage.start(folder)
    ports = msgspec.json.decode((folder / "storage" / "ports").read_bytes(), type=dict[str, int])

    def listening() -> set[tuple[str, int]]:
        places = server_of(folder).net_connections("inet")
        return {(place.laddr.ip, place.laddr.port) for place in places if place.status == psutil.CONN_LISTEN}

    expected = {("127.0.0.1", port + more) for port in ports.values() for more in (0, 10_000)}
    wait_until(lambda: len(listening()) >= len(expected), seconds=10)  # some open after the S3 part answers
    assert listening() == expected


def test_a_storage_of_an_older_version_is_started_anew_with_closed_doors_and_keeps_its_objects(folder: Path) -> None:
    address = storage.start(folder)
    storage.stop(folder)
    home, ports = folder / "storage", msgspec.json.decode((folder / "storage" / "ports").read_bytes())
    today = seaweed.command(home.resolve(), home.resolve() / "data", ports)
    older = [part for part in today if "config_dir" not in part and "disableHttp" not in part]
    environ = {name: value for name, value in seaweed.prepare(home, *seaweed.own_keys(home)).items() if "JWT" in name}
    shutil.rmtree(home / "doors")
    (home / "data" / "mini.options").unlink(
        missing_ok=True
    )  # what it was started with, if it had the time to write that
    pid = detach(older, log=home / "log", folder=home, environ={**environ, "HOME": str(home), "PATH": ""})
    (home / "pid").write_text(str(pid))
    wait_until(lambda: takes_writes(address, "photos"), seconds=20)
    put(address, "old", b"of an older version")
    assert httpx.get(f"http://127.0.0.1:{ports['master']}/dir/status").status_code == 200

    said: list[str] = []
    assert storage.start(folder, say=said.append) == address
    assert said == ["S3 storage: runs under other options than today's; starting it anew"]
    assert get(address, "old") == b"of an older version"
    with pytest.raises(httpx.HTTPError):
        httpx.get(f"http://127.0.0.1:{ports['master']}/dir/status").raise_for_status()


def test_browsers_may_upload_to_presigned_addresses(folder: Path) -> None:
    address = storage.start(folder)
    put(address, "first", b"")
    client = make_client(address)
    url = client.generate_presigned_url("put_object", Params={"Bucket": "photos", "Key": "from a browser"})
    client.close()
    origin = {"Origin": "https://phone.example"}
    asked = httpx.options(url, headers=origin | {"Access-Control-Request-Method": "PUT"})
    assert asked.headers["access-control-allow-origin"] in ("*", origin["Origin"])
    assert "PUT" in asked.headers["access-control-allow-methods"]
    assert httpx.put(url, headers=origin, content=b"bytes").status_code == 200


def test_an_acknowledged_object_survives_kill_9(folder: Path) -> None:
    address = storage.start(folder)
    bodies = {f"photo-{number}": os.urandom(300_000) for number in range(10)}
    for key, body in bodies.items():
        put(address, key, body)
    storage.kill(folder)

    assert storage.start(folder) == address
    assert {key: get(address, key) for key in bodies} == bodies


def test_a_port_that_somebody_takes_while_it_starts_is_replaced(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        taken = iter([stranger.getsockname()[1]])

        def chosen(count: int, **given: Any) -> list[int]:
            return [*taken, *free_ports(count, **given)][:count]

        monkeypatch.setattr(storage, "free_ports", chosen)
        address = storage.start(folder, say=lambda _: None)
    put(address, "kept", b"bytes")
    assert get(address, "kept") == b"bytes"


def test_a_taken_port_is_replaced_in_one_clear_line(folder: Path) -> None:
    address = storage.start(folder)
    put(address, "kept", b"still here")
    storage.kill(folder)
    port = int(address.endpoint_url.rpartition(":")[2])
    said: list[str] = []
    with socket.socket() as stranger:
        stranger.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        stranger.bind(("127.0.0.1", port))
        stranger.listen()
        new = storage.start(folder, say=said.append)

    assert get(new, "kept") == b"still here"
    assert said == [
        f"S3 storage: port {port} is taken by another program; using {new.endpoint_url.rpartition(':')[2]} from now on"
    ]


def test_stop_ends_it_cleanly_and_a_second_stop_does_nothing(folder: Path) -> None:
    address = storage.start(folder)
    put(address, "kept", b"still here")
    server = server_of(folder)
    storage.stop(folder)
    assert gone(server)
    assert not list(Path("/tmp").glob(f"seaweedfs-*-{address.endpoint_url.rpartition(':')[2]}.sock"))
    storage.stop(folder)
    assert get(storage.start(folder), "kept") == b"still here"


def test_stop_clears_away_what_a_killed_one_left(folder: Path) -> None:
    port = storage.start(folder).endpoint_url.rpartition(":")[2]
    storage.kill(folder)
    assert list(Path("/tmp").glob(f"seaweedfs-*-{port}.sock"))
    storage.stop(folder)
    assert not list(Path("/tmp").glob(f"seaweedfs-*-{port}.sock"))


def test_the_socket_of_a_port_that_another_server_uses_now_is_left_alone(folder: Path) -> None:
    port = int(storage.start(folder).endpoint_url.rpartition(":")[2])
    storage.kill(folder)
    with socket.socket() as stranger:
        stranger.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        stranger.bind(("127.0.0.1", port))
        stranger.listen()
        storage.stop(folder)
        assert list(Path("/tmp").glob(f"seaweedfs-*-{port}.sock"))
    storage.stop(folder)


def test_an_unwritable_folder_is_one_clear_line() -> None:
    with reachable_folder() as folder, pytest.raises(ServiceFailed, match="cannot use the folder") as failure:
        storage.start(unwritable(folder))
    assert "\n" not in str(failure.value)


def test_a_full_disk_is_one_clear_line() -> None:
    with tiny_disk(megabytes=8) as folder, pytest.raises(ServiceFailed) as failure:
        storage.start(folder)
    assert f"the disk of {folder / 'storage'} is full" in str(failure.value)
    assert "\n" not in str(failure.value)
