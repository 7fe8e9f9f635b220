"""The command line: exit codes, and one clear line for what is wrong."""

import os
import socket
import subprocess
import sys
from pathlib import Path

from server.records.keys import load_or_make_keys, public_keys
from server.records.log import ORIGIN


def fieldproof(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "server.cli", *arguments], env={**os.environ, **environment}, capture_output=True,
        text=True, timeout=60, check=False,
    )  # fmt: skip


def test_help_names_every_command() -> None:
    shown = fieldproof("--help").stdout
    commands = (
        "serve",
        "admin",
        "demo",
        "migrate",
        "restored",
        "worker",
        "verify",
        "keys",
        "conformance",
        "erase-strokes",
    )
    assert all(command in shown for command in commands)


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
