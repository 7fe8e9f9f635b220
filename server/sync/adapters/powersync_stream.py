"""The open streams of PowerSync clients: each reads pages in snapshots of its own, sleeps until a hint, and ends with its
token. A lost hint costs delay only, because a stream also looks by itself, soon after something happened and then rarely."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from uuid import UUID

from server.database.engine import Sessions, snapshot
from server.ground import clock
from server.ground.problems import Unavailable
from server.identity.caller import device_of
from server.identity.ended import Ended
from server.identity.tokens import Actor
from server.sync.adapters.powersync import Bucket, Checkpoint, Page, line, read_page
from server.sync.down.stream import Tailer

MAX_STREAMS = 5000
"""Open at once in one process."""
READERS = 4
"""Pages read at once, so that many first syncs leave connections to everybody else."""
KEEPALIVE = 20.0
FIRST_LOOK = 1.0
"""Seconds until a stream looks by itself; doubled while nothing happens, up to `KEEPALIVE`."""


class Listener:
    """One open stream, as seen by those who wake it or take its place."""

    def __init__(self, user_id: UUID) -> None:
        self.user_id = user_id
        self.wake = asyncio.Event()
        self.replaced = False
        self.closed = False

    def give_way(self) -> None:
        """End it: another stream has taken its place, or its session has ended."""
        self.replaced = True
        self.wake.set()


class Streams:
    """All open streams of this process; a phone has one, and a newer one takes the place of the older."""

    def __init__(self, sessions: Sessions, tailer: Tailer, ended: Ended) -> None:
        self._sessions = sessions
        self._tailer = tailer
        self._ended = ended
        self._listeners: dict[UUID, Listener] = {}
        self._reading = asyncio.Semaphore(READERS)

    def admit(self) -> None:
        """Raises `Unavailable` when this process has as many streams as it may."""
        if len(self._listeners) >= MAX_STREAMS:
            raise Unavailable("This server has all the streams that it can have. Try again in half a minute.")

    def wake(self, user_id: UUID) -> None:
        """Have the user's streams look now."""
        for listener in self._listeners.values():
            if listener.user_id == user_id:
                listener.wake.set()

    async def stream(self, actor: Actor, clients: dict[str, list[Bucket]], expires: float) -> AsyncIterator[bytes]:
        """The lines of one stream, until the token expires (seconds since the epoch), its session ends, or the phone opens
        another one.
        """
        device_id, user_id = device_of(actor), actor.user_id
        listener = Listener(user_id)
        if older := self._listeners.get(device_id):
            older.give_way()
        self._listeners[device_id] = listener
        hints = asyncio.create_task(self._follow(listener))
        try:
            with self._ended.watched(actor.session_id, listener.give_way):
                async for one in self._lines(listener, clients, expires):
                    yield one
        finally:
            if self._listeners.get(device_id) is listener:
                del self._listeners[device_id]
            listener.closed = True
            hints.cancel()
            await asyncio.wait(
                [hints], timeout=1
            )  # a cancellation that meets a hint can be lost, and then `closed` ends it

    async def _follow(self, listener: Listener) -> None:
        async with aclosing(self._tailer.listen(listener.user_id)) as hints:  # type: ignore[type-var]
            async for _ in hints:
                if listener.closed:
                    return
                listener.wake.set()

    async def _lines(
        self, listener: Listener, clients: dict[str, list[Bucket]], expires: float
    ) -> AsyncIterator[bytes]:
        announced: Checkpoint | None = None
        completed: Checkpoint | None = None
        time = asyncio.get_running_loop().time
        pause, kept_alive = FIRST_LOOK, time()
        while not listener.replaced:
            left = expires - clock.now().timestamp()
            if left <= 0 or time() - kept_alive >= KEEPALIVE:
                yield line({"token_expires_in": max(0, int(left))})
                kept_alive = time()
            if left <= 0:
                return
            listener.wake.clear()
            page = await self._page(listener.user_id, clients)
            if listener.replaced or self._ended.is_blind():
                return  # what was read goes to nobody
            if page.checkpoint != announced:
                announced = page.checkpoint
                yield announced.line()
            for one in page.lines:
                yield one
            if page.complete and announced != completed:
                completed, pause = announced, FIRST_LOOK
                yield completed.complete()
            if page.complete:
                woken = await _waited(listener.wake, min(pause, left))
                pause = FIRST_LOOK if woken else min(2 * pause, KEEPALIVE)

    async def _page(self, user_id: UUID, clients: dict[str, list[Bucket]]) -> Page:
        async with self._reading, snapshot(self._sessions) as session:
            return await read_page(session, user_id, clients)


async def _waited(event: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True
