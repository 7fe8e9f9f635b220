"""A list as CSV, for spreadsheets and for programs: UTF-8 with its mark, one line a row, values as the API has them.

A spreadsheet takes a cell for a formula when it begins with certain characters, and a text from outside (a ticket's subject) could so
run something at the desk. Such a text gets an apostrophe in front. A sign with nothing behind it but digits and what stands between
the digits of numbers and phone numbers is left: no function and no cell can be named with those, so it can do no harm.
"""

import csv
import io
import re
from collections.abc import AsyncIterator, Iterable
from typing import Any

import msgspec

MARK = "\ufeff"
"""Without it spreadsheets take UTF-8 for an older encoding, and Chinese is lost."""
CONTENT_TYPE = "text/csv"

FORMULA = re.compile("[ \u00a0\u3000]*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
"""What a spreadsheet begins a formula with, after spaces and in the wide letters of Chinese and Japanese ones too."""
NUMBER = re.compile(r"[+-][\d ()./,-]*")
"""A number or a phone number, such as -12.5 or +86 (21) 6248-3180."""


async def lines(kind: type[msgspec.Struct], pages: AsyncIterator[Iterable[msgspec.Struct]]) -> AsyncIterator[bytes]:
    """The bytes of the file, page by page: a line with the names of the struct's fields, and a line for each row."""
    names = kind.__struct_fields__
    yield (MARK + _line(names)).encode()
    async for page in pages:
        if text := "".join(_line(cell(getattr(row, name)) for name in names) for row in page):
            yield text.encode()


def cell(value: Any) -> str:
    """A value in its cell: nothing is empty, lists and objects are JSON, everything else as in JSON without quotation marks."""
    if value is None:
        return ""
    if isinstance(value, str):
        text = str(value)
        return f"'{text}" if FORMULA.match(text) and not NUMBER.fullmatch(text) else text
    text = msgspec.json.encode(value, enc_hook=str).decode()
    return cell(msgspec.json.decode(text)) if text.startswith('"') else text


def _line(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue()
