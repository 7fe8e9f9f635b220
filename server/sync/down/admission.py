"""Who may start a first sync now: a few at a time, so that a hundred new phones never starve those that only look."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from server.ground.problems import Busy

AT_ONCE = 4
PATIENCE = 5.0
"""Seconds that a phone waits in line before it is told to come again."""


class FirstSyncs:
    """The line of one process. Pages of a first sync pass one by one, so that long ones do not hold a place."""

    def __init__(self, at_once: int = AT_ONCE, patience: float = PATIENCE) -> None:
        self._places = asyncio.Semaphore(at_once)
        self._patience = patience

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """A place for one page. Raises `Busy`, with a jittered time to come again."""
        try:
            await asyncio.wait_for(self._places.acquire(), self._patience)
        except TimeoutError as error:
            wait = random.randint(2, 10)
            raise Busy("Many phones sync for the first time just now. Try again soon.", retry_after=wait) from error
        try:
            yield
        finally:
            self._places.release()
