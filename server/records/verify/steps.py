"""Steps of the server's clock that a record names: it was set back, so something later has an earlier time.

A named step accounts for exactly two times in the wrong order whose span it covers. What is not named is a fault, and so is a
step that accounts for nothing.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

STEPS = "clock_steps"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LARGEST = 2**53 - 1


class Steps:
    """The steps that a record or an answer names, and which of them were needed; `problems` says what is wrong with them."""

    def __init__(self, value: Mapping[str, Any]) -> None:
        self.named = value.get(STEPS, [])
        self.problems = (
            [] if STEPS not in value or _is_form(self.named) else ["the steps of the clock are not of the known form"]
        )
        self._used = set[int]()

    def in_order(self, before: int, after: int) -> bool:
        """Whether what was stamped `before` may have come before what was stamped `after`."""
        if before <= after:
            return True
        if self.problems:
            return False
        covering = [at for at, step in enumerate(self.named) if step["to"] <= after and before <= step["from"]]
        self._used.update(covering)
        return bool(covering)

    def unused(self) -> list[str]:
        """What is wrong with steps that nothing asked for."""
        idle = [] if self.problems else [at for at in range(len(self.named)) if at not in self._used]
        return ["a step of the clock is named that no times show"] if idle else []

    def words(self) -> Iterator[str]:
        """What the steps say."""
        if not self.problems:
            for step in self.named:
                yield f"the clock was set back from {_moment(step['from'])} to {_moment(step['to'])} UTC, and the company says so"


def _is_form(named: Any) -> bool:
    return (
        isinstance(named, list)
        and bool(named)
        and all(
            isinstance(step, dict)
            and set(step) == {"from", "to"}
            and all(type(value) is int for value in step.values())
            and 0 <= step["to"] < step["from"] <= LARGEST
            for step in named
        )
    )


def _moment(micros: int) -> str:
    return f"{EPOCH + timedelta(microseconds=micros):%Y-%m-%d %H:%M:%S}"
