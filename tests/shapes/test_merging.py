"""Free text that two people changed: nobody's words are lost, and nothing stands there twice."""

from hypothesis import given
from hypothesis import strategies as st

from mobile_contract.shapes.merging import SEPARATOR, merge_text

TEXT = st.text("ab \n", max_size=6)


@given(TEXT, TEXT, TEXT)
def test_both_texts_are_in_the_result(now: str, was: str, wanted: str) -> None:
    merged, met = merge_text(now, was, wanted)
    if met:
        assert now in merged
        assert wanted in merged or wanted == was
    else:
        assert merged == wanted
        assert now in (was, wanted)


@given(TEXT, TEXT, TEXT)
def test_the_same_change_twice_adds_nothing(now: str, was: str, wanted: str) -> None:
    once, _ = merge_text(now, was, wanted)
    twice, _ = merge_text(once, was, wanted)
    if wanted and SEPARATOR not in wanted:
        assert twice == once
