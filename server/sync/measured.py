"""What sync counts: exchanges by what they carried, operations by outcome, rows, and how late hints are."""

import collections
from collections.abc import Sequence

from prometheus_client import Counter, Gauge, Histogram

from server.ground.tallies import Tally
from server.sync.schemas import OutcomeOut

EXCHANGES = Histogram(
    "fieldproof_exchange_seconds", "Seconds of an exchange that was answered, by what it carried", ("carried",),
    buckets=(0.002, 0.01, 0.05, 0.25, 1, 5),
)  # fmt: skip
PUSHES = Histogram(
    "fieldproof_push_seconds", "Seconds in which a batch of operations was stored and applied", ("refused",),
    buckets=(0.005, 0.02, 0.1, 0.5, 2.5, 10),
)  # fmt: skip
OPERATIONS = Counter("fieldproof_operations", "Operations of phones that were answered, by outcome", ("outcome",))
ROWS = Counter("fieldproof_rows_pulled", "Rows and removals that phones were given", ("feed",))
HINTS = Histogram(
    "fieldproof_hint_delay_seconds", "Seconds from a change to its hint in this process", ("feed",),
    buckets=(0.025, 0.05, 0.1, 0.5, 2.5, 10),
)  # fmt: skip
STREAMS = Gauge("fieldproof_streams", "Open streams of hints", ("feed",), multiprocess_mode="livesum")
LOOK_AGE = Gauge(
    "fieldproof_look_age_seconds", "Seconds since the tailer last looked, while somebody listens", ("feed",),
    multiprocess_mode="livemax",
)  # fmt: skip
PHONES = "phones"

# Looked up once: finding a series by its labels takes longer than counting.
_WITH_OPERATIONS, _WITH_ROWS, _EMPTY = (Tally(EXCHANGES.labels(one)) for one in ("operations", "rows", "nothing"))
_TAKEN_IN, _REFUSED = (PUSHES.labels(one) for one in ("no", "yes"))
_ROWS, _HINTS = ROWS.labels(PHONES), HINTS.labels(PHONES)


def pushed(outcomes: Sequence[OutcomeOut], seconds: float, *, refused: bool) -> None:
    """A batch was taken in, or some of it until one was refused."""
    (_REFUSED if refused else _TAKEN_IN).observe(seconds)
    for outcome, count in collections.Counter(one.outcome for one in outcomes).items():
        OPERATIONS.labels(outcome).inc(count)


def exchanged(seconds: float, *, operations: int, rows: int) -> None:
    """An exchange was answered."""
    (_WITH_OPERATIONS if operations else _WITH_ROWS if rows else _EMPTY).add(seconds)
    if rows:
        _ROWS.inc(rows)


def hinted(seconds: float) -> None:
    """A change was seen by the tailer, so long after it was written."""
    _HINTS.observe(max(0.0, seconds))
