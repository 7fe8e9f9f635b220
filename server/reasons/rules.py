"""What a list of reasons is for."""

from enum import StrEnum


class ReasonFor(StrEnum):
    """What somebody gives a reason for: a tap of the technician, or what the customer did with the report."""

    DECLINE = "decline"
    HOLD = "hold"
    CANNOT_COMPLETE = "cannot_complete"
    PHOTO_IMPOSSIBLE = "photo_impossible"
    REFUSED = "refused"
    CUSTOMER_ABSENT = "customer_absent"
