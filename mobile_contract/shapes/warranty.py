"""Where the warranty of a piece of equipment stands: from the rows that a phone holds, and why.

It runs from the day on which the equipment arrived, not from the sale, and its last day counts. It is judged by the day on which the
customer told us, at the place where the equipment stands; when somebody comes is another matter. The rule stands here once for server
and phones; `vectors/warranty.json` has cases for every client.
"""

import calendar
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

UNDER, OUT = "under_warranty", "out_of_warranty"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Json = Mapping[str, Any]


class Standing(NamedTuple):
    """What is said of a warranty (`status`), its last day, and the day by which it was judged."""

    status: str
    until: date
    noticed_on: date


def last_day(arrival: date, months: int) -> date:
    """The last day of the warranty: the same day of the month `months` later, or that month's last day.

    A warranty that would outlast the calendar ends with its last day, in the year 9999.
    """
    month = arrival.month - 1 + months
    year, month = arrival.year + month // 12, month % 12 + 1
    if year > date.max.year:
        return date.max
    return date(year, month, min(arrival.day, calendar.monthrange(year, month)[1]))


def stands(notice: datetime, time_zone: str, arrival: date, months: int) -> Standing:
    """Where it stands by the date at the site at the moment of a notice."""
    day, until = notice.astimezone(ZoneInfo(time_zone)).date(), last_day(arrival, months)
    return Standing(UNDER if day <= until else OUT, until, day)


def warranty_of(asset: Json, product: Json, job: Json, site: Json) -> Standing:
    """The same, from bodies of the rows that a job's phone holds."""
    notice = EPOCH + timedelta(microseconds=job["noticed_at"])
    arrival = date.fromisoformat(asset["arrival_date"])
    return stands(notice, site["time_zone"], arrival, product["warranty_months"])
