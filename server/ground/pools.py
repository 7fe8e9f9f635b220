"""Threads by purpose, each with a bounded line before it: what floods one keeps nobody from another.

Who waits is served in turn by whom they come from, so that one caller's hundred do not stand before another's first.
"""

import asyncio
import os
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import ParamSpec, TypeVar

from server.ground.problems import Busy

Given = ParamSpec("Given")
Made = TypeVar("Made")
Waiter = asyncio.Future[None]


class Pool:
    """A few threads, a few turns to use them, and a line of those who wait for a turn. One event loop uses it at a time."""

    def __init__(self, purpose: str, *, threads: int, turns: int, waiting: int, waiting_of_one: int) -> None:
        self.purpose = purpose
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix=purpose)
        self._free = turns
        self._waiting, self._waiting_of_one = waiting, waiting_of_one
        self._lines: OrderedDict[Hashable, deque[Waiter]] = OrderedDict()

    @asynccontextmanager
    async def turn(self, of: Hashable) -> AsyncIterator[None]:
        """Hold one of the turns, waiting for it in the line of `of`. Raises `Busy` when the line is full."""
        if self._free:
            self._free -= 1
        else:
            await self._wait(of)
        try:
            yield
        finally:
            self._pass_on()

    async def run(self, work: Callable[Given, Made], *args: Given.args, **kwargs: Given.kwargs) -> Made:
        """Run in one of the threads. A caller that goes away does not stop it, and its thread is not free before."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, lambda: work(*args, **kwargs))

    async def _wait(self, of: Hashable) -> None:
        line = self._lines.setdefault(of, deque())
        if len(line) >= self._waiting_of_one or not self._room_beside(line):
            if not line:
                del self._lines[of]
            raise Busy(f"Too many wait for {self.purpose}. Try again in a few seconds.")
        waiter: Waiter = asyncio.get_running_loop().create_future()
        line.append(waiter)
        try:
            await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled():  # the turn had come
                self._pass_on()
            raise

    def _room_beside(self, line: deque[Waiter]) -> bool:
        """Room for one more in `line`; made, if need be, by sending away the last of the longest line."""
        if sum(map(len, self._lines.values())) < self._waiting:
            return True
        longest = max(self._lines.values(), key=len)
        if len(longest) <= len(line) + 1:
            return False
        last = longest.pop()
        if not last.done():
            last.set_exception(Busy(f"Too many wait for {self.purpose}. Try again in a few seconds."))
        return True

    def _pass_on(self) -> None:
        while self._lines:
            of, line = self._lines.popitem(last=False)
            waiter = line.popleft() if line else None
            if line:
                self._lines[of] = line
            if waiter is not None and not waiter.done():
                waiter.set_result(None)
                return
        self._free += 1


CORES = os.cpu_count() or 2

PASSWORDS = Pool("passwords", threads=max(1, CORES // 2), turns=max(2, CORES), waiting=64, waiting_of_one=16)
"""Argon2: 20 to 30 ms and 19 MiB each. Half the cores at most, so that the other half serves."""
