"""What customers, sites and equipment may be."""

from enum import StrEnum

from mobile_contract.shapes import warranty


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
    """Where a piece of equipment stands on a day (`mobile_contract/shapes/warranty.py` has the rule)."""

    UNDER_WARRANTY = warranty.UNDER
    OUT_OF_WARRANTY = warranty.OUT
