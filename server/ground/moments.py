"""Times and days that people send: with a zone, and in years that every phone, page and record can hold.

Phones and sealed records count microseconds, which are exact up to 2^53 (June of 2255) in JavaScript and canonical JSON; and
a time near the ends of the calendar cannot be shown in every zone, and the last day of the year 9999 is 'infinity' to the
database. Years that nobody means are refused where they come in.
"""

from datetime import UTC, date, datetime

from server.ground.problems import Invalid

FIRST = datetime(1900, 1, 1, tzinfo=UTC)
END = datetime(2255, 1, 1, tzinfo=UTC)
YEARS = "Use a year between 1900 and 2254."


def must_be_moment(moment: datetime, name: str) -> datetime:
    """The time. Raises `Invalid` without a zone, or for a year that nobody means; `name` is the field's."""
    if moment.tzinfo is None:
        raise Invalid(f"{name} needs a time zone. Send a time such as 2026-03-02T09:00:00+08:00.")
    if not FIRST <= moment < END:
        raise Invalid(f"{name} lies too far from today. {YEARS}")
    return moment


def must_be_window(start: datetime, end: datetime) -> None:
    """Raises `Invalid` for what is no arrival window."""
    if must_be_moment(start, "window_start") >= must_be_moment(end, "window_end"):
        raise Invalid("The window ends before it starts. Send a window_end later than window_start.")


def must_be_day(day: date, name: str) -> date:
    """The day. Raises `Invalid` for a year that nobody means."""
    if not FIRST.date() < day < END.date():
        raise Invalid(f"{name} lies too far from today. {YEARS}")
    return day
