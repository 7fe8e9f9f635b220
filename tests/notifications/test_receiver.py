"""The receiver in docs/notifications.md, word for word: it verifies what it gets and hands it on once."""

import asyncio
import json
import os
import re
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from litestar import Litestar
from standardwebhooks import Webhook

from server.ground.processes import free_ports
from server.notifications.outgoing import Outgoing
from tests.company import Company
from tests.notifications.sending import outbox, send_all, sends_by
from tests.notifications.test_told import endpoint, say_all, ticket

PAGE = Path(__file__).resolve().parents[2] / "docs" / "notifications.md"


class Program:
    """The receiver in a process of its own."""

    def __init__(self, port: int, process: asyncio.subprocess.Process) -> None:
        self.url, self._process = f"http://127.0.0.1:{port}/", process

    async def handed_on(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        async with asyncio.timeout(20):
            found: dict[str, Any] = json.loads(await self._process.stdout.readline())
        return found


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    await writer.wait_closed()
    return True


@pytest.fixture
def port() -> int:
    return free_ports(1)[0]


@pytest.fixture
async def made(company: Company, app: Litestar, port: int) -> dict[str, Any]:
    sends_by(app, Outgoing(inward=True))
    await say_all(company, "webhook")
    return await endpoint(company, f"http://127.0.0.1:{port}/", personal=True)


@pytest.fixture
async def program(made: dict[str, Any], port: int, tmp_path: Path) -> AsyncIterator[Program]:
    [code] = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    (tmp_path / "receiver.py").write_text(code)
    environment = os.environ | {"SECRET": made["secret"], "PORT": str(port), "IDS": str(tmp_path / "ids")}
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(tmp_path / "receiver.py"), env=environment, stdout=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(20):
        while not await _listens(port):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    yield Program(port, process)
    process.kill()
    await process.wait()


async def test_what_customers_are_told_reaches_the_provider_once(
    company: Company, app: Litestar, made: dict[str, Any], program: Program
) -> None:
    first = await ticket(company, company.ids["contact"])
    await send_all(app)
    handed = await program.handed_on()
    assert handed["to"] == "+86 21 6248 3180"
    assert str(first["number"]) in handed["text"]
    [row] = await outbox(app)
    assert row.state == "sent"
    await company.must("mei", "POST", f"/v1/notifications/{row.id}/replay")
    second = await ticket(company, company.ids["contact"])
    await send_all(app)
    assert str(second["number"]) in (await program.handed_on())["text"], "the first one is not handed on again"
    assert {row.state for row in await outbox(app)} == {"sent"}


async def test_what_is_not_ours_or_too_old_is_refused(made: dict[str, Any], program: Program) -> None:
    body = json.dumps({"type": "test", "data": {}})

    async def asked(secret: str, ago: timedelta) -> int:
        at = datetime.now(UTC) - ago
        headers = {
            "webhook-id": "msg_1", "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": Webhook(secret).sign("msg_1", at, body),
        }  # fmt: skip
        async with httpx.AsyncClient() as client:
            return (await client.post(program.url, content=body, headers=headers)).status_code

    assert await asked(made["secret"], timedelta()) == 204
    assert await asked(made["secret"], timedelta(seconds=302)) == 401
    assert await asked("whsec_" + "A" * 43 + "=", timedelta()) == 401
