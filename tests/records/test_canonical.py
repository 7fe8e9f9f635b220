"""Canonical JSON: the sealer's and the verifier's agree, and fractions are refused by both."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.records.canonical import NotCanonical, canonical, from_base64url, sha256_hex, to_base64url
from server.records.verify import strict

NUMBERS = st.integers(min_value=-(2**53) + 1, max_value=2**53 - 1)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def test_members_are_sorted_by_utf16_as_rfc_8785_shows():
    value = {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\u0080": 6, "\u00f6": 7}
    expected = '{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\U0001f600":5,"\ufb33":3}'
    assert canonical(value) == expected.encode()


def test_control_characters_are_escaped_as_rfc_8785_shows():
    assert canonical('\u20ac$\u000f\nA\'B"\\"/') == '"\u20ac$\\u000f\\nA\'B\\"\\\\\\"/"'.encode()


@pytest.mark.parametrize("value", [1.5, {"a": [0.1]}, 2**53, float("nan"), {1: 2}, "\ud800", {"\udfff": 1}])
def test_what_has_no_canonical_form_is_refused(value):
    with pytest.raises(NotCanonical):
        canonical(value)


@given(VALUES)
def test_the_verifier_reads_what_the_sealer_writes(value):
    assert strict.read_canonical(canonical(value)) == value


@pytest.mark.parametrize(
    "text",
    [
        '{"b":1,"a":2}',
        '{"a":1, "b":2}',
        '{"a":1,"a":1}',
        "1.0",
        "1e3",
        "-0",
        '"\\u0041"',
        "9007199254740992",
        "NaN",
        '"\\/"',
        " 1",
        "01",
    ],
)
def test_the_verifier_refuses_other_spellings(text):
    with pytest.raises(ValueError):
        strict.read_canonical(text)


@given(st.binary(max_size=70))
def test_base64url_goes_there_and_back(data):
    assert from_base64url(to_base64url(data)) == data
    assert strict.from_base64url(to_base64url(data)) == data


def test_the_verifier_refuses_base64url_with_loose_last_bits():
    with pytest.raises(ValueError):
        strict.from_base64url("AB")


def test_a_text_and_its_bytes_have_one_hash():
    assert sha256_hex("售后") == sha256_hex("售后".encode()) == strict.sha256("售后")
