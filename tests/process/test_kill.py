"""kill -9 of API, PostgreSQL and storage in the middle of the work: nothing that was acknowledged or verified is lost."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import pytest

from mobile_contract.chain import uuid7
from mobile_contract.phone import Phone
from server.database.engine import make_engine, make_sessions
from server.embedded import postgres, storage
from tests import ram
from tests.company import Company, found_company
from tests.day import finished_visit
from tests.phones import enrolled
from tests.serving import Server


@pytest.fixture
def server() -> Iterator[Server]:
    with TemporaryDirectory(prefix="fieldproof-kill-", dir=ram.folder()) as folder:
        running = Server(Path(folder))
        running.start()
        yield running
        assert running.process is not None
        running.process.kill()
        running.process.wait()
        postgres.kill(running.data)
        storage.kill(running.data)


async def test_nothing_acknowledged_is_lost_when_everything_is_killed(server: Server) -> None:
    engine = make_engine(postgres.start(server.data))
    async with httpx.AsyncClient(base_url=server.url, timeout=30) as http:
        company: Company = await found_company(make_sessions(engine), http)
        await engine.dispose()
        wei = await enrolled(company, "wei")
        visit_id = await finished_visit(company, wei)
        acknowledged = {key for key, outcome in wei.state["outcomes"].items() if outcome["outcome"] == "applied"}
        assert len(acknowledged) == 11
        first, second = wei.state["photos"]
        wei.state["uploaded"] = [second]
        assert await wei.upload_photos() == 1
        wei.tap("note", visit_id, {"note_id": uuid7(), "text": "still in the outbox"})
        unsent = list(wei.state["outbox"])

        server.kill_everything()
        with pytest.raises(httpx.TransportError):
            await wei.sync()
        server.start()

        wei.state["outbox"] = unsent
        await wei.sync()
        assert wei.is_intact()
        photos = {row["id"]: row["state"] for row in await company.must("mei", "GET", f"/v1/visits/{visit_id}/photos")}
        assert photos == {first: "verified", second: "promised"}
        await every_tap_is_in_the_history(company, wei, visit_id, acknowledged)
        wei.state["uploaded"] = [first]
        assert await wei.upload_photos() == 1
        for _ in range(60):
            if (await company.must("mei", "GET", f"/v1/visits/{visit_id}"))["state"] == "closed":
                break
            await asyncio.sleep(0.5)  # the killed worker's task is taken over when its heartbeat is missed
        assert len(await company.must("mei", "GET", f"/v1/visits/{visit_id}/records")) == 1


async def every_tap_is_in_the_history(company: Company, wei: Phone, visit_id: str, acknowledged: set[str]) -> None:
    """Photos are in the manifest instead, which was looked at before."""
    history = await company.must("mei", "GET", f"/v1/visits/{visit_id}/history")
    recorded = {line["operation_id"] for line in history}
    assert len(acknowledged - recorded) == len(wei.state["photos"])
