"""Many rows by one statement that is always the same text, whatever their number: arrays go in, not a parameter for each.

The text goes to the driver as it is: compiling a statement with as many arrays costs as much as running it.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Column, ColumnElement, any_, bindparam
from sqlalchemy import Table as SqlTable
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, dialect
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import QueryableAttribute

from server.database.engine import to_json
from server.database.tables import Table

POSTGRES = dialect()  # type: ignore[no-untyped-call]


def among(column: QueryableAttribute[Any], name: str) -> ColumnElement[bool]:
    """Whether a column has one of the values in the parameter `name`, a list. `in_` makes a parameter, and text, of each."""
    return column == any_(bindparam(name, type_=ARRAY(column.type)))


async def add_rows(session: AsyncSession, table: type[Table], rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows, each a mapping from column to value; where one is left out, the column's default."""
    if not rows:
        return
    whole = cast(SqlTable, table.__table__)
    columns = _written(whole, frozenset().union(*rows))
    arrays = [_array(column, _values(column, rows)) for column in columns]
    await _run(session, _insert(whole, columns), arrays)


async def change_rows(session: AsyncSession, table: type[Table], rows: Sequence[dict[str, Any]]) -> None:
    """Update rows by their id, each a mapping from the same columns to their new values. Raises `LookupError` when one is not there."""
    whole = cast(SqlTable, table.__table__)
    columns = tuple(whole.columns[name] for name in rows[0])
    arrays = [_array(column, [row[column.name] for row in rows]) for column in columns]
    if (found := await _run(session, _update(whole, columns), arrays)) != len(rows):
        raise LookupError(f"{len(rows) - found} of {len(rows)} rows of {whole.name} are not there to be changed")


async def _run(session: AsyncSession, text: str, arrays: list[list[Any]]) -> int:
    connection = await session.connection()
    result = await connection.exec_driver_sql(text, tuple(arrays))
    return int(result.rowcount)


@lru_cache(maxsize=256)
def _written(table: SqlTable, given: frozenset[str]) -> tuple[Column[Any], ...]:
    return tuple(column for column in table.columns if column.name in given or column.default is not None)


def _values(column: Column[Any], rows: Sequence[dict[str, Any]]) -> list[Any]:
    name = column.name
    try:
        return [row[name] for row in rows]
    except KeyError:
        return [row[name] if name in row else _default(column) for row in rows]


def _default(column: Column[Any]) -> Any:
    default: Any = column.default
    if default is None:
        return None
    return default.arg(None) if default.is_callable else default.arg


def _array(column: Column[Any], values: list[Any]) -> list[Any]:
    """The values as the driver takes them. Nothing is NULL, never the JSON value null."""
    if isinstance(column.type, JSONB):
        return [None if value is None else to_json(value) for value in values]
    return values


@lru_cache(maxsize=256)
def _insert(table: SqlTable, columns: tuple[Column[Any], ...]) -> str:
    return f"insert into {table.name} ({_names(columns)}) select * from {_rows(columns)}"  # noqa: S608  our own names


@lru_cache(maxsize=256)
def _update(table: SqlTable, columns: tuple[Column[Any], ...]) -> str:
    new = ", ".join(f'"{column.name}" = rows."{column.name}"' for column in columns if column.name != "id")
    return f"update {table.name} set {new} from {_rows(columns)} where {table.name}.id = rows.id"  # noqa: S608  our own names


def _rows(columns: Sequence[Column[Any]]) -> str:
    arrays = ", ".join(f"${number}::{column.type.compile(POSTGRES)}[]" for number, column in enumerate(columns, 1))
    return f"unnest({arrays}) rows ({_names(columns)})"


def _names(columns: Sequence[Column[Any]]) -> str:
    return ", ".join(f'"{column.name}"' for column in columns)
