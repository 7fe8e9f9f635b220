"""A time that stands still until a test moves it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from server.ground import clock

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Time:
    """Now, in minutes after Monday 9:00."""

    def __init__(self) -> None:
        self.minute = 0.0

    def at(self, minute: float) -> datetime:
        return MONDAY + timedelta(minutes=minute)


@pytest.fixture
def time() -> Iterator[Time]:
    held = Time()
    clock.hold(lambda: clock.to_micros(held.at(held.minute)))
    yield held
    clock.hold(None)
