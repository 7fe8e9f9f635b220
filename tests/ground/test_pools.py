"""Pools: a bounded line, served in turn; what floods one keeps nobody from another."""

import asyncio
import threading
from collections.abc import Awaitable

import pytest

from server.ground.pools import Pool
from server.ground.problems import Busy


async def settled() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


def pool(**limits: int) -> Pool:
    return Pool("tests", **{"threads": 1, "turns": 1, "waiting": 8, "waiting_of_one": 4, **limits})


class Line:
    """Callers that take a turn and end it when they are told to."""

    def __init__(self, pool: Pool) -> None:
        self.pool, self.served, self.gate = pool, list[str](), asyncio.Semaphore(0)

    def call(self, name: str) -> "asyncio.Task[None]":
        async def take() -> None:
            async with self.pool.turn(name):
                self.served.append(name)
                await self.gate.acquire()

        return asyncio.create_task(take())

    async def end(self, *tasks: Awaitable[None]) -> list[BaseException | None]:
        for _ in tasks:
            self.gate.release()
        return await asyncio.gather(*tasks, return_exceptions=True)


async def test_who_comes_after_a_hundred_of_another_is_served_second() -> None:
    line = Line(pool())
    tasks = [line.call("flood") for _ in range(100)]
    await settled()
    tasks.append(line.call("mei"))
    await settled()
    ends = await line.end(*tasks)
    assert line.served == ["flood", "flood", "mei", "flood", "flood", "flood"]
    assert sum(isinstance(end, Busy) for end in ends) == 95


async def test_a_full_line_makes_room_for_somebody_new() -> None:
    line = Line(pool(waiting=4))
    tasks = [line.call("flood") for _ in range(5)]
    await settled()
    tasks += [line.call("mei"), line.call("root")]
    await settled()
    ends = await line.end(*tasks)
    assert sorted(line.served) == ["flood", "flood", "flood", "mei", "root"]
    assert [isinstance(end, Busy) for end in ends] == [False, False, False, True, True, False, False]


async def test_as_many_callers_as_there_is_room_for_are_the_bound() -> None:
    line = Line(pool(waiting=4))
    tasks = [line.call(f"caller {number}") for number in range(10)]
    ends = await asyncio.gather(line.end(*tasks))
    assert sum(isinstance(end, Busy) for end in ends[0]) == 5


async def test_who_goes_away_leaves_the_line_and_the_turn() -> None:
    line = Line(pool())
    first, second, third = line.call("one"), line.call("two"), line.call("three")
    await settled()
    second.cancel()
    first.cancel()
    await settled()
    assert line.served == ["one", "three"]
    await line.end(third)
    again = line.call("four")
    await settled()
    assert line.served[-1] == "four", "no turn was lost"
    await line.end(again)


async def test_a_turn_that_came_to_somebody_who_had_left_is_passed_on() -> None:
    line = Line(pool())
    first, second, third = line.call("one"), line.call("two"), line.call("three")
    await settled()
    line.gate.release()
    await first
    second.cancel()
    await settled()
    assert line.served[-1] == "three"
    await line.end(third)


async def test_one_full_pool_keeps_nobody_from_another() -> None:
    full, free, open_ = pool(), pool(), threading.Event()
    waiting = [asyncio.create_task(full.run(open_.wait, 10)) for _ in range(3)]
    async with asyncio.timeout(2):
        assert await free.run(lambda: threading.current_thread().name) == "tests_0"
    open_.set()
    assert await asyncio.gather(*waiting) == [True] * 3


async def test_what_fails_in_a_thread_fails_here() -> None:
    with pytest.raises(ZeroDivisionError):
        await pool().run(lambda: 1 // 0)
