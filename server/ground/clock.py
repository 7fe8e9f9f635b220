"""The one source of time. Everything else asks here, so that a test can hold the clock still or move it."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

Micros = int
"""Microseconds since the Unix epoch, UTC."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _system_micros() -> Micros:
    return time.time_ns() // 1000


_source: Callable[[], Micros] = _system_micros


def micros() -> Micros:
    """Now, in microseconds since the Unix epoch."""
    return _source()


def now() -> datetime:
    """Now, aware and in UTC, exact to the microsecond."""
    return from_micros(micros())


def from_micros(value: Micros) -> datetime:
    """The aware UTC time of a number of microseconds since the epoch (no float on the way, so nothing is rounded)."""
    return EPOCH + timedelta(microseconds=value)


def to_micros(value: datetime) -> Micros:
    """Microseconds since the epoch of an aware time."""
    return (value - EPOCH) // timedelta(microseconds=1)


STEP: Micros = 60_000_000
"""How far the clock may lie behind the newest time that was stamped, and what is stamped still waits for it to catch up.

Clocks are set by parts of a second, and by seconds after a machine slept. One that lies further behind was wrong before, or
is wrong now: then stamps follow it, and the step is named.
"""


def not_before(newest: Micros) -> Micros:
    """A stamp for what comes after `newest`: now, or `newest` itself while the clock lies a little behind it.

    The stamp is below `newest` only where the clock was set back by more than `STEP`; whoever stamps then says so.
    """
    moment = micros()
    return newest if moment < newest <= moment + STEP else moment


def hold(source: Callable[[], Micros] | None) -> None:
    """Replace the source of time (tests and simulations only); `None` gives the system's clock back."""
    global _source
    _source = source or _system_micros


def go_on_from(moment: datetime) -> None:
    """Let time pass from another moment on, as it does: for what the demo says happened before it."""
    ahead = to_micros(moment) - _system_micros()
    hold(lambda: _system_micros() + ahead)


def follow(file: Path) -> None:
    """Run ahead of or behind the system's clock by the microseconds written in a file: how the demo's day passes fast."""
    hold(lambda: _system_micros() + int(file.read_text()))
