"""The stream of hints: it says that a scope moved, and nothing else."""

import asyncio
import json
from contextlib import aclosing
from typing import Any
from uuid import UUID

import asyncpg
from litestar import Litestar

from mobile_contract.phone import Phone
from server.database.readers import Readers
from tests.company import Company


def listen(app: Litestar, company: Company, who: str, last_event_id: str = "") -> Any:
    return aclosing(app.state.tailer.listen(UUID(company.ids[who]), last_event_id))


async def next_hint(stream: Any) -> tuple[str, dict[str, int]]:
    """The id and the data of the next hint, heartbeats left out."""
    while True:
        event = (await asyncio.wait_for(anext(stream), 5)).decode()
        if event.startswith("id: "):
            head, kind, data = event.strip().split("\n")
            assert kind == "event: hint"
            return head.removeprefix("id: "), json.loads(data.removeprefix("data: "))


async def test_an_assignment_is_hinted_to_its_technician_and_to_nobody_else(
    company: Company, app: Litestar, wei: Phone, anna: Phone
) -> None:
    async with listen(app, company, "wei") as hers, listen(app, company, "anna") as others:
        key = f"technician:{company.ids['wei']}"
        (_, before), _ = await next_hint(hers), await next_hint(others)
        await company.visit("wei")
        _, hint = await next_hint(hers)
        assert hint[key] > before[key]
        assert hint["catalogue"] == before["catalogue"]
        waiting = asyncio.ensure_future(next_hint(others))
        await asyncio.sleep(0.3)
        assert not waiting.done()
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)


async def test_a_stream_resumes_after_the_last_event_that_the_phone_has(
    company: Company, app: Litestar, wei: Phone
) -> None:
    async with listen(app, company, "wei") as stream:
        last, _ = await next_hint(stream)
    async with listen(app, company, "wei", last) as stream:
        waiting = asyncio.ensure_future(next_hint(stream))
        await asyncio.sleep(0.3)
        assert not waiting.done(), "nothing is newer than what the phone has"
        await company.visit("wei")
        now, _ = await waiting
    async with listen(app, company, "wei", last) as stream:
        assert (await next_hint(stream))[0] == now, "what was missed is told at once"
    async with listen(app, company, "wei", "nonsense") as stream:
        assert (await next_hint(stream))[0] == now


async def test_hints_go_on_after_the_database_was_away(
    company: Company, app: Litestar, wei: Phone, cluster: str, database_url: str
) -> None:
    async with listen(app, company, "wei") as stream:
        await next_hint(stream)
        admin = await asyncpg.connect(cluster)
        await admin.execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = $1",
            database_url.rpartition("/")[2],
        )
        await admin.close()
        await asyncio.sleep(0.05)  # until then a request may get a connection that is closed in this moment: a 503
        await company.visit("wei")
        assert await next_hint(stream)


async def test_hints_go_on_whatever_befalls_a_look(company: Company, app: Litestar, wei: Phone) -> None:
    """A tailer that ended in silence would leave every phone that listens without hints."""

    class Stumbling(Readers):
        befalls: Exception | None = None

        async def fetch(self, statement: str, *values: Any) -> Any:
            befallen, self.befalls = self.befalls, None
            if befallen is not None:
                raise befallen
            return await super().fetch(statement, *values)

    readers = app.state.tailer._readers = Stumbling(app.state.readers._url)
    async with listen(app, company, "wei") as stream:
        await next_hint(stream)
        for befalls in (
            asyncpg.InternalClientError("another operation is in progress"),
            RuntimeError("a fault of ours"),
        ):
            readers.befalls = befalls
            await company.visit("wei")
            assert await next_hint(stream)
            assert readers.befalls is None
    await app.state.tailer.close()
    await readers.close()


async def test_only_a_technician_listens(company: Company) -> None:
    assert (await company.call("mei", "GET", "/v1/sync/stream")).status_code == 403
