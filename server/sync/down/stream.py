"""Hints that something changed, as server-sent events.

One tailer a process looks at the scopes that moved lately, outside every write transaction, while somebody listens. A
listener is one event and three numbers, without a timer of its own, so that thousands cost little. A hint carries
revisions and no data; a lost hint costs delay, never a row.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, nullcontext
from uuid import UUID

import msgspec

from server.database.engine import is_lost
from server.database.readers import Readers
from server.ground.outages import DATABASE, outages
from server.ground.problems import Busy
from server.sync import measured
from server.sync.down.places import Place

log = logging.getLogger("fieldproof.stream")

TICK = 0.02
"""Seconds between two looks; a slow look stretches it to ten times what the look took."""
LONGEST_TICK = 1.0
"""It is stretched no further: a hint is to be there at once."""
OVERLAP = 3.0
"""Seconds before the last look that the next one sees too: what was flushed by then and not yet committed."""
WHOLE_LOOK = 10.0
"""Seconds between looks at all scopes, for the rare transaction that takes long from its flush to its commit."""
BEATS = 20
"""Heartbeats go out to one listener in this many each second."""
LIFETIME = 3600.0
MAX_LISTENERS = 20_000

SCOPES = """
select key, technician_id, rev, extract(epoch from clock_timestamp() - changed_at)::float8 as age from sync_scope
"""
MOVED = f"{SCOPES} where changed_at > clock_timestamp() - $1 * interval '1 second'"
ALL = SCOPES

Wake = Callable[[], None]
TakePlace = Callable[[Wake], AbstractContextManager[Place]]
"""Takes the place of a stream, given what wakes it."""


def _unbounded(wake: Wake) -> AbstractContextManager[Place]:
    return nullcontext(Place(wake))


class _Listener:
    """One open stream: what it was told last, and the bell that wakes it."""

    __slots__ = ("bell", "told", "user_id")

    def __init__(self, user_id: UUID) -> None:
        self.user_id = user_id
        self.bell = asyncio.Event()
        self.told = (0, 0)


class Tailer:
    """Knows the revision of each scope; asks the database only while somebody listens."""

    def __init__(self, readers: Readers) -> None:
        self._readers = readers
        self._listeners: dict[UUID, set[_Listener]] = {}
        self._wheel: list[set[_Listener]] = [set() for _ in range(BEATS)]
        self._count = 0
        self._own: dict[UUID, int] = {}
        self._catalogue = 0
        self._task: asyncio.Task[None] | None = None
        self._known = asyncio.Event()
        self._looked_at = 0.0

    def measure(self) -> None:
        """Set the numbers of listeners and of how long nobody looked, as they are now."""
        measured.STREAMS.labels(measured.PHONES).set(self._count)
        looks = self._task is not None and not self._task.done()
        age = asyncio.get_running_loop().time() - self._looked_at if looks else 0.0
        measured.LOOK_AGE.labels(measured.PHONES).set(age)

    async def listen(
        self, user_id: UUID, last_event_id: str = "", take_place: TakePlace = _unbounded
    ) -> AsyncIterator[bytes]:
        """Events for one phone: `hint` with {scope: rev} under an id that says both, and a comment as heartbeat.

        The first hint comes at once unless `last_event_id` says that the phone knows it already. Ends after an hour, or when
        its place is over.
        """
        if self._count >= MAX_LISTENERS:
            raise Busy("Too many streams are open here. Sync without one, and try again later.")
        listener = _Listener(user_id)
        wheel = self._wheel[self._count % BEATS]
        self._listeners.setdefault(user_id, set()).add(listener)
        wheel.add(listener)
        self._count += 1
        if self._task is None or self._task.done():
            self._known.clear()
            self._task = asyncio.create_task(self._tail())
        listener.told = _revisions(last_event_id)
        end = asyncio.get_running_loop().time() + LIFETIME
        try:
            with take_place(listener.bell.set) as place:
                yield b": ready\n\n"
                await self._known.wait()
                async for event in self._events(listener, place, end):
                    yield event
        finally:
            self._count -= 1
            wheel.discard(listener)
            self._listeners[user_id].discard(listener)
            if not self._listeners[user_id]:
                del self._listeners[user_id]

    async def _events(self, listener: _Listener, place: Place, end: float) -> AsyncIterator[bytes]:
        user_id = listener.user_id
        while not place.is_over() and asyncio.get_running_loop().time() < end:
            now = (self._own.get(user_id, 0), self._catalogue)
            if now == listener.told:
                await listener.bell.wait()
                listener.bell.clear()
                if place.is_over():
                    return
                now = (self._own.get(user_id, 0), self._catalogue)
                if now == listener.told:
                    yield b": still here\n\n"
                    continue
            listener.told = now
            yield _hint(user_id, now)

    async def close(self) -> None:
        """Stop looking."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _tail(self) -> None:
        loop = asyncio.get_running_loop()
        whole_at, beat_at, slot = 0.0, loop.time() + 1, 0
        self._looked_at = loop.time()
        while self._listeners:
            began = loop.time()
            try:
                if began >= whole_at:
                    rows, whole_at = await self._readers.fetch(ALL), began + WHOLE_LOOK
                else:
                    rows = await self._readers.fetch(MOVED, OVERLAP + began - self._looked_at)
            except Exception as error:  # without a tailer every stream would be silent until it ends
                if is_lost(error):
                    outages.seen(DATABASE, f"no hints for now: {error!r}")
                else:
                    log.warning("no hints for now: %r", error, exc_info=True)
                whole_at = 0.0
                await asyncio.sleep(LONGEST_TICK)
                continue
            self._looked_at = began
            for row in rows:
                self._see(row["technician_id"], row["rev"], row["age"] if self._known.is_set() else None)
            self._known.set()
            if began >= beat_at:
                beat_at, slot = began + 1, (slot + 1) % BEATS
                _ring(self._wheel[slot])
            await asyncio.sleep(min(LONGEST_TICK, max(TICK, 10 * (loop.time() - began))))

    def _see(self, technician_id: UUID | None, rev: int, age: float | None) -> None:
        """A scope as it is; `age` is how long ago it changed, None when it may have been long before anybody listened."""
        if technician_id is None:
            if rev != self._catalogue:
                self._catalogue = rev
                _measure(age)
                for listeners in self._listeners.values():
                    _ring(listeners)
        elif rev != self._own.get(technician_id):
            self._own[technician_id] = rev
            _measure(age)
            _ring(self._listeners.get(technician_id, ()))


def _measure(age: float | None) -> None:
    if age is not None:
        measured.hinted(age)


def _ring(listeners: "set[_Listener] | tuple[()]") -> None:
    for listener in listeners:
        listener.bell.set()


def _revisions(event_id: str) -> tuple[int, int]:
    """The revisions in an event's id; an id that is not ours counts as none."""
    own, _, catalogue = event_id.partition(".")
    if own.isascii() and own.isdigit() and catalogue.isascii() and catalogue.isdigit() and len(event_id) < 40:
        return int(own), int(catalogue)
    return -1, -1


def _hint(user_id: UUID, now: tuple[int, int]) -> bytes:
    data = msgspec.json.encode({f"technician:{user_id}": now[0], "catalogue": now[1]})
    return b"id: %d.%d\nevent: hint\ndata: %b\n\n" % (*now, data)
