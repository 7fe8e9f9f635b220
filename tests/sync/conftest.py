"""Phones of the cast, enrolled through the API."""

from collections.abc import AsyncIterator

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import text

from mobile_contract.phone import Phone
from tests.company import Company


async def enrolled(company: Company, http: httpx.AsyncClient, who: str) -> Phone:
    """A phone of a technician, with everything synced."""
    code = await company.must("mei", "POST", f"/v1/users/{company.ids[who]}/enrolment-codes")
    phone = Phone(http)
    await phone.enrol(code["code"])
    await phone.sync()
    return phone


@pytest.fixture
async def wei(company: Company, http: httpx.AsyncClient) -> Phone:
    return await enrolled(company, http, "wei")


@pytest.fixture
async def anna(company: Company, http: httpx.AsyncClient) -> Phone:
    return await enrolled(company, http, "anna")


@pytest.fixture(autouse=True)
async def membership_equals_the_view(app: Litestar) -> AsyncIterator[None]:
    """After every test of sync, what is kept equals a recomputation from the view."""
    yield
    async with app.state.sessions() as session:
        assert (await session.execute(text("select * from sync_discrepancy"))).all() == []
