"""How everything here is measured: the thing and its floor in turn, in one run, medians, and a ratio of the two."""

import math
import time
from collections.abc import Awaitable, Callable, Mapping
from statistics import median
from typing import Literal

import msgspec

Work = Callable[[], Awaitable[object]]


class Result(msgspec.Struct):
    """One line of results. `ratio` is what the target is about; without a target the line is information."""

    name: str
    unit: str
    median: float
    how: str
    floor: float | None = None
    ratio: float | None = None
    target: float | None = None
    sense: Literal["at most", "at least"] = "at most"
    met: bool | None = None
    subject: str = ""


def compared(
    name: str, taken: float, floor: float, how: str, *, target: float | None = None, unit: str = "ms"
) -> Result:
    """A cost beside its floor: the ratio says how many times the floor it costs, `target` how many it may."""
    ratio = taken / floor
    return Result(name, unit, taken, how, floor, ratio, target, "at most", None if target is None else ratio <= target)


def rate_against(
    name: str, taken: float, other: float, how: str, *, target: float | None = None, unit: str = "ms"
) -> Result:
    """A cost beside another system's: the ratio says how many times its rate we reach, `target` how many at least."""
    ratio = other / taken
    return Result(name, unit, taken, how, other, ratio, target, "at least", None if target is None else ratio >= target)


def limited(name: str, value: float, unit: str, how: str, *, target: float | None = None) -> Result:
    """A value without a floor, and its upper limit when there is one."""
    return Result(name, unit, value, how, target=target, met=None if target is None else value <= target)


async def interleaved(
    works: Mapping[str, Work], rounds: int, *, warm: int = 5, before: Callable[[], None] | None = None
) -> dict[str, list[float]]:
    """Milliseconds of each single run. In every round each work runs once, and each round begins with another one, so
    that drift of the machine and what one leaves in the caches fall on all alike. `warm` rounds are not counted, and
    neither is `before`, which runs before each round."""
    names = list(works)
    taken: dict[str, list[float]] = {name: [] for name in names}
    for number in range(-warm, rounds):
        shift = number % len(names)
        if before is not None:
            before()
        for name in names[shift:] + names[:shift]:
            work = works[name]
            began = time.perf_counter_ns()
            await work()
            if number >= 0:
                taken[name].append((time.perf_counter_ns() - began) / 1e6)
    return taken


async def medians(works: Mapping[str, Work], rounds: int, *, warm: int = 5) -> dict[str, float]:
    """The median milliseconds of each work, run in turn."""
    return {name: median(times) for name, times in (await interleaved(works, rounds, warm=warm)).items()}


def percentile(times: list[float], share: float) -> float:
    """The value that this share of all values does not exceed (nearest rank)."""
    ordered = sorted(times)
    return ordered[max(0, math.ceil(len(ordered) * share) - 1)]
