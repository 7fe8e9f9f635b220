"""What a check can say, and how a run of checks is printed: one line each, and a file for machines."""

from collections.abc import Iterable
from typing import Any

import msgspec


class Failed(Exception):
    """A promise of the contract does not hold: what was expected, and what was seen."""

    def __init__(self, expected: str, seen: object) -> None:
        super().__init__(f"expected {expected}; saw {seen}")
        self.expected = expected
        self.seen = str(seen)


class NotOffered(Exception):
    """The server does not offer this, or this run cannot ask for it; the reason is the message."""


class Verdict(msgspec.Struct, omit_defaults=True):
    """What became of one check: `ok`, `FAIL` or `not offered`."""

    name: str
    result: str
    expected: str = ""
    seen: str = ""
    seconds: float = 0.0

    def line(self) -> str:
        """One line for people."""
        head = f"{self.result:<11}  {self.name}"
        if self.result == "FAIL":
            return f"{head}\n{'':13}expected {self.expected}\n{'':13}saw      {_short(self.seen)}"
        return f"{head} ({self.seen})" if self.result == "not offered" else head


def expect(holds: bool, expected: str, seen: object) -> None:
    """Raises `Failed` unless it holds."""
    if not holds:
        raise Failed(expected, seen)


def equal(seen: object, expected: object, what: str) -> None:
    """Raises `Failed` unless both are equal."""
    if seen != expected:
        raise Failed(f"{what.rstrip(':')}: {expected!r}", repr(seen))


def all_ok(verdicts: Iterable[Verdict]) -> bool:
    """Whether nothing failed; what is not offered is no failure."""
    return all(verdict.result != "FAIL" for verdict in verdicts)


def summary(verdicts: list[Verdict]) -> str:
    """The last line of a run."""
    counts = {result: sum(v.result == result for v in verdicts) for result in ("ok", "FAIL", "not offered")}
    return f"{counts['ok']} ok, {counts['FAIL']} failed, {counts['not offered']} not offered"


def as_json(verdicts: list[Verdict], **facts: Any) -> bytes:
    """The same for machines."""
    return msgspec.json.format(msgspec.json.encode({**facts, "ok": all_ok(verdicts), "checks": verdicts}), indent=1)


def _short(text: str, limit: int = 600) -> str:
    return text if len(text) <= limit else f"{text[:limit]} … ({len(text)} characters)"
