"""Where a visit stands follows from where its crew is, in whatever order the crew's phones are heard."""

from collections.abc import Iterator, Sequence
from itertools import permutations
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mobile_contract.shapes.visits import ENDED, OPEN, STEPS, moved, skipped, state_of

CREW = ("anna", "ben", "chen")
TAPS = st.lists(st.sampled_from(sorted(STEPS)), max_size=4)
Whole = tuple[str, dict[str, str], frozenset[tuple[str, int]]]


def run(crew: Sequence[str], heard: Sequence[str], said: dict[str, list[str]]) -> Whole:
    """The visit, its crew, and which of each one's taps were refused, when phones are heard in this order."""
    visit, states, refused = "dispatched", dict.fromkeys(crew, "dispatched"), set()
    at = dict.fromkeys(crew, 0)
    for who in heard:
        tap, number = said[who][at[who]], at[who]
        at[who] += 1
        step = None if states[who] == "declined" else moved(visit, states, who, tap)
        if step is None:
            refused.add((who, number))
        else:
            visit, states[who] = step.visit, step.member
    return visit, states, frozenset(refused)


def orders(said: dict[str, list[str]], draw: st.DataObject) -> Iterator[list[str]]:
    """Two orders of the same phones' taps; each phone's own order holds in both, because its taps are told by their place."""
    turns = [who for who, taps in said.items() for _ in taps]
    for _ in range(2):
        yield draw.draw(st.permutations(turns))


@pytest.mark.parametrize("people", [1, 2, 3])
@given(draw=st.data())
def test_any_interleaving_ends_the_same(people: int, draw: st.DataObject) -> None:
    said = {who: draw.draw(TAPS) for who in CREW[:people]}
    ends = {tap for taps in said.values() for tap in taps} & {"complete", "cannot_complete"}
    assume(len(ends) < 2)
    one, other = (run(CREW[:people], heard, said) for heard in orders(said, draw))
    assert one == other


@given(draw=st.data())
def test_of_contradicting_ends_the_second_is_refused_and_nothing_else_differs(draw: st.DataObject) -> None:
    said = {
        "anna": ["check_in", "start", "complete", "depart"],
        "ben": ["accept", "start", "cannot_complete", "check_in"],
    }
    for heard in orders(said, draw):
        visit, _, refused = run(CREW[:2], heard, said)
        [(who, number)] = refused
        first = min(("anna", "ben"), key=lambda one: [i for i, turn in enumerate(heard) if turn == one][2])
        assert (who != first, number) == (True, 2)
        assert visit == {"anna": "completed", "ben": "cannot_complete"}[first]


def test_every_order_of_a_lead_and_a_helper_leads_to_the_same() -> None:
    said = {"anna": ["accept", "depart", "check_in", "start"], "ben": ["accept", "complete"]}
    turns = [who for who, taps in said.items() for _ in taps]
    found = {run(CREW[:2], heard, said)[0] for heard in set(permutations(turns))}
    assert found == {"completed"}
    assert all(not run(CREW[:2], heard, said)[2] for heard in set(permutations(turns)))


@pytest.mark.parametrize(
    ("crew", "state"),
    [
        (["dispatched", "en_route"], "en_route"),
        (["in_progress", "on_hold"], "in_progress"),
        (["accepted", "on_hold"], "on_hold"),
        (["declined", "accepted"], "accepted"),
        (["declined", "declined"], "declined"),
        (["completed", "dispatched"], "completed"),
        (["cannot_complete", "in_progress"], "cannot_complete"),
    ],
)
def test_the_visits_state_follows_from_its_crews(crew: list[str], state: str) -> None:
    assert state_of(crew) == state_of(reversed(crew)) == state


@pytest.mark.parametrize(
    ("own", "tap", "after"),
    [
        ("dispatched", "accept", "accepted"), ("dispatched", "check_in", "on_site"), ("en_route", "accept", "en_route"),
        ("on_hold", "start", "on_hold"), ("in_progress", "hold", "on_hold"), ("on_hold", "resume", "in_progress"),
        ("on_site", "complete", "completed"), ("dispatched", "cannot_complete", "cannot_complete"),
        ("completed", "depart", "completed"), ("completed", "complete", "completed"),
    ],
)  # fmt: skip
def test_whoever_goes_alone_moves_the_visit_with_them(own: str, tap: str, after: str) -> None:
    step = moved(own, {"anna": own}, "anna", tap)
    assert step is not None
    assert (step.member, step.visit) == (after, after)


@pytest.mark.parametrize(
    ("own", "tap"),
    [
        ("dispatched", "complete"), ("accepted", "hold"), ("on_site", "resume"), ("on_site", "decline"),
        ("completed", "start"), ("completed", "cannot_complete"), ("cannot_complete", "complete"), ("completed", "hold"),
    ],
)  # fmt: skip
def test_what_one_alone_cannot_say_there(own: str, tap: str) -> None:
    assert moved(own, {"anna": own}, "anna", tap) is None


def test_one_of_several_need_not_have_tapped_what_mates_did() -> None:
    crew = {"anna": "in_progress", "ben": "dispatched"}
    for tap in ("hold", "resume", "complete"):
        assert moved("in_progress", crew, "ben", tap) is not None
    step = moved("in_progress", crew, "ben", "decline")
    assert step is not None
    assert (step.member, step.visit) == ("declined", "in_progress"), "one who declines takes the visit from nobody"


@given(st.lists(st.sampled_from([*OPEN, *ENDED[:2], "declined"]), min_size=1, max_size=3))
def test_the_same_state_twice_is_the_same_visit(crew: list[str]) -> None:
    assert state_of(crew) == state_of(crew * 2)


def test_stations_that_nobody_tapped_are_told() -> None:
    rows: list[dict[str, Any]] = [{"accepted_at": 1, "arrived_at": None}, {"arrived_at": 5}]
    assert skipped(rows) == ["en_route"]
    assert skipped([{"started_at": 9}]) == ["accepted", "en_route", "on_site"]
    assert skipped([{}]) == []
