"""How much of what is drawn or repeated a run does: some on every run, much with `make test ARGS=--long`.

What a usual run draws is the same each time (`conftest.py` sees to it for Hypothesis); a long one draws anew.
"""

LONG = "--long"
_asked = False


def ask(long: bool) -> None:
    """For this process, before any test is read."""
    global _asked
    _asked = long


def size(usual: int, long: int) -> int:
    """How many."""
    return long if _asked else usual
