"""`fieldproof conformance`: lines for people, a file for machines, exit codes; and no password anywhere."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from mobile_contract.conformance.command import Wanted, judge_server
from mobile_contract.conformance.recording import FOLDER
from tests.company import PASSWORD, Company

ENVIRONMENT = {
    "FIELDPROOF_CONFORMANCE_LOGIN": "mei", "FIELDPROOF_CONFORMANCE_PASSWORD": PASSWORD,
    "FIELDPROOF_CONFORMANCE_TECHNICIAN": "wei",
}  # fmt: skip


async def test_a_server_is_judged_with_a_line_a_check_and_a_file(
    company: Company, server_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "verdicts.json"
    wanted = Wanted(server_url, only="exchange when nothing happened", json=file)
    assert await asyncio.to_thread(judge_server, wanted, ENVIRONMENT) == 0
    shown = capsys.readouterr()
    assert shown.out.splitlines() == [
        "ok           wire: an exchange when nothing happened is under 300 bytes",
        "1 ok, 0 failed, 0 not offered",
    ]
    written = json.loads(file.read_text())
    assert (written["ok"], written["server"], len(written["checks"])) == (True, server_url, 1)
    assert PASSWORD not in shown.out + shown.err + file.read_text()


async def test_the_operators_command_is_asked_and_may_refuse(
    company: Company, server_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted = Wanted(server_url, only="says `resync`", operator="false")
    assert await asyncio.to_thread(judge_server, wanted, ENVIRONMENT) == 0
    assert "not offered  paging: a restored server" in capsys.readouterr().out


async def test_misuse_is_one_line_and_exit_code_2(
    company: Company, server_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for environment, only, said in (
        ({}, "", "FIELDPROOF_CONFORMANCE_LOGIN"),
        ({**ENVIRONMENT, "FIELDPROOF_CONFORMANCE_PASSWORD": "wrong but secret"}, "", "401"),
        ({**ENVIRONMENT, "FIELDPROOF_CONFORMANCE_TECHNICIAN": "nobody"}, "", "nobody"),
        (ENVIRONMENT, "no such check", "No check has"),
    ):
        assert await asyncio.to_thread(judge_server, Wanted(server_url, only=only), environment) == 2
        shown = capsys.readouterr().err
        assert said in shown
        assert len(shown.strip().splitlines()) == 1
        assert "secret" not in shown


def test_recordings_are_played_until_somebody_ends_it() -> None:
    """By SIGTERM: a suite that runs in the background has SIGINT ignored, and so has what it starts."""
    with subprocess.Popen(
        [sys.executable, "-m", "server.cli", "conformance", "--replay", str(FOLDER / "gap.json")], env=dict(os.environ),
        stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stderr is not None
        url = process.stderr.readline().split()[2].rstrip(";")
        state = httpx.get(f"{url}/__state").json()
        assert (state["recording"], state["step"], state["done"], state["faults"]) == ("gap", 0, False, [])
        time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        try:
            assert process.wait(timeout=20) == 0
        finally:
            process.kill()
