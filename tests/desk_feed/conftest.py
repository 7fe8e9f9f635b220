"""A desk that listens, and a technician's phone."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, aclosing, asynccontextmanager, nullcontext
from typing import Any, NamedTuple

import msgspec
import pytest
from litestar import Litestar

from mobile_contract.phone import Phone
from server.desk_feed.seen import Offices
from server.sync.down.places import Place
from tests.company import Company
from tests.phones import enrolled


class Event(NamedTuple):
    """One event of a stream, comments left out."""

    id: str
    kind: str
    changes: set[tuple[str, str]]
    """Of a hint: list and id."""
    offices: set[str | None]


class Desk:
    """A stream that is open."""

    def __init__(self, events: Any) -> None:
        self._events = events

    async def next(self, within: float = 5.0) -> Event:
        async with asyncio.timeout(within):
            while True:
                text = (await anext(self._events)).decode()
                if text.startswith("id: "):
                    return read(text)

    async def until(self, kind: str, id: str) -> Event:
        """The first event that tells of this."""
        while True:
            event = await self.next()
            assert event.kind == "hint", event
            if (kind, id) in event.changes:
                return event

    async def silent(self, seconds: float = 0.5) -> bool:
        try:
            await self.next(within=seconds)
        except TimeoutError:
            return True
        return False


def read(text: str) -> Event:
    head, kind, data = text.strip().split("\n")
    changes = msgspec.json.decode(data.removeprefix("data: ")).get("changes", [])
    return Event(
        head.removeprefix("id: "), kind.removeprefix("event: "), {(one["kind"], one["id"]) for one in changes},
        {one["office_id"] for one in changes},
    )  # fmt: skip


def unbounded(wake: Callable[[], None]) -> AbstractContextManager[Place]:
    return nullcontext(Place(wake))


@asynccontextmanager
async def listening(app: Litestar, last: str = "", offices: Offices = None) -> AsyncIterator[Desk]:
    async with aclosing(app.state.desk_tailer.listen(offices, last, unbounded)) as events:
        yield Desk(events)


@pytest.fixture
async def wei(company: Company) -> Phone:
    return await enrolled(company, "wei")
