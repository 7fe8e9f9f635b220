"""The two kinds of links of a visit, and how long one opens the customer's page."""

from datetime import datetime, timedelta
from enum import StrEnum

USUAL_DAYS = 90
"""Days after the visit's end, where nothing else is set."""


class LinkSide(StrEnum):
    """From whose hands the customer has a link: the desk sent it, or it was scanned from the technician's phone."""

    DESK = "desk"
    PHONE = "phone"


def opens_until(
    promised: datetime, ended: datetime | None, answer_until: datetime | None, lasts: timedelta
) -> datetime:
    """The last moment of a link: what was promised when it was made, its days after the visit's end, and never before the time in which
    a report of the visit can be disputed is over."""
    after_end = [ended + lasts] if ended is not None else []
    return max([promised, *after_end, *([answer_until] if answer_until is not None else [])])
