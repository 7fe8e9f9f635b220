"""Which sessions have ended, known in each process without a question to the database in a request.

`sessions.py` writes a row for each session that ends before its access tokens expire: a phone revoked, a user deactivated,
a role changed, a logout. One task a process reads them a few times a second and keeps their ids until the last token of the
session has expired. A process that cannot read them does not let anybody on with a token of a session: it looks once
more for the request that asks, and says 503 when that fails, too.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

from server.database.engine import is_lost
from server.database.readers import Readers
from server.ground import clock
from server.ground.problems import Unauthenticated, Unavailable
from server.identity.tokens import ACCESS_LIFETIME

log = logging.getLogger("fieldproof.identity")

TICK = 0.25
"""Seconds between two looks."""
BLIND_AFTER = 3.0
"""Seconds since the last look after which what is known is not enough to let somebody on."""
OVERLAP = timedelta(seconds=60)
"""Rows of the last while are looked at each time: ids and times become visible in another order than they were given."""
WHOLE_LOOK = 10.0
"""Seconds between looks at all rows that still count, for a transaction that takes long to its commit."""
KEPT = ACCESS_LIFETIME + timedelta(minutes=1)
"""A minute more than a token lives, for clocks of several machines."""

ENDED = "select session_id from access_end where at > $1 and session_id is not null"

GiveWay = Callable[[], None]


class Ended:
    """What one process knows of sessions that have ended. `readers` are its own, so that a crowd elsewhere does not blind it."""

    def __init__(self, readers: Readers) -> None:
        self._readers = readers
        self._until: dict[UUID, float] = {}
        self._open: dict[UUID, set[GiveWay]] = {}
        self._looked_at = self._whole_at = float("-inf")
        self._blind = False
        self._look: asyncio.Task[None] | None = None
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Look from now on, in the running loop."""
        self._task = asyncio.create_task(self._go_on_looking())

    async def close(self) -> None:
        """Stop looking."""
        for task in (self._task, self._look):
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        await self._readers.close()

    def is_blind(self) -> bool:
        """Whether nothing could be read for too long."""
        return _time() - self._looked_at > BLIND_AFTER

    async def must_go_on(self, session_id: UUID | None) -> None:
        """Raises `Unauthenticated` for a session that has ended, `Unavailable` when that cannot be told.

        A token of before sessions had names has none; it is good until it expires.
        """
        if session_id is None:
            return
        if self.is_blind():
            await self._look_once()
        if session_id in self._until:
            raise Unauthenticated("This session has ended. Sign in again.")

    @contextmanager
    def watched(self, session_id: UUID | None, give_way: GiveWay) -> Iterator[None]:
        """Call `give_way` when the session ends, or at once when it has. For what stays open after its request was let on."""
        if session_id is None:
            yield
            return
        if session_id in self._until:
            give_way()
        listeners = self._open.setdefault(session_id, set())
        listeners.add(give_way)
        try:
            yield
        finally:
            listeners.discard(give_way)
            if not listeners:
                self._open.pop(session_id, None)

    async def _go_on_looking(self) -> None:
        while True:
            began = _time()
            try:
                await self._read()
            except Exception as error:  # whatever it was, who ended must be seen again
                if self.is_blind() and not self._blind:
                    self._blind = True
                    log.warning(
                        "which sessions have ended cannot be read; requests get 503 until it can: %r",
                        error,
                        exc_info=not isinstance(error, TimeoutError) and not is_lost(error),
                    )
            else:
                if self._blind:
                    self._blind = False
                    log.warning("which sessions have ended can be read again")
            # A slow look leaves the database more time than it took.
            await asyncio.sleep(max(TICK, 2 * min(_time() - began, TICK)))

    async def _look_once(self) -> None:
        """One look for all who ask at this moment."""
        if self._look is None or self._look.done():
            self._look = asyncio.create_task(self._read())
        try:
            await asyncio.shield(self._look)
        except Exception as error:
            raise Unavailable(
                "The server cannot tell at this moment who is still signed in. Nothing was changed; try again soon."
            ) from error

    async def _read(self) -> None:
        began = _time()
        whole = began >= self._whole_at
        async with asyncio.timeout(BLIND_AFTER):
            rows = await self._readers.fetch(ENDED, clock.now() - (KEPT if whole else OVERLAP))
        self._looked_at = began
        if whole:
            self._whole_at = began + WHOLE_LOOK
            self._until = {one: until for one, until in self._until.items() if until > began}
        for row in rows:
            session_id: UUID = row["session_id"]
            if session_id not in self._until:
                self._until[session_id] = began + KEPT.total_seconds()
                for give_way in list(self._open.get(session_id, ())):
                    give_way()


def _time() -> float:
    return asyncio.get_running_loop().time()
