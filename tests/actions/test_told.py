"""What of a change is written down: what changed and nothing else, and no text that somebody wrote."""

from datetime import UTC, date
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from server.actions.rules import Thing, Told, Word, told, worded

OPEN = st.one_of(
    st.booleans(), st.integers(), st.uuids(), st.dates(), st.datetimes(timezones=st.just(UTC)),
    st.sampled_from([Thing.VISIT, Word("scheduled")]), st.lists(st.uuids(), min_size=1),
)  # fmt: skip
TEXT = st.text("ab 7王", min_size=10)
WRITTEN = st.one_of(TEXT, st.floats(allow_nan=False), st.binary(min_size=1), st.lists(TEXT, min_size=1))
FIELDS = st.dictionaries(st.sampled_from("abcdef"), st.one_of(OPEN, WRITTEN, st.none(), st.just("")))


def test_a_field_that_changed_has_its_values() -> None:
    before = {"state": Word("scheduled"), "minutes": 60, "crew": [UUID(int=1)]}
    after = {"state": Word("cancelled"), "minutes": 60, "crew": []}
    assert told(before, after) == Told({"state": "scheduled", "crew": [UUID(int=1)]}, {"state": "cancelled"}, [])


def test_of_a_text_only_the_name_is_told() -> None:
    change = told({"name": "王芳", "phone": "138"}, {"name": "王芳", "phone": "139", "note": "rings twice"})
    assert change == Told({}, {}, ["note", "phone"])


def test_a_position_is_where_somebody_is() -> None:
    assert told({"latitude": 31.2}, {"latitude": 31.3}).withheld == ["latitude"]


def test_a_field_that_holds_a_text_on_one_side_is_withheld_on_both() -> None:
    assert told({"of": UUID(int=1)}, {"of": "the customer's brother"}) == Told({}, {}, ["of"])


def test_words_of_ours_are_named_one_by_one() -> None:
    fields = worded({"kind": "repair", "subject": "E42", "site": None}, "kind", "site")
    assert told({}, fields) == Told({}, {"kind": "repair"}, ["subject"])


def test_what_is_empty_was_never_said() -> None:
    day = date(2026, 3, 1)
    assert told({"note": ""}, {"note": None, "skills": [], "hours": {}, "day": day}) == Told({}, {"day": day}, [])


@given(FIELDS, FIELDS)
def test_nothing_is_told_that_somebody_wrote_and_nothing_that_stayed(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    change = told(before, after)
    named = {*change.before, *change.after, *change.withheld}
    assert not named & {name for name in before if name in after and before[name] == after[name]}
    assert named >= {name for name in after if after[name] not in (None, "", [], {}) and name not in before}
    assert not set(change.withheld) & {*change.before, *change.after}
    for value in (*change.before.values(), *change.after.values()):
        for one in value if isinstance(value, list) else [value]:
            assert isinstance(one, bool | int | UUID | date) or one in ("visit", "scheduled")
