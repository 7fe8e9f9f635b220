"""Streams of hints for desks: one tailer a process looks while somebody listens, and all who listen read the same few pages.

A listener is one event and one number, the page that it reads next. One that is too far behind is told to load its lists anew, so a
slow reader costs nothing but its place. Pages are written once for all who see the same offices, not for each listener.
"""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator

from server.database.engine import is_lost
from server.database.readers import Readers
from server.desk_feed.events import STILL_HERE, hint, position_of, ready, reload
from server.desk_feed.looking import NOTHING, Look, look
from server.desk_feed.seen import Offices
from server.ground.outages import DATABASE, outages
from server.ground.problems import Busy
from server.sync import measured
from server.sync.down.places import Place
from server.sync.down.stream import BEATS, LIFETIME, TakePlace

log = logging.getLogger("fieldproof.stream")

TICK, LONGEST_TICK = 0.1, 1.0
"""Seconds between two looks. Telling takes a tenth of the time at most: with many listeners the pause grows to ten times what it took."""
PAGES = 64
"""Pages that are kept for those who read slowly: each of one look that found something."""
MOST_LISTENERS = 10_000
DESKS = "desks"


class Page:
    """What one look found, as it is told."""

    def __init__(self, found: Look, *, anew: bool = False) -> None:
        self._found, self._anew = found, anew
        self._texts: dict[Offices, bytes] = {}

    def text(self, offices: Offices) -> bytes:
        """For whoever sees these offices; empty when there is nothing for them."""
        if offices not in self._texts:
            found = self._found
            self._texts[offices] = reload(found.epoch, found.upto) if self._anew else hint(found, offices)
        return self._texts[offices]


class DeskTailer:
    """Knows what changed lately; asks the database only while somebody listens."""

    def __init__(self, readers: Readers) -> None:
        self._readers = readers
        self._wheel: list[set[asyncio.Event]] = [set() for _ in range(BEATS)]
        self._count = 0
        self._pages: deque[Page] = deque(maxlen=PAGES)
        self._next = 0
        self._now: Look | None = None
        self._seen: set[int] = set()
        self._looked_at = 0.0
        self._task: asyncio.Task[None] | None = None
        self._known = asyncio.Event()

    async def listen(self, offices: Offices, last_event_id: str, take_place: TakePlace) -> AsyncIterator[bytes]:
        """Events for one desk: first `ready`, or what it missed since `last_event_id`; then a `hint` for what changes, a `reload` where that
        cannot be told, and a comment as heartbeat. Ends after an hour, or when its place is over."""
        if self._count >= MOST_LISTENERS:
            raise Busy("Too many streams are open here. Ask for the lists now and then, and try again later.")
        bell, wheel = asyncio.Event(), self._wheel[self._count % BEATS]
        wheel.add(bell)
        self._count += 1
        if self._task is None or self._task.done():
            self._known.clear()
            self._task = asyncio.create_task(self._tail())
        end = asyncio.get_running_loop().time() + LIFETIME
        try:
            with take_place(bell.set) as place:
                yield b": here\n\n"
                await self._known.wait()
                at = self._next
                yield await self._beginning(offices, last_event_id)
                async for event in self._events(bell, place, offices, at, end):
                    yield event
        finally:
            self._count -= 1
            wheel.discard(bell)

    async def _beginning(self, offices: Offices, last_event_id: str) -> bytes:
        """What a reader is told who has seen everything up to this event. Pages from now on come after it, some of them twice."""
        assert self._now is not None
        now = self._now
        if not last_event_id:
            return ready(now.epoch, now.upto)
        position = position_of(last_event_id)
        if position is None:
            return reload(now.epoch, now.upto)
        missed = await look(self._readers, position[1])
        # A position beyond the present is of another count of transactions.
        if position[0] != missed.epoch or not missed.floor <= position[1] <= missed.upto:
            return reload(missed.epoch, missed.upto)
        return hint(missed, offices) or STILL_HERE

    async def _events(
        self, bell: asyncio.Event, place: Place, offices: Offices, at: int, end: float
    ) -> AsyncIterator[bytes]:
        while not place.is_over() and asyncio.get_running_loop().time() < end:
            if at == self._next:
                await bell.wait()
                bell.clear()
                if place.is_over():
                    return
                if at == self._next:
                    yield STILL_HERE
                    continue
            first = self._next - len(self._pages)
            if at < first:
                assert self._now is not None
                at = self._next
                yield reload(self._now.epoch, self._now.upto)
                continue
            page = self._pages[at - first]
            at += 1
            if text := page.text(offices):
                yield text

    async def close(self) -> None:
        """Stop looking."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def measure(self) -> None:
        """Set the numbers of listeners and of how long nobody looked, as they are now."""
        measured.STREAMS.labels(DESKS).set(self._count)
        looks = self._task is not None and not self._task.done()
        measured.LOOK_AGE.labels(DESKS).set(asyncio.get_running_loop().time() - self._looked_at if looks else 0.0)

    async def _tail(self) -> None:
        loop = asyncio.get_running_loop()
        beat_at, slot = loop.time() + 1, 0
        self._now, self._seen, self._looked_at = None, set(), loop.time()
        while self._count:
            began = loop.time()
            try:
                await self._look()
            except Exception as error:  # without a tailer every stream would be silent until it ends
                if is_lost(error):
                    outages.seen(DATABASE, f"no hints for desks for now: {error!r}")
                else:
                    log.warning("no hints for desks for now: %r", error, exc_info=True)
                await asyncio.sleep(LONGEST_TICK)
                continue
            self._looked_at = began
            if began >= beat_at:
                beat_at, slot = began + 1, (slot + 1) % BEATS
                _ring(self._wheel[slot])
            # Whoever was rung is scheduled by now, and is through when we are called again.
            await asyncio.sleep(0)
            await asyncio.sleep(min(LONGEST_TICK, max(TICK, 10 * (loop.time() - began))))

    async def _look(self) -> None:
        before = self._now
        found = await look(self._readers, NOTHING if before is None else before.upto, self._seen)
        self._now = found
        self._known.set()
        anew = before is not None and before.epoch != found.epoch
        self._seen = {one for one in self._seen | found.transactions if one >= found.upto} if not anew else set()
        if before is None or not (found.changes or anew):
            return
        # Of an epoch that has just begun nothing is known that could be told one by one.
        self._pages.append(Page(found, anew=anew))
        self._next += 1
        if not anew:
            measured.HINTS.labels(DESKS).observe(max(0.0, found.age))
        for bells in self._wheel:
            _ring(bells)


def _ring(bells: set[asyncio.Event]) -> None:
    for bell in bells:
        bell.set()
