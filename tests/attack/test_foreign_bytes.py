"""Hostile PDFs in a short form: each is refused within its limits, and password sign-in goes on while they come."""

import asyncio
import time
from collections import Counter
from pathlib import Path

import httpx
import pytest

from server.embedded.s3_address import S3Address
from server.records.verify_page.apart import LIMITS, MB, PROGRAM
from tests.attack.foreign_bytes import cost_of
from tests.attack.hostile_pdfs import HOSTILE, cross_references
from tests.company import PASSWORD, Company
from tests.http.door.serving import served

PROGRAM_ITSELF = 120 * MB
"""Of the program and the process that it forks, as they are before the file is read."""
SLOW = 4.0
"""By how much CI's machine, which does other things too, may be slower than the clock says."""


@pytest.fixture(autouse=True)
def ended() -> None:
    yield
    PROGRAM.close()


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_pdf_costs_no_more_than_the_limits_and_is_refused(what: str) -> None:
    pdf = HOSTILE[what]()
    cost = cost_of(pdf)
    assert not cost.held
    assert cost.said
    assert "0x" not in cost.said, "nothing of our memory is told"
    assert cost.memory < PROGRAM_ITSELF + LIMITS.memory + LIMITS.memory_times * len(pdf), cost
    assert cost.seconds < LIMITS.cpu_seconds * SLOW, cost


async def test_password_sign_in_goes_on_while_hostile_pdfs_come(
    company: Company, database_url: str, s3_address: S3Address, tmp_path: Path
) -> None:
    """Six at once, again and again, from one address; before, six made sign-in time out."""
    pdf = cross_references(1_000)
    answers: Counter[int] = Counter()
    async with served(tmp_path, database_url, s3_address) as running, httpx.AsyncClient(base_url=running.url) as client:
        over = asyncio.Event()

        async def attacks() -> None:
            while not over.is_set():
                answer = await client.post("/v1/verify", content=pdf, timeout=60)
                answers[answer.status_code] += 1
                if answer.status_code == 429:
                    assert 1 <= int(answer.headers["retry-after"]) <= 60
                    await asyncio.sleep(0.2)
                else:
                    assert answer.json()["ok"] is False

        attacking = [asyncio.create_task(attacks()) for _ in range(6)]
        waits = []
        try:
            for _ in range(5):
                began = time.perf_counter()
                answer = await client.post("/v1/auth/login", json={"login": "wei", "password": PASSWORD}, timeout=60)
                waits.append(time.perf_counter() - began)
                assert answer.status_code == 200, answer.text
        finally:
            over.set()
            await asyncio.gather(*attacking)
        assert max(waits) < 3.0 * SLOW, waits
        assert answers[200], answers
        assert set(answers) <= {200, 429}, answers


async def test_one_address_is_told_to_wait_and_sign_in_is_not_counted(
    company: Company, database_url: str, s3_address: S3Address, tmp_path: Path
) -> None:
    async with served(tmp_path, database_url, s3_address) as running, httpx.AsyncClient(base_url=running.url) as client:
        sent = (client.post("/v1/verify", content=b"%PDF", timeout=60) for _ in range(60))
        found = [(answer.status_code, answer.json()) for answer in await asyncio.gather(*sent)]
        assert (200, False) in {(status, body.get("ok")) for status, body in found}
        words = {body["detail"].partition(".")[0] for status, body in found if status == 429}
        assert "This address asks too often" in words
        assert words <= {"This address asks too often", "Many reports are being verified just now"}
        assert {status for status, _ in found} == {200, 429}
        assert (await client.get("/v1/keys")).status_code == 200
