"""What an arrival counts as in the figures. The verdict is evidence and never changes; an exemption changes only this.

Fair by rule: what is inconclusive, in place or in time, counts neither for nor against anybody.
"""

from enum import StrEnum

from server.arrival.evidence import Place, TimeVerdict


class Figure(StrEnum):
    """How one visit counts: `kept` and `missed` make the share, the others stay out of it."""

    KEPT = "kept"
    MISSED = "missed"
    EXEMPT = "exempt"
    OPEN = "open"
    NO_CHECK_IN = "no_check_in"


class ExemptionReason(StrEnum):
    """Why a late arrival is nobody's fault. `other` needs a note."""

    TRAFFIC = "traffic"
    CUSTOMER_NOT_IN = "customer_not_in"
    CUSTOMER_ASKED = "customer_asked"
    ACCESS_REFUSED = "access_refused"
    WEATHER = "weather"
    ACCIDENT = "accident"
    EARLIER_VISIT = "earlier_visit"
    OFFICE_MISTAKE = "office_mistake"
    OTHER = "other"


def figure(place: Place | None, time: TimeVerdict | None, *, exempt: bool) -> Figure:
    """How an arrival counts. Early is kept: who waits at the door has kept the window. `None`: there was no check-in."""
    if place is None or time is None:
        return Figure.EXEMPT if exempt else Figure.NO_CHECK_IN
    if place is Place.OUTSIDE or time is TimeVerdict.LATE:
        return Figure.EXEMPT if exempt else Figure.MISSED
    if place is Place.INCONCLUSIVE or time is TimeVerdict.INCONCLUSIVE:
        return Figure.OPEN
    return Figure.KEPT


def share_ppm(counts: dict[Figure, int]) -> int | None:
    """The share of windows that were kept, in parts per million and rounded down; None when nothing counts."""
    counted = counts.get(Figure.KEPT, 0) + counts.get(Figure.MISSED, 0)
    return counts.get(Figure.KEPT, 0) * 1_000_000 // counted if counted else None
