"""What can still be told of an operation that cannot be taken as it is: its number, its predecessor, its id and its kind.

Such an operation was signed and stands in the phone's chain, so it keeps its place there; what it was to do is not done.
"""

import json
import re
from typing import Any
from uuid import UUID

import msgspec

from server.arrival.bounded_time import AnchorClaim, Clock

UNREADABLE = "unreadable"
"""The kind of an operation whose kind cannot be told either."""

_TOKEN = re.compile(r'"(?:[^"\\]+|\\.)*+"?|[{}\[\],:]', re.DOTALL)
_LOOKED_AT = 1_000_000
"""Characters of the longest text that is gone through by hand."""


class Told(msgspec.Struct, frozen=True):
    """What an operation says of itself. `seq` is 0 where it does not say; `prev` then binds it to nothing."""

    id: UUID | None = None
    seq: int = 0
    prev: str | None = None
    kind: str = UNREADABLE


class ClockOnly(msgspec.Struct):
    """The one field of an operation that the next one's bounds need."""

    clock: Clock


def told_by(text: str) -> Told:
    """The members at the top of the text, each by itself: what is wrong inside one of them is no matter for the others."""
    found = _members(text)
    seq, prev = _value(found, "seq"), _value(found, "prev")
    kind = _value(found, "kind")
    if type(seq) is not int or not 1 <= seq < 2**53 or "prev" not in found or not isinstance(prev, str | None):
        seq, prev = 0, None
    return Told(
        _uuid(_value(found, "id")), seq, prev, kind if isinstance(kind, str) and 0 < len(kind) <= 40 else UNREADABLE
    )


def clock_of(raw: bytes, sha256: str) -> Clock:
    """The clocks of an operation. Where they cannot be read: those of a boot of its own, which say nothing."""
    try:
        return _plausible(msgspec.json.decode(raw, type=ClockOnly).clock, sha256)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        member = _members(raw.decode(errors="replace")).get("clock", "")
    try:
        whole = {"clock": msgspec.json.decode(member.encode())}
        return _plausible(msgspec.convert(without_anchor(whole)["clock"], Clock), sha256)
    except (msgspec.DecodeError, RecursionError):
        return Clock(0, 0, sha256)


def without_anchor(operation: Any) -> Any:
    """The value of an operation whose anchor is set aside where it is none: it then counts like one that we did not sign.

    A client that took something else for an answer of the server signs what it got with every tap that follows.
    """
    clock = operation.get("clock") if isinstance(operation, dict) else None
    if not isinstance(clock, dict) or "anchor" not in clock:
        return operation
    try:
        msgspec.convert(clock["anchor"], AnchorClaim | None)
    except msgspec.ValidationError:
        return {**operation, "clock": {**clock, "anchor": None}}
    return operation


def _plausible(clock: Clock, sha256: str) -> Clock:
    """The clock, if its numbers are such as a canonical text can hold: others would speak against the neighbours' time."""
    return clock if max(abs(clock.wall), abs(clock.monotonic)) < 2**53 else Clock(0, 0, sha256)


def _members(text: str) -> dict[str, str]:
    """The text of each member of an object, found by its brackets alone; empty for what is no object."""
    found: dict[str, str] = {}
    if len(text) > _LOOKED_AT:
        return found
    depth, name, start, before = 0, "", -1, ""
    for token in _TOKEN.finditer(text):
        mark = token[0]
        if depth == 1 and mark == ":" and start < 0:
            name, start = before, token.end()
        elif depth == 1 and mark in ",}" and start >= 0:
            found[name[1:-1]], start = text[start : token.start()].strip(), -1
        if mark in "{[":
            depth += 1
        elif mark in "}]":
            depth -= 1
        if depth == 0 or (depth == 1 and mark == "["):
            break
        before = mark
    return found


def _value(members: dict[str, str], name: str) -> Any:
    try:
        return json.loads(members.get(name, "null"))
    except (ValueError, RecursionError):
        return None


def _uuid(value: Any) -> UUID | None:
    try:
        return UUID(value)
    except (ValueError, TypeError, AttributeError):
        return None
