"""Reports, strokes and decisions as Hypothesis draws them: right ones, near-misses, and what nobody thought of."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import rfc8785
from hypothesis import strategies as st

from server.contract.vectors.shapes import DRAWINGS
from tests.day import STROKES

Json = dict[str, Any]
LETTERS = "aZ0 é风\n\t\\\"{}<>#$*_@-'\u0007\u202e\u200d\ufe0f\u20e3\u0301\ufffe\ue000ไئहម👍\U0001f1e8"
"""What means something to JSON, to Typst and to pages; and controls, marks, joiners, scripts and emoji that printing minds."""

TEXT = st.text(st.sampled_from(LETTERS), max_size=12)
WHOLE = st.one_of(
    st.integers(-10, 10), st.integers(-(2**54), 2**54), st.sampled_from([0, 1, 2**53 - 1, 2**53, -(2**53), 10**30])
)
VALUE = st.recursive(
    st.one_of(
        st.none(), st.booleans(), WHOLE, st.floats(allow_nan=False, allow_infinity=False), TEXT,
        st.sampled_from(["2", "450.00", "2026-03-14T10:00:00Z", "EUR", "eur", "", "localtime", "signed", "0" * 64]),
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)  # fmt: skip
CURRENCY = st.sampled_from(["EUR", "EUR", "EUR", "CNY", "JPY"])
NUMBER = st.one_of(
    st.integers(-50, 900), st.floats(-50, 900), st.sampled_from([0, 0.5, 1e-320, 1e-9, 999_999.5, -1e6, 1e7, None, "1"])
)


@dataclass(frozen=True)
class Sent:
    """What a phone sends of a visit: how it changes its report, the attachment, and what it changes of the `sign` body."""

    changes: list[tuple[int, str, Any]]
    bill: Json
    strokes: str | None
    other: Json

    def applied_to(self, report: Json) -> str:
        """The report's text with the changes; canonical where there is a canonical form."""
        value = report | self.bill
        for place, act, new in self.changes:
            ways = list(_ways(value))
            *way, last = ways[place % len(ways)]
            _change(value, way, last, act, new)
        try:
            return rfc8785.dumps(value).decode()
        except rfc8785.CanonicalizationError:
            return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _ways(value: Any) -> Iterator[list[Any]]:
    """The place of every member and item."""
    if isinstance(value, dict | list):
        for name, item in list(value.items() if isinstance(value, dict) else enumerate(value)):
            yield [name]
            yield from ([name, *rest] for rest in _ways(item))


def _change(value: Any, way: list[Any], last: Any, act: str, new: Any) -> None:
    for step in way:
        value = value[step]
    if act == "drop":
        value.pop(last)
    elif act == "twice" and isinstance(value[last], list):
        value[last] = value[last] * 2
    elif act == "unknown" and isinstance(value[last], dict):
        value[last] = {**value[last], "unknown": new}
    elif act == "set":
        value[last] = new


@st.composite
def bills(draw: st.DrawFn) -> Json:
    """Parts, charges, and a total that mostly follows from them."""
    quantity, price = st.integers(-2, 9), st.integers(0, 90_000)
    parts = [
        {"name": draw(TEXT), "quantity": draw(quantity), "unit_price": draw(price), "currency": draw(CURRENCY), "charged": draw(st.booleans())}
        for _ in range(draw(st.integers(0, 3)))
    ]  # fmt: skip
    charges = [
        {"label": draw(TEXT), "amount": draw(st.integers(-9_000, 90_000)), "currency": draw(CURRENCY)}
        for _ in range(draw(st.integers(0, 2)))
    ]
    due = sum(one["quantity"] * one["unit_price"] for one in parts if one["charged"])
    due += sum(one["amount"] for one in charges)
    total = draw(st.sampled_from([due, due, due, due + 1, 1, None]))
    return {
        "parts": parts,
        "charges": charges,
        "total": total if total is None else {"amount": total, "currency": "EUR"},
    }


@st.composite
def decisions(draw: st.DrawFn) -> tuple[str | None, Json]:
    """Strokes, and what is changed of the body that goes with good ones."""
    points = st.lists(st.lists(NUMBER, min_size=1, max_size=5), max_size=4)
    drawn = st.lists(points, max_size=3).map(lambda strokes: json.dumps({"strokes": strokes}))
    odd: dict[str, st.SearchStrategy[Any]] = {
        "signer": st.sampled_from([None, {"name": " \u3000"}, {"name": "\u200b"}, {"name": "李", "role": "主管"}]),
        "consent": st.just({"id": "work-confirmation-1", "sha256": "0" * 64, "locale": "en"}),
        "reason": TEXT,
        "outcome": st.sampled_from(["signed", "refused", "customer_absent"]),
    }
    other = draw(st.fixed_dictionaries({}, optional=odd)) if draw(st.integers(0, 3)) == 0 else {}
    if draw(st.integers(0, 3)) == 0:
        outcome = draw(st.sampled_from(["refused", "customer_absent"]))
        return None, {"outcome": outcome, "signer": None, "reason": "too dear", **other}
    strokes = draw(st.one_of(st.just(STROKES), st.just(STROKES), st.sampled_from(sorted(DRAWINGS.values())), drawn))
    return strokes, other


@st.composite
def sendings(draw: st.DrawFn) -> Sent:
    """What a phone may send of a visit. Every second report is as a good phone makes it but for its bill."""
    act = st.sampled_from(["set", "set", "drop", "twice", "unknown", "unknown"])
    changes = st.lists(st.tuples(st.integers(0, 500), act, VALUE), min_size=1, max_size=3)
    strokes, other = draw(decisions())
    return Sent(draw(changes) if draw(st.booleans()) else [], draw(bills()), strokes, other)
