"""Many rows by one statement that is always the same text, whatever their number: arrays go in, not a parameter for each."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import (
    Column,
    ColumnElement,
    Insert,
    TableValuedAlias,
    Update,
    any_,
    bindparam,
    func,
    insert,
    select,
    update,
)
from sqlalchemy import Table as SqlTable
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import QueryableAttribute
from sqlalchemy.types import TypeEngine

from server.database.tables import Table


def among(column: QueryableAttribute[Any], name: str) -> ColumnElement[bool]:
    """Whether a column has one of the values in the parameter `name`, a list. `in_` makes a parameter, and text, of each."""
    return column == any_(bindparam(name, type_=ARRAY(column.type)))


async def add_rows(session: AsyncSession, table: type[Table], rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows, each a mapping from column to value; where one is left out, the column's default."""
    if not rows:
        return
    whole = cast(SqlTable, table.__table__)
    given = frozenset().union(*rows)
    columns = [column for column in whole.columns if column.name in given or column.default is not None]
    values = {
        f"{column.name}s": [row[column.name] if column.name in row else _default(column) for row in rows]
        for column in columns
    }
    await session.execute(_insert(whole, tuple(column.name for column in columns)), values)


async def change_rows(session: AsyncSession, table: type[Table], rows: Sequence[dict[str, Any]]) -> None:
    """Update rows by their id, each a mapping from the same columns to their new values."""
    whole = cast(SqlTable, table.__table__)
    values = {f"{name}s": [row[name] for row in rows] for name in rows[0]}
    await session.execute(_update(whole, tuple(rows[0])), values)


def _default(column: Column[Any]) -> Any:
    default: Any = column.default
    if default is None:
        return None
    return default.arg(None) if default.is_callable else default.arg


@lru_cache(maxsize=256)
def _insert(table: SqlTable, names: tuple[str, ...]) -> Insert:
    """With an array for each column, so that the statement is the same for any number of rows."""
    return insert(table).from_select(names, select(*_rows(table, names).columns), include_defaults=False)


@lru_cache(maxsize=256)
def _update(table: SqlTable, names: tuple[str, ...]) -> Update:
    rows = _rows(table, names)
    return update(table).where(table.c.id == rows.c.id).values({name: rows.c[name] for name in names if name != "id"})


def _rows(table: SqlTable, names: Sequence[str]) -> TableValuedAlias:
    arrays = [bindparam(f"{name}s", type_=ARRAY(_element(table.columns[name]))) for name in names]
    return func.unnest(*arrays).table_valued(*names, name="rows").render_derived()


def _element(column: Column[Any]) -> TypeEngine[Any]:
    # Else None in an array would be the JSON value null.
    return JSONB(none_as_null=True) if isinstance(column.type, JSONB) else column.type
