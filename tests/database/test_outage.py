"""The moment in which the database ends: a request is told to come again, and nothing of ours is blamed."""

import asyncio
import random
from collections.abc import AsyncIterator
from typing import Any, ClassVar

import asyncpg
import httpx
import pytest
from litestar import Litestar

from mobile_contract.chain import uuid7
from mobile_contract.phone import Phone
from server.process.app import connected
from tests.company import Company
from tests.phones import enrolled

GOOD_BYE = asyncpg.InternalClientError("cannot switch to state 12; another operation (2) is in progress")


class Leaving(asyncpg.Connection):  # type: ignore[misc]
    """Its server has said good-bye, and the socket is not closed yet."""

    befalls: ClassVar[Exception | None] = None

    async def fetch(self, *args: Any, **kwargs: Any) -> Any:
        if self.befalls is not None:
            raise self.befalls
        return await super().fetch(*args, **kwargs)

    async def prepare(self, *args: Any, **kwargs: Any) -> Any:
        if self.befalls is not None:
            raise self.befalls
        return await super().prepare(*args, **kwargs)


@pytest.fixture
async def leaving(company: Company, app: Litestar, database_url: str) -> AsyncIterator[type[Leaving]]:
    """The application on connections that can leave."""
    state = app.state
    async with connected(
        app, database_url, state.storage, state.tokens, state.sealer, work=False, connection_class=Leaving
    ):
        yield Leaving
        Leaving.befalls = None


@pytest.mark.parametrize("befalls", [GOOD_BYE, ConnectionResetError("reset by peer")], ids=repr)
async def test_a_request_that_meets_the_end_is_told_to_come_again(
    company: Company, leaving: type[Leaving], befalls: Exception
) -> None:
    wei = await enrolled(company, "wei")
    leaving.befalls = befalls
    with pytest.raises(httpx.HTTPStatusError) as refused:
        await wei.sync()
    for answer in (refused.value.response, await company.call("mei", "GET", "/v1/customers")):
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert int(answer.headers["retry-after"]) >= 1
    leaving.befalls = None
    await wei.sync()
    assert (await company.call("mei", "GET", "/v1/customers")).status_code == 200


async def test_a_fault_of_ours_is_no_outage(company: Company, leaving: type[Leaving]) -> None:
    await company.must("mei", "GET", "/v1/offices")  # who has ended is known, for some seconds
    leaving.befalls = asyncpg.InterfaceError("the server expects 1 argument for this query, 0 were passed")
    assert (await company.call("mei", "GET", "/v1/customers")).status_code == 500


async def test_whenever_the_database_ends_its_connections_every_tap_lands_once(
    company: Company, app: Litestar, cluster: str, database_url: str
) -> None:
    """Also in the moment of a commit, when nobody can tell whether it took effect: the phone sends again."""
    wei, visit_id = await enrolled(company, "wei"), await company.visit("wei")
    await wei.sync()
    admin, name, dice = await asyncpg.connect(cluster), database_url.rpartition("/")[2], random.Random(7)
    notes = []
    for _ in range(40):
        note_id = uuid7()
        notes.append(note_id)
        wei.tap("note", visit_id, {"note_id": note_id, "text": "E42 again"})
        syncing = asyncio.create_task(until_through(wei))
        await asyncio.sleep(dice.random() * 0.03)
        await admin.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", name)
        await syncing
    await admin.close()
    rows = await app.state.readers.fetch("select id::text, (select count(*) from operation) as taps from note")
    assert sorted(row["id"] for row in rows) == sorted(notes)
    assert {row["taps"] for row in rows} == {len(notes)}
    assert wei.state["outbox"] == []
    assert wei.is_intact()


async def until_through(phone: Phone) -> None:
    """Sync again for as long as the server says that it cannot; whatever else it says is a failure."""
    for _ in range(100):
        try:
            return await phone.sync()
        except httpx.HTTPStatusError as refused:
            if refused.response.status_code != 503:
                raise
    raise TimeoutError("the phone does not get through")
