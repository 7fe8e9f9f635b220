"""Tests that take long: `make test` leaves them out, `make test ARGS=--long` runs all. Each kind of proof has one that always runs.

`long.txt` has them, by the beginnings of their names. Who names a test on the command line gets it.
"""

from collections.abc import Sequence
from pathlib import Path

LONG = "--long"
LISTED = Path(__file__).with_name("long.txt")


def listed() -> tuple[str, ...]:
    """The names in the file."""
    return tuple(line for line in LISTED.read_text().splitlines() if line and not line.startswith("#"))


def is_named(name: str, names: Sequence[str]) -> bool:
    """Whether a test is one of these, or one of their cases."""
    return any(name == one or name.startswith((f"{one}[", f"{one}::")) for one in names)
