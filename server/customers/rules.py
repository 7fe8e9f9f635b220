"""Warranty: how long it runs. It counts from the day the equipment arrived at the customer, not from the sale."""

import calendar
from datetime import date
from enum import StrEnum


class Warranty(StrEnum):
    """Where a piece of equipment stands on a day."""

    UNDER_WARRANTY = "under_warranty"
    OUT_OF_WARRANTY = "out_of_warranty"


def warranty_until(arrival: date, months: int) -> date:
    """The last day of the warranty: the same day of the month `months` later, or that month's last day."""
    month = arrival.month - 1 + months
    year, month = arrival.year + month // 12, month % 12 + 1
    return date(year, month, min(arrival.day, calendar.monthrange(year, month)[1]))


def warranty_on(day: date, arrival: date, months: int) -> Warranty:
    """Whether the warranty still runs on a day; its last day counts."""
    return Warranty.UNDER_WARRANTY if day <= warranty_until(arrival, months) else Warranty.OUT_OF_WARRANTY
