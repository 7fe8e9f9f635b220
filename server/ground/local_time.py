"""How local times are written: every end of a period says its offset where a reader could take it wrongly.

Twice a year a zone's clocks are moved, and 01:00 to 04:00 may then be two, three or four hours, or 01:45 to 01:15 half
an hour. So an offset belongs to a moment, never to a period or to a page. Pure functions from aware times to a text.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

MINUS = "\u2212"


def local(at: datetime, zone: ZoneInfo) -> datetime:
    """The moment on the clocks of a zone; in UTC where the calendar ends before the zone's day does (year 9999)."""
    try:
        return at.astimezone(zone)
    except OverflowError:
        return at.astimezone(UTC)


def outward(start: datetime, end: datetime) -> tuple[datetime, datetime]:
    """Bounds in whole seconds that hold all of what lies between: the first rounded down, the last rounded up."""
    first = start.replace(microsecond=0)
    try:
        return first, (end + timedelta(microseconds=-end.microsecond % 1_000_000)).replace(microsecond=0)
    except OverflowError:  # the last second of the year 9999
        return first, end.replace(microsecond=0)


def offset(at: datetime) -> str:
    """The offset of an aware time from UTC, as `UTC+8`, `UTC+5:30` or `UTC+8:05:43` (Shanghai before 1901)."""
    delta = at.utcoffset() or timedelta()
    seconds = abs(int(delta.total_seconds()))
    if not seconds:
        return "UTC"
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    small = f":{minutes:02d}:{rest:02d}" if rest else f":{minutes:02d}" if minutes else ""
    return f"UTC{'+' if delta > timedelta() else MINUS}{hours}{small}"


def differ(moments: Iterable[datetime]) -> bool:
    """Whether local times need their offsets to be told apart: they have several, or the clocks show one of them twice."""
    told = list(moments)
    return len({at.utcoffset() for at in told}) > 1 or any(_shown_twice(at) for at in told)


def between(first: datetime, last: datetime, clock: str) -> str:
    """A period of two local times, as `2026-03-14 09:00–11:00 (UTC+8)`; `clock` is the format of the time of day.

    Both dates stand where they differ, and both offsets where the clocks were moved in between.
    """
    begin, end = f"{first:%Y-%m-%d} {first:{clock}}", f"{last:{clock}}"
    same_day, moved = first.date() == last.date(), first.utcoffset() != last.utcoffset()
    if moved:
        begin += f" ({offset(first)})"
    if not same_day:
        end = f"{last:%Y-%m-%d} {end}"
    dash = "–" if same_day and not moved else " – "
    return f"{begin}{dash}{end} ({offset(last)})"


def _shown_twice(at: datetime) -> bool:
    """Whether the clocks of its zone show this time of day a second time, because they were put back."""
    return at.replace(fold=0).utcoffset() > at.replace(fold=1).utcoffset()  # type: ignore[operator]  # both are aware
