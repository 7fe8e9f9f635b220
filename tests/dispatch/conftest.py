"""The phone of the cast that these tests need."""

import pytest

from mobile_contract.phone import Phone
from tests.company import Company
from tests.phones import enrolled


@pytest.fixture
async def wei(company: Company) -> Phone:
    return await enrolled(company, "wei")
