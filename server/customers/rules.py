"""What customers and sites may be, and warranty: how long it runs. It counts from the day the equipment arrived at the customer, not from the sale, and its days are
those of the place where the equipment stands."""

import calendar
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo


class Tier(StrEnum):
    """How closely a customer is looked after."""

    STANDARD = "standard"
    KEY = "key"


class Datum(StrEnum):
    """The coordinate system that a position was given in; always stated, never guessed from the position."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"


class Unit(StrEnum):
    """What a quantity counts; `mobile_contract/shapes/report.py` names the same."""

    PIECE = "piece"
    KG = "kg"
    M = "m"
    H = "h"


class FaultRole(StrEnum):
    """What a fault word says: what was seen, which piece it was, or why."""

    SYMPTOM = "symptom"
    COMPONENT = "component"
    CAUSE = "cause"


class Warranty(StrEnum):
    """Where a piece of equipment stands on a day."""

    UNDER_WARRANTY = "under_warranty"
    OUT_OF_WARRANTY = "out_of_warranty"


def warranty_until(arrival: date, months: int) -> date:
    """The last day of the warranty: the same day of the month `months` later, or that month's last day.

    A warranty that would outlast the calendar ends with its last day, in the year 9999.
    """
    month = arrival.month - 1 + months
    year, month = arrival.year + month // 12, month % 12 + 1
    if year > date.max.year:
        return date.max
    return date(year, month, min(arrival.day, calendar.monthrange(year, month)[1]))


def warranty_at(notice: datetime, time_zone: str, arrival: date, months: int) -> Warranty:
    """Whether the warranty runs at the moment of a notice, by the date at the site then; its last day counts."""
    day = notice.astimezone(ZoneInfo(time_zone)).date()
    return Warranty.UNDER_WARRANTY if day <= warranty_until(arrival, months) else Warranty.OUT_OF_WARRANTY
