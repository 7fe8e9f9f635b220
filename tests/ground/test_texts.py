"""What people type: trimmed, blank or not, and when two spellings are one code."""

import unicodedata
from typing import Annotated

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.ground.problems import Invalid
from server.ground.texts import AS_TYPED, CODE, Written, as_code, distinct, folded, is_blank, trimmed

SAME = [
    "AB-1",
    "ab-1",
    " AB-1",
    "AB-1\u00a0",
    "AB\u200b-1",
    "ＡＢ－１",
    "AB‐1",
    "AB–1",
    "AB - 1",
    "\ufeffAB-1\r\n",
    "AB-\u00ad1",
]


@pytest.mark.parametrize("spelling", SAME)
def test_spellings_of_one_code_are_folded_to_the_same(spelling: str) -> None:
    assert folded(spelling) == "ab-1"


@pytest.mark.parametrize(("one", "other"), [("AB-1", "AB1"), ("000123", "123"), ("O1", "01"), ("Ä1", "A1")])
def test_other_codes_are_kept_apart(one: str, other: str) -> None:
    assert folded(one) != folded(other)


@pytest.mark.parametrize(
    "blank",
    ["", " ", "\u00a0", "\u200b", "\u3000", "\t\n", "\u3164", "\u2800", "\u202e", "\ufe0f", "\x07", "\u115f\u1160"],
)
def test_what_nobody_can_see_is_blank(blank: str) -> None:
    assert is_blank(blank)
    assert as_code(blank) == ""


@pytest.mark.parametrize(
    "shown", ["0", "王", "é", "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", "❤\ufe0f", "-"]
)
def test_what_can_be_seen_stays_as_it_is(shown: str) -> None:
    assert not is_blank(shown)
    assert trimmed(f" \u200b{shown}\u00a0\n") == shown


def test_what_is_inside_a_text_stays_as_it_was_typed() -> None:
    assert trimmed("  Ａ  b\u200bc\nd ") == "Ａ  b\u200bc\nd"


@given(st.text(st.characters(exclude_categories=("Cs",))))
def test_folding_is_done_once_and_for_all(text: str) -> None:
    assert folded(folded(text)) == folded(text)
    assert as_code(as_code(text)) == as_code(text)
    assert folded(text) == folded(unicodedata.normalize("NFD", text))
    assert trimmed(trimmed(text)) == trimmed(text)
    assert is_blank(text) or trimmed(text)


def test_of_a_list_of_codes_each_is_kept_once_as_it_was_first_written() -> None:
    assert distinct(["Chiller", "chiller", "electrical", "CHILLER "]) == ["Chiller", "electrical"]


Must = Annotated[str, msgspec.Meta(min_length=1, max_length=10)]
Code = Annotated[str, msgspec.Meta(min_length=1, max_length=10, extra=CODE)]


class Form(Written):
    """A form with a text of each sort."""

    name: Must = "x"
    note: str = "x"
    code: Code = "x"
    other: Code | None = None
    skills: Annotated[list[Annotated[Code, msgspec.Meta(examples=["x"])]], msgspec.Meta(max_length=3)] = []  # noqa: RUF012
    password: Annotated[str, msgspec.Meta(min_length=1, extra=AS_TYPED)] = "x"


def read(**typed: object) -> Form:
    return msgspec.convert(typed, Form)


def test_a_form_reads_its_texts_and_leaves_secrets_alone() -> None:
    form = read(name=" 李 伟 ", note=" ", code="ａ 1\u200b", other=" b ", skills=["ｃ"], password=" ")
    assert msgspec.structs.astuple(form) == ("李 伟", "", "a 1", "b", ["c"], " ")


@pytest.mark.parametrize("field", ["name", "code", "other"])
def test_a_form_refuses_a_blank_where_something_must_stand_and_names_the_field(field: str) -> None:
    with pytest.raises(Invalid, match=rf"^{field} is blank"):
        read(**{field: "\u200b"})


def test_a_blank_in_a_list_is_refused() -> None:
    with pytest.raises(Invalid, match=r"^skills is blank"):
        read(skills=["a", " "])


def test_a_code_that_is_too_long_as_one_reads_it_is_refused() -> None:
    with pytest.raises(Invalid, match=r"^code is longer than 10"):
        read(code="\ufdfa")
