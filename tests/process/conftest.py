"""A technician's phone."""

import pytest

from mobile_contract.phone import Phone
from tests.company import Company
from tests.phones import enrolled


@pytest.fixture
async def wei(company: Company) -> Phone:
    return await enrolled(company, "wei")
