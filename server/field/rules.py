"""The closed sets of operations: what becomes of one, and what the desk decides of a parked one."""

from enum import StrEnum


class OperationOutcome(StrEnum):
    """What became of an operation when it came in."""

    APPLIED = "applied"
    MERGED = "merged"
    PARKED = "parked"


class Resolution(StrEnum):
    """What the desk decided of a parked operation."""

    APPLIED = "applied"
    ATTACHED = "attached"
    DISMISSED = "dismissed"
