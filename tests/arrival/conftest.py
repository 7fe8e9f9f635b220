"""Phones and time for the tests of arrival through the API."""

from collections.abc import Iterator

import pytest

from mobile_contract.phone import Phone
from server.ground import clock
from tests.arrival.desk import Shift
from tests.company import Company
from tests.phones import enrolled


@pytest.fixture
async def wei(company: Company) -> Phone:
    return await enrolled(company, "wei")


@pytest.fixture
def time() -> Iterator[Shift]:
    shift = Shift()
    clock.hold(shift.micros)
    yield shift
    clock.hold(None)
