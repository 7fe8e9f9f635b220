"""Time that a test moves, and phones of the cast."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from mobile_contract.phone import Phone
from server.ground import clock
from tests.company import Company
from tests.phones import enrolled


class Time:
    """The server's time: it stands still until a test lets it pass."""

    def __init__(self) -> None:
        self.now = clock.micros()

    def passes(self, **much: float) -> None:
        self.now += timedelta(**much) // timedelta(microseconds=1)


@pytest.fixture
def time(company: Company) -> Iterator[Time]:
    time = Time()
    clock.hold(lambda: time.now)
    yield time
    clock.hold(None)


@pytest.fixture
async def wei(company: Company) -> Phone:
    return await enrolled(company, "wei")
