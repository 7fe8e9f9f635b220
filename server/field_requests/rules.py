"""The closed set of what technicians ask for from the field."""

from enum import StrEnum


class FieldRequestKind(StrEnum):
    """What a technician asks the desk for: help with this work (总部求助), or that other work be done that they found."""

    HELP = "help"
    FURTHER_WORK = "further_work"
