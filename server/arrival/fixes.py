"""Reads the fixes of a check-in one by one. What is wrong with one of them sets that one aside, and never the arrival.

They are kept as they came, in a form that the database can hold; each judgement reads them again from there.
"""

from typing import Any

import msgspec

from server.arrival.evidence import MAX_FIXES, Fix, Reason, Taken, Unusable
from server.database.storable import STANDS_FOR_NUL, without_nul
from server.database.tables import Json

_LONGEST = 2_000
"""Bytes of the longest entry that is kept here; the operation has all of it."""


def kept(sent: Any) -> list[Json]:
    """The fixes as they are stored: objects without NUL. One more than are read, so that it shows when there were more."""
    if sent is None:
        return []
    entries = sent if isinstance(sent, list) else [sent]
    return [_storable(one) for one in entries[: MAX_FIXES + 1]]


def read_fixes(stored: list[Json]) -> tuple[Taken, ...]:
    """Each stored fix, or why it cannot be used."""
    read = tuple(_read(one) for one in stored[:MAX_FIXES])
    return (*read, Unusable(Reason.TOO_MANY)) if len(stored) > MAX_FIXES else read


def _storable(one: Any) -> Json:
    text = msgspec.json.encode(one)
    if not isinstance(one, dict) or len(text) > _LONGEST:
        return {"unreadable": text[:_LONGEST].decode(errors="replace")}
    found: Json = without_nul(one)
    return found


def _read(one: Json) -> Taken:
    if one.get("mock") is True:
        return _fix(one, Reason.MOCKED)
    if "unreadable" in one:
        return Unusable(Reason.MALFORMED)
    if not (_within(one.get("lat_e7"), 900_000_000) and _within(one.get("lon_e7"), 1_800_000_000)):
        return Unusable(Reason.NO_POSITION)
    if type(one.get("accuracy_mm")) is not int:
        return Unusable(Reason.NO_ACCURACY)
    return _fix(one, Reason.MALFORMED)


def _fix(one: Json, otherwise: Reason) -> Taken:
    try:
        fix = msgspec.convert(one, Fix)
    except msgspec.ValidationError:
        return Unusable(otherwise)
    return Unusable(otherwise) if STANDS_FOR_NUL in (fix.provider or "") else fix


def _within(value: Any, most: int) -> bool:
    return type(value) is int and -most <= value <= most
