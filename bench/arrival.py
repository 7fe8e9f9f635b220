"""How long a verdict takes, in microseconds; the target is under 1 ms."""

import time
from collections.abc import Callable
from statistics import median

from bench.measure import Result, limited
from server.arrival.bounded_time import AnchorClaim, Basis, Clock, Interval, Issued, interval_of, narrow_by_order
from server.arrival.evidence import Datum, Fix, Platform, PreviousCheckIn, Site, WindowVersion
from server.arrival.likelihood import probability_inside
from server.arrival.verdict import judge
from server.arrival.witness import seen_between

TARGET_US = 1000.0
NINE = 1_772_413_200_000_000
HOUR = 3_600_000_000
SITE = Site(311_774_276, 1_215_272_106, Datum.GCJ02, 150_000, "Asia/Shanghai")
WINDOW = WindowVersion(NINE, NINE + 2 * HOUR, 3)
LATER = WindowVersion(NINE + 4 * HOUR, NINE + 6 * HOUR, 4)
INTERVAL = Interval(NINE + HOUR, NINE + HOUR + 2_000_000, Basis.MONOTONIC, Basis.MONOTONIC)
DAY = Interval(NINE, NINE + 24 * HOUR, Basis.ANCHOR, Basis.RECEIPT)
BEFORE = PreviousCheckIn(313_000_000, 1_215_000_000, 10_000, NINE - HOUR, NINE - HOUR + 1)
ISSUED = Issued(NINE, "phone")


def fixes(count: int, north_e7: int = 0) -> tuple[Fix, ...]:
    """Fixes a few metres apart, `north_e7` north of the site."""
    return tuple(
        Fix(311_774_276 + north_e7 + 100 * n, 1_215_272_106, 12_000, Platform.ANDROID, Datum.GCJ02, 1000 + n)
        for n in range(count)
    )


def verdict(measured: tuple[Fix, ...]) -> Callable[[], object]:
    return lambda: judge(measured, INTERVAL, NINE + HOUR, SITE, WINDOW, LATER, BEFORE)


def chain(length: int) -> list[tuple[Clock, Interval]]:
    """A day's operations with one anchor at its start."""
    claim = AnchorClaim("token", 0, "a", 300_000)
    clocks = [Clock(NINE, number * 60_000_000, "a", False, claim) for number in range(length)]
    return [(clock, interval_of(clock, ISSUED, "phone", 0, NINE + 24 * HOUR)) for clock in clocks]


def microseconds(run: Callable[[], object], rounds: int) -> float:
    """The median of many single runs."""
    taken = []
    for _ in range(rounds):
        start = time.perf_counter_ns()
        run()
        taken.append((time.perf_counter_ns() - start) / 1000)
    return median(taken)


async def measure(_stage: object) -> list[Result]:
    """Verdicts against the target, and the steps before them."""
    operations = chain(200)
    clock = operations[-1][0]
    verdicts = {
        "verdict, 1 fix": verdict(fixes(1)),
        "verdict, 3 fixes": verdict(fixes(3)),
        "verdict, 20 fixes": verdict(fixes(20)),
        "verdict, 20 fixes outside": verdict(fixes(20, north_e7=90_000)),
    }
    others = {
        "probability inside": lambda: probability_inside(140_000, 150_000, 20_000),
        "interval of one operation": lambda: interval_of(clock, ISSUED, "phone", 0, NINE + 24 * HOUR),
        "narrowing a chain of 200": lambda: narrow_by_order(operations),
        "code searched over a day": lambda: seen_between(b"12345678901234567890", "000000", DAY),
    }
    how = "in the process, without database or network"
    return [
        *(limited(name, microseconds(run, 400), "us", how, target=TARGET_US) for name, run in verdicts.items()),
        *(limited(name, microseconds(run, 100), "us", how) for name, run in others.items()),
    ]
