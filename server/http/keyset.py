"""Where a page of a list ends and the next begins, in SQL: behind the last row's values of the order's columns, never by counting.

Counting (OFFSET) reads all rows before the page, and shows a row twice when another was made in front of it meanwhile. Columns
that are compared together have one direction, so that an index is read either way. Rows without a value come last, and first
when the direction is turned round, as PostgreSQL's indexes have them.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, and_, false, literal, or_, tuple_

Columns = tuple[ColumnElement[Any], ...]
"""What a list is ordered by; the last ones together are different in each row."""

READ_AS: dict[type, Any] = {
    datetime: Annotated[datetime, msgspec.Meta(tz=True)],
    int: Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)],
}
"""How a value is read back from a cursor where its type alone lets pass what the driver cannot send."""
KNOWN = (UUID, str, bool, int, float, date, datetime)


def in_order(columns: Columns, *, descending: bool) -> list[ColumnElement[Any]]:
    """For `order_by`."""
    return [column.desc() if descending else column.asc() for column in columns]


def is_behind(columns: Columns, values: Sequence[Any], *, descending: bool) -> ColumnElement[bool]:
    """Whether a row comes after the one that has these values."""
    if not any(_may_be_null(column) for column in columns):
        given = tuple_(*(literal(value, column.type) for column, value in zip(columns, values, strict=True)))
        behind = tuple_(*columns) < given if descending else tuple_(*columns) > given
        return behind if _are_of_one_table(columns) else and_(_is_not_before(columns[0], values[0], descending), behind)
    found: ColumnElement[bool] = false()
    for column, value in reversed(list(zip(columns, values, strict=True))):
        found = or_(_is_beyond(column, value, descending), and_(_is_same(column, value), found))
    return found


def read_values(columns: Columns, values: Sequence[Any]) -> list[Any]:
    """The values of a row as they came out of JSON. Raises `ValueError` when they are no values of these columns."""
    if len(values) != len(columns):
        raise ValueError("another number of values")
    return [
        None if value is None else msgspec.convert(value, _read_as(column), strict=False)
        for column, value in zip(columns, values, strict=True)
    ]


def _read_as(column: ColumnElement[Any]) -> Any:
    kind = column.type.python_type
    if kind not in KNOWN:
        raise TypeError(f"{column} has no type that a cursor can hold: give the list's column one")
    return READ_AS.get(kind, kind)


def _are_of_one_table(columns: Columns) -> bool:
    return len({getattr(column, "table", None) for column in columns}) == 1


def _is_not_before(column: ColumnElement[Any], value: Any, descending: bool) -> ColumnElement[bool]:
    """Follows from the comparison of all columns; it says where in an index to begin, which columns of two tables together do not."""
    given = literal(value, column.type)
    return column <= given if descending else column >= given


def _may_be_null(column: ColumnElement[Any]) -> bool:
    return bool(getattr(column, "nullable", True))


def _is_beyond(column: ColumnElement[Any], value: Any, descending: bool) -> ColumnElement[bool]:
    if descending:
        return column.is_not(None) if value is None else column < literal(value, column.type)
    if value is None:
        return false()
    beyond = column > literal(value, column.type)
    return or_(beyond, column.is_(None)) if _may_be_null(column) else beyond


def _is_same(column: ColumnElement[Any], value: Any) -> ColumnElement[bool]:
    return column.is_(None) if value is None else column == literal(value, column.type)
