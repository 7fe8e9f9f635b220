"""The attacks of slow and endless clients in a short form, all at once, against `fieldproof serve` with its usual limits."""

import asyncio
from pathlib import Path

import pytest

from server.embedded.s3_address import S3Address
from tests.attack import slow_clients
from tests.attack.slow_clients import ATTACKS, Aim, half_handshakes, run
from tests.http.door import certificate
from tests.http.door.serving import client, served, trusting

LONG = {"readers_that_do_not_read"}
"""Half a minute and more; tests/http/door tries it with a shorter one."""
WAIT, MEMORY = 8.0, 150_000_000
"""Seconds and bytes; CI's machine is busy. Without limits one header alone froze the server for half a minute."""


@pytest.mark.usefixtures("founded")
async def test_no_client_that_is_slow_or_endless_costs_much(
    database_url: str, s3_address: S3Address, tmp_path: Path
) -> None:
    async with served(tmp_path, database_url, s3_address) as running:
        aim = Aim(running.port, running.process.pid, scale=0.02)
        costs = await asyncio.gather(*(run(attack, aim) for attack in ATTACKS if attack.__name__ not in LONG))
        for cost in costs:
            assert "open" not in cost.answers, slow_clients.row(cost)
            assert cost.longest_wait < WAIT, slow_clients.row(cost)
            assert cost.more_memory < MEMORY, slow_clients.row(cost)
        assert "Traceback" not in running.said()
        assert running.said().count("\n") < 40, "strangers do not fill the log"


async def test_half_handshakes_are_let_go(database_url: str, s3_address: S3Address, tmp_path: Path) -> None:
    crt, key = certificate.make(tmp_path)
    tls = {"FIELDPROOF_TLS_CERTIFICATE": str(crt), "FIELDPROOF_TLS_KEY": str(key)}
    async with served(tmp_path, database_url, s3_address, **tls) as running:
        aim = Aim(running.port, running.process.pid, 0.2, trusting(crt))
        ends = await asyncio.wait_for(half_handshakes(aim), 30)
        assert "open" not in ends
        async with client(running.url, crt) as http:
            assert (await http.get("/v1/keys")).status_code == 200
