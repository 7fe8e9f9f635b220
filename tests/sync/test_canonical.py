"""The quick look whether a text is canonical agrees with the RFC's own library on every text."""

import json
from typing import Any
from uuid import UUID

import msgspec
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from server.contract.written import FOLDER
from server.sync.chain import NotCanonical, is_canonical, read_link
from server.sync.schemas import WireOperation

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


@pytest.mark.parametrize("name", ["device_id", "subject.id"])
def test_an_envelope_names_its_ids_by_the_letters_that_verifiers_look_for(name: str) -> None:
    vectors: dict[str, Any] = json.loads((FOLDER / "vectors.json").read_text())
    envelope = vectors["envelope"]
    part, _, member = name.rpartition(".")
    holder = envelope[part] if part else envelope
    holder[member] = holder[member].upper()
    text = rfc8785.dumps(envelope).decode()
    link = read_link(WireOperation(text, vectors["signature"]), UUID(envelope["device_id"]))
    assert isinstance(link.fault, NotCanonical)
    assert f"{name} should be written in lower case" in link.fault.detail
