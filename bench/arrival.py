"""How long a verdict takes: medians and 99th percentiles, in microseconds.

The target, under 1 ms, is held against the 99th percentile, not the median. Each run judges another check-in (position,
accuracy, platform, datum, interval and place of the journey before are drawn anew), so that nothing is warm that would
not be warm in the server; the sentences in both languages are part of it. What the database takes beside it is not. A
typed code costs one HMAC for each half minute in which it may have been read: a whole day is shown without a target.
"""

import random
import time
from collections.abc import Callable
from statistics import median, quantiles

from bench.measure import Result, limited
from server.arrival.bounded_time import AnchorClaim, Basis, Clock, Interval, Issued, interval_of, narrow_by_order
from server.arrival.evidence import Fix, PreviousCheckIn, Site, WindowVersion
from server.arrival.likelihood import probability_inside
from server.arrival.verdict import judge
from server.arrival.witness import code_at, narrowed, read, seen_between
from server.customers.rules import Datum
from server.identity.rules import Platform

TARGET_US = 1000.0
NINE = 1_772_413_200_000_000
HOUR = 3_600_000_000
SITE = Site(311_774_276, 1_215_272_106, Datum.GCJ02, 150_000, "Asia/Shanghai")
WINDOW = WindowVersion(NINE, NINE + 2 * HOUR, 3)
LATER = WindowVersion(NINE + 4 * HOUR, NINE + 6 * HOUR, 4)
DAY = Interval(NINE, NINE + 24 * HOUR, Basis.ANCHOR, Basis.RECEIPT)
ISSUED = Issued(NINE, "phone")


DRAWN = 1000
"""Check-ins that are drawn for each line."""


def fixes(dice: random.Random, count: int, north_e7: int) -> tuple[Fix, ...]:
    """Fixes within some 60 m of a point `north_e7` north of the site, as phones of all kinds give them."""
    return tuple(
        Fix(
            lat_e7=SITE.lat_e7 + north_e7 + dice.randrange(-5_000, 5_000),
            lon_e7=SITE.lon_e7 + dice.randrange(-5_000, 5_000),
            accuracy_mm=dice.randrange(4_000, 80_000),
            platform=dice.choice(list(Platform)),
            datum=dice.choice(list(Datum)),
            age_ms=dice.randrange(0, 90_000),
            speed_mm_s=dice.choice([None, 0, 1_200]),
        )
        for _ in range(count)
    )


def verdicts(count: int, north_e7: int = 0) -> list[Callable[[], object]]:
    """Judgements of check-ins with so many fixes, each another one."""
    dice = random.Random(count + north_e7)

    def one() -> Callable[[], object]:
        measured, shift = fixes(dice, count, north_e7), dice.randrange(0, 3 * HOUR)
        interval = Interval(NINE + shift, NINE + shift + 2_000_000, Basis.MONOTONIC, Basis.MONOTONIC)
        before = PreviousCheckIn(313_000_000 + shift // 10_000, 1_215_000_000, 10_000, NINE - HOUR, NINE - HOUR + 1)
        return lambda: judge(measured, interval, NINE + shift, SITE, WINDOW, LATER, before)

    return [one() for _ in range(DRAWN)]


def with_a_code(hours: int) -> list[Callable[[], object]]:
    """Judgements of three fixes and a typed code, whose operation is only known to within so many hours."""
    dice, secret = random.Random(hours), b"12345678901234567890"

    def one() -> Callable[[], object]:
        measured, at = fixes(dice, 3, 0), dice.randrange(0, hours * HOUR)
        wide, code = Interval(NINE, NINE + hours * HOUR, Basis.ANCHOR, Basis.RECEIPT), code_at(secret, NINE + at)

        def run() -> object:
            reading = read([secret], code, wide)
            return judge(measured, narrowed(wide, reading), NINE + at, SITE, WINDOW, LATER, None, None, reading)

        return run

    return [one() for _ in range(DRAWN // 5)]


def chain(length: int) -> list[tuple[Clock, Interval]]:
    """A day's operations with one anchor at its start."""
    claim = AnchorClaim("token", 0, "a", 300_000)
    clocks = [Clock(NINE, number * 60_000_000, "a", False, claim) for number in range(length)]
    return [(clock, interval_of(clock, ISSUED, "phone", 0, NINE + 24 * HOUR)) for clock in clocks]


def microseconds(runs: list[Callable[[], object]]) -> tuple[float, float]:
    """Median and 99th percentile of single runs."""
    taken = []
    for run in runs:
        start = time.perf_counter_ns()
        run()
        taken.append((time.perf_counter_ns() - start) / 1000)
    return median(taken), quantiles(taken, n=100)[98]


async def measure(_stage: object) -> list[Result]:
    """Verdicts against the target, and the steps before them."""
    operations = chain(200)
    clock = operations[-1][0]
    judged = {
        "verdict, 1 fix": verdicts(1),
        "verdict, 3 fixes": verdicts(3),
        "verdict, 20 fixes": verdicts(20),
        "verdict, 20 fixes outside": verdicts(20, north_e7=90_000),
        "verdict, code within 1 hour": with_a_code(1),
    }
    others: dict[str, Callable[[], object]] = {
        "probability inside": lambda: probability_inside(140_000, 150_000, 20_000),
        "interval of one operation": lambda: interval_of(clock, ISSUED, "phone", 0, NINE + 24 * HOUR),
        "narrowing a chain of 200": lambda: narrow_by_order(operations),
        "code searched over a day": lambda: seen_between(b"12345678901234567890", "000000", DAY),
    }
    how = "in the process, without database or network"
    results = []
    for name, runs in judged.items():
        middle, high = microseconds(runs)
        results += [
            limited(f"{name}, 99th percentile", high, "us", how, target=TARGET_US),
            limited(f"{name}, median", middle, "us", how),
        ]
    return results + [limited(name, microseconds([run] * 100)[0], "us", how) for name, run in others.items()]
