"""What the desk's tests share: a clock that stands still, and plain SQL for what only time or the field brings about."""

from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from litestar import Litestar
from sqlalchemy import text

from mobile_contract.phone import Phone
from server.ground import clock
from tests.company import Company
from tests.phones import enrolled

Hold = Callable[[str], Awaitable[None]]
Sql = Callable[..., Awaitable[Any]]


@pytest.fixture
def at(company: Company) -> Iterator[Hold]:
    """Holds the clock at a moment, and signs the dispatcher in there."""

    async def hold(moment: str) -> None:
        clock.hold(lambda: clock.to_micros(datetime.fromisoformat(moment)))
        await company.log_in("mei")

    yield hold
    clock.hold(None)


@pytest.fixture
def sql(app: Litestar) -> Sql:
    """Runs a statement in a transaction of its own."""

    async def run(statement: str, **values: Any) -> None:
        async with app.state.sessions.begin() as session:
            await session.execute(text(statement), values)

    return run


@pytest.fixture
async def wei(company: Company) -> Phone:
    return await enrolled(company, "wei")
