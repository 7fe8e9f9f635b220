"""Cells of a CSV: formulas are made harmless, and nothing else is touched."""

import csv
import io
import json
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar import Litestar

from server.http import list_csv, list_pages
from server.http.list_csv import cell
from tests.company import Company
from tests.http.lists.rows import LISTS, ids_of, insert


@pytest.mark.parametrize(
    "text",
    [
        "=1+1", "+cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "=", "@", "+A1", "-a", " =1", "\u3000=1",
        "＝1+1", "＠SUM", "+1;A1", "-1\n=2", "+86 21 6248 ext", "--A1",
    ],
)  # fmt: skip
def test_what_a_spreadsheet_would_run_has_an_apostrophe_in_front(text: str) -> None:
    assert cell(text) == "'" + text


@pytest.mark.parametrize(
    "text",
    ["+86 21 6248 3180", "+86 (21) 6248-3180", "-12.5", "+3", "-1,234.50", "+49/30/123", "Chiller", "李", "", "a=b", "1-2", "(=1)", "'=1", "-", "+"],
)  # fmt: skip
def test_numbers_phone_numbers_and_plain_texts_are_left(text: str) -> None:
    assert cell(text) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""), (-5, "-5"), (0, "0"), (-1.5, "-1.5"), (True, "true"), ([], "[]"), ([1, "a"], '[1,"a"]'), ({"a": None}, '{"a":null}'),
        (datetime(2026, 3, 2, 9, tzinfo=UTC), "2026-03-02T09:00:00Z"), (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (msgspec.Raw(b'"=1"'), "'=1"), (msgspec.Raw(b'{"a":1}'), '{"a":1}'),
    ],
)  # fmt: skip
def test_values_are_as_in_json_without_quotation_marks(value: Any, text: str) -> None:
    assert cell(value) == text


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_no_text_begins_as_a_formula_but_for_those_that_name_nothing(text: str) -> None:
    shown = cell(text)
    assert shown in (text, "'" + text)
    if shown.strip(" \u00a0\u3000")[:1] in tuple("=+-@\t\r\n"):
        assert shown[:1] in ("", *"+-")
        assert not any(letter.isalpha() or letter in "=@|!" for letter in shown)


class Line(msgspec.Struct):
    name: str
    note: str | None
    parts: list[str]


async def test_a_file_is_read_back_as_it_was() -> None:
    rows = [Line('a "quoted", text', None, ["x,y"]), Line("two\nlines", "", [])]

    async def pages() -> AsyncIterator[Sequence[Line]]:
        yield rows[:1]
        yield []
        yield rows[1:]

    text = b"".join([part async for part in list_csv.lines(Line, pages())]).decode("utf-8-sig")
    names, *lines = csv.reader(io.StringIO(text, newline=""))
    assert names == ["name", "note", "parts"]
    assert [Line(name, note or None, json.loads(parts)) for name, note, parts in lines] == [
        rows[0], Line("two\nlines", None, [])
    ]  # fmt: skip


async def test_a_file_has_all_rows_however_many_pages_and_more_than_the_most_is_refused(
    company: Company, app: Litestar
) -> None:
    ids = await ids_of(company, app)
    for n in range(9):
        await insert(app, LISTS["list_tickets"].make(ids, n))
    with patch.object(list_pages, "ROWS_AT_ONCE", 2):
        file = await company.call("mei", "GET", "/v1/tickets", params={"format": "csv", "sort": "number"})
    rows = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"), newline="")))
    assert [row["subject"] for row in rows] == [f"'=E{n}" for n in range(9)]
    with patch.object(list_pages, "MOST_IN_CSV", 8):
        refused = await company.call("mei", "GET", "/v1/tickets", params={"format": "csv"})
        assert (refused.status_code, refused.json()["code"]) == (422, "too_many_rows")
        narrow = {"format": "csv", "received_from": "2026-03-01T08:01:00Z"}
        assert (await company.call("mei", "GET", "/v1/tickets", params=narrow)).status_code == 200
