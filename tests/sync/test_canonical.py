"""The quick look whether a text is canonical agrees with the RFC's own library on every text."""

from typing import Any

import msgspec
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from server.sync.chain import is_canonical

TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=5),
    max_leaves=20,
)


@given(st.dictionaries(TEXT, VALUES, max_size=6))
def test_the_canonical_form_is_taken(value: dict[str, Any]) -> None:
    raw = rfc8785.dumps(value)
    assert is_canonical(raw.decode(), raw, msgspec.json.decode(raw))


@given(st.dictionaries(TEXT, VALUES, max_size=6), st.sampled_from(("space", "reversed", "escaped")))
def test_another_form_of_the_same_value_is_not(value: dict[str, Any], change: str) -> None:
    raw = rfc8785.dumps(value)
    other = {
        "space": raw + b" ",
        "reversed": msgspec.json.encode(dict(sorted(value.items(), reverse=True))),
        "escaped": raw.decode().encode("ascii", "backslashreplace"),
    }[change]
    try:
        decoded = msgspec.json.decode(other)
    except msgspec.DecodeError:
        return
    assert is_canonical(other.decode(), other, decoded) == (other == rfc8785.dumps(decoded))
