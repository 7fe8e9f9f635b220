"""Steps of the server's clock as a record names them: it was set back, so what came later has an earlier time.

A step says what the clock had shown, `since`, and what it showed then, `to`; in records the first is called `from`. It explains
that something stamped up to `since` came before something stamped from `to` on. A record names a step for every two of its
times that stand in the wrong order, and none else, so both verifiers ask for exactly these.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from server.ground import clock
from server.ground.clock import Micros


class ClockStep(NamedTuple):
    """The clock had shown `since`, and was set back `to`."""

    since: Micros
    to: Micros

    def explains(self, before: Micros, after: Micros) -> bool:
        """Whether what was stamped `before` may have come before what was stamped `after`, an earlier time."""
        return self.to <= after and before <= self.since

    def named(self) -> dict[str, Micros]:
        """As a record writes it."""
        return {"from": self.since, "to": self.to}


def sealing_moment(facts: Mapping[str, Any]) -> tuple[Micros, list[ClockStep]]:
    """When a record of these facts is sealed, and the steps of the clock among its times.

    The moment is never before a time of the record, unless the clock was set back by more than `clock.STEP`.
    """
    steps = {step for chain in _chains(facts) for step in _steps(chain)}
    stamps = list(_stamps(facts))
    moment = clock.micros()
    moment = max([moment, *(stamp for stamp in stamps if stamp <= moment + clock.STEP)])
    ahead = [each for each in stamps if each > moment and not any(step.explains(each, moment) for step in steps)]
    if ahead:
        steps.add(ClockStep(max(ahead), moment))
    return moment, _together(steps)


def _together(steps: Iterable[ClockStep]) -> list[ClockStep]:
    """One step where several span the same time: each is what one chain, or one photo, shows of it."""
    found: list[ClockStep] = []
    for step in sorted(steps, key=lambda one: one.to):
        if found and step.to <= found[-1].since:
            found[-1] = ClockStep(max(found[-1].since, step.since), found[-1].to)
        else:
            found.append(step)
    return found


def _chains(facts: Mapping[str, Any]) -> Iterator[list[Micros]]:
    """The times of each device in the order in which they were stamped: its enrolment, then its operations."""
    chains = {device["device_id"]: [device["enrolled_at"]] for device in facts["devices"]}
    for operation in facts["operations"]:
        chains[json.loads(operation["body"])["device_id"]].append(operation["received_at"])
    yield from chains.values()


def _steps(chain: Sequence[Micros]) -> Iterator[ClockStep]:
    yield from (ClockStep(before, after) for before, after in pairwise(chain) if after < before)


def _stamps(facts: Mapping[str, Any]) -> Iterable[Micros]:
    """Every time in a record that the server set, but for the sealing."""
    yield from (operation["received_at"] for operation in facts["operations"])
    yield from (device["enrolled_at"] for device in facts["devices"])
    yield from (photo.get("verified_at") or photo["decided_at"] for photo in facts["photos"])
    if facts["arrival"]:
        yield facts["arrival"]["latest"]
