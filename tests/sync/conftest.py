"""Phones of the cast, enrolled through the API."""

from collections.abc import AsyncIterator

import pytest
from litestar import Litestar
from sqlalchemy import text

from mobile_contract.phone import Phone
from tests.company import Company
from tests.phones import enrolled


@pytest.fixture
async def wei(company: Company) -> Phone:
    return await enrolled(company, "wei")


@pytest.fixture
async def anna(company: Company) -> Phone:
    return await enrolled(company, "anna")


@pytest.fixture(autouse=True)
async def membership_equals_the_view(app: Litestar) -> AsyncIterator[None]:
    """After every test of sync, what is kept equals a recomputation from the view."""
    yield
    async with app.state.sessions() as session:
        assert (await session.execute(text("select * from sync_discrepancy"))).all() == []
