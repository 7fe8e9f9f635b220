"""The moment in which the database ends: a request is told to come again, and nothing of ours is blamed."""

from collections.abc import AsyncIterator
from typing import Any, ClassVar

import asyncpg
import httpx
import pytest
from litestar import Litestar

from server.app import connected
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
    leaving.befalls = asyncpg.InterfaceError("the server expects 1 argument for this query, 0 were passed")
    assert (await company.call("mei", "GET", "/v1/customers")).status_code == 500
