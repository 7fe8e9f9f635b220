"""Tests that take long: `make test ARGS=--short` leaves them out, for whoever works on something; `make test` and CI run them too.

`long.txt` has them, by the beginnings of their names. Who names a test on the command line gets it.
"""

from collections.abc import Sequence
from pathlib import Path

SHORT = "--short"
LISTED = Path(__file__).with_name("long.txt")


def listed() -> tuple[str, ...]:
    """The names in the file."""
    return tuple(line for line in LISTED.read_text().splitlines() if line and not line.startswith("#"))


def is_named(name: str, names: Sequence[str]) -> bool:
    """Whether a test is one of these, or one of their cases."""
    return any(name == one or name.startswith((f"{one}[", f"{one}::")) for one in names)
