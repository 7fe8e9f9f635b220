"""The command line: exit codes, and one clear line for what is wrong."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from server.ground.processes import ServiceFailed
from server.process.schema import migrate
from server.records.keys import load_or_make_keys, public_keys
from server.records.log.log import ORIGIN
from tests import commands


def fieldproof(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return commands.run(*arguments, environment=os.environ | environment)


def test_help_names_every_command() -> None:
    """Started as a person does; the others by `tests/commands.py`."""
    command = [sys.executable, "-m", "server.cli", "--help"]
    shown = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    names = ("serve", "admin", "demo", "migrate", "restored", "worker", "verify", "keys", "conformance", "erase-strokes",
                "storage", "make-role")  # fmt: skip
    assert all(name in shown for name in names)


def test_a_wrong_setting_is_one_line_and_exit_code_1() -> None:
    done = fieldproof("serve", FIELDPROOF_PORT="abc")
    assert (done.returncode, len(done.stderr.strip().splitlines())) == (1, 1)
    assert "FIELDPROOF_PORT" in done.stderr


def test_a_port_that_is_taken_is_one_line_before_anything_is_started(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = fieldproof("serve", FIELDPROOF_PORT=str(port), FIELDPROOF_DATA=str(tmp_path / "data"))
    assert (done.returncode, len(done.stderr.strip().splitlines())) == (1, 1)
    assert str(port) in done.stderr
    assert not (tmp_path / "data").exists()


NOWHERE = {"S3_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "s3cret"}


@pytest.mark.parametrize("command", ["serve", "migrate", "restored", "erase-strokes"])
def test_a_database_that_is_away_is_one_line_without_the_password(command: str, tmp_path: Path) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # and does not listen
        port = nobody.getsockname()[1]
        address = f"postgresql://me:hidden@127.0.0.1:{port}/company"
        done = fieldproof(command, DATABASE_URL=address, FIELDPROOF_DATA=str(tmp_path), FIELDPROOF_PORT="0", **NOWHERE)
    assert (done.returncode, len(done.stderr.strip().splitlines())) == (1, 1), done.stderr
    assert f"127.0.0.1:{port}/company cannot be used" in done.stderr
    assert "hidden" not in done.stderr


async def test_whoever_may_not_migrate_is_told_so_in_one_line(cluster: str) -> None:
    admin, name = await asyncpg.connect(cluster), f"reach_{os.urandom(6).hex()}"
    await admin.execute(f"create database {name}")
    await admin.execute(f"create role {name} login password 'hidden'")
    place = cluster.partition("@")[2].rpartition("/")[0]
    try:
        for user, database, said in (
            (f"{name}:hidden", name, "permission denied"),
            (f"{name}:wrong", name, "password authentication failed"),
            (f"{name}:hidden", "nowhere", "does not exist"),
        ):
            with pytest.raises(ServiceFailed, match=said) as refused:
                await migrate(f"postgresql://{user}@{place}/{database}")
            assert "\n" not in str(refused.value)
            assert "hidden" not in str(refused.value)
    finally:
        await admin.execute(f"drop database {name} with (force)")
        await admin.execute(f"drop role {name}")
        await admin.close()


async def test_a_database_of_a_newer_version_is_one_line(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    await connection.execute("update alembic_version set version_num = '9999'")
    await connection.close()
    with pytest.raises(ServiceFailed, match="9999"):
        await migrate(database_url)


async def test_a_database_from_before_the_baseline_is_told_what_to_do(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    await connection.execute("update alembic_version set version_num = '0006'")
    await connection.close()
    with pytest.raises(ServiceFailed, match="its revision is 0006, the oldest that is taken over is 0010"):
        await migrate(database_url)


def test_keys_writes_the_public_keys_only(tmp_path: Path) -> None:
    done = fieldproof("keys", FIELDPROOF_DATA=str(tmp_path))
    assert done.returncode == 0
    written = Path(done.stdout.strip()).read_text()
    assert written == public_keys(load_or_make_keys(tmp_path / "keys"), ORIGIN)
    assert "PRIVATE" not in written


def test_verify_of_what_is_no_report_fails_and_of_nothing_is_misuse(tmp_path: Path) -> None:
    key = tmp_path / "server.pub"
    key.write_text(public_keys(load_or_make_keys(tmp_path / "keys"), ORIGIN))
    paper = tmp_path / "paper.pdf"
    paper.write_bytes(b"%PDF-1.7 nothing")
    assert fieldproof("verify", str(paper), "--key", str(key)).returncode == 1
    assert fieldproof("verify", str(tmp_path / "missing.pdf"), "--key", str(key)).returncode == 2
