"""Paging by the values of a row, against sorting in Python: whatever the values, equal ones and none at all among them."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import BigInteger, Column, Date, DateTime, Integer, MetaData, Table, Text, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.database.engine import make_engine
from server.http.keyset import in_order, is_behind, read_values

TABLE = Table(
    "paged",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("number", BigInteger),
    Column("name", Text(collation="C")),
    Column("at", DateTime(timezone=True)),
    Column("day", Date),
    Column("certain", BigInteger, nullable=False),
    prefixes=["TEMPORARY"],
)
ORDERS: dict[str, tuple[Any, ...]] = {
    "one that may be missing": (TABLE.c.number, TABLE.c.id),
    "a text": (TABLE.c.name, TABLE.c.id),
    "a time": (TABLE.c.at, TABLE.c.id),
    "one that is never missing": (TABLE.c.certain, TABLE.c.id),
    "several": (TABLE.c.day, TABLE.c.number, TABLE.c.certain, TABLE.c.id),
}
BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)
ROW = st.fixed_dictionaries(
    {
        "number": st.none() | st.sampled_from([-(2**63), -1, 0, 1, 2**63 - 1]),
        "name": st.none() | st.sampled_from(["", "a", "A", "é", "李", "a'b", "\\"]),
        "at": st.none() | st.integers(-(10**12), 10**12).map(lambda micros: BEGIN + timedelta(microseconds=micros)),
        "day": st.none() | st.dates(date(1900, 1, 1), date(1900, 1, 3)),
        "certain": st.integers(0, 2),
    }
)


@pytest.fixture
async def connection(database_url: str) -> AsyncIterator[AsyncConnection]:
    engine = make_engine(database_url)
    async with engine.begin() as connection:
        await connection.run_sync(TABLE.metadata.create_all)
        yield connection
    await engine.dispose()


def in_python(rows: list[dict[str, Any]], names: list[str], *, descending: bool) -> list[int]:
    """Rows without a value come last."""

    def place(row: dict[str, Any]) -> tuple[Any, ...]:
        return tuple((row[name] is None, b"" if row[name] is None else sortable(row[name])) for name in names)

    return [row["id"] for row in sorted(rows, key=place, reverse=descending)]


def sortable(value: Any) -> Any:
    return value.encode() if isinstance(value, str) else value


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("descending", [False, True])
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(ROW, min_size=0, max_size=12), size=st.integers(1, 5))
async def test_pages_are_what_sorting_gives(
    connection: AsyncConnection, order: str, descending: bool, rows: list[dict[str, Any]], size: int
) -> None:
    columns = ORDERS[order]
    rows = [{"id": place, **row} for place, row in enumerate(rows)]
    await connection.execute(delete(TABLE))
    if rows:
        await connection.execute(insert(TABLE), rows)
    seen: list[int] = []
    values: list[Any] | None = None
    for _ in range(len(rows) + 1):
        query = select(TABLE.c.id, *columns).order_by(*in_order(columns, descending=descending)).limit(size)
        if values is not None:
            query = query.where(is_behind(columns, values, descending=descending))
        page = (await connection.execute(query)).all()
        if not page:
            break
        seen += [row[0] for row in page]
        values = list(page[-1][1:])
    assert seen == in_python(rows, [column.name for column in columns], descending=descending)


@pytest.mark.parametrize(
    "values", [[], [1], [1, 2, 3], ["x", 1], [2**63, 1], [1.5, 1], [[], 1], [{}, 1], [True, 1], [1, "x"]]
)
def test_what_is_no_value_of_the_columns_is_refused(values: list[Any]) -> None:
    with pytest.raises(ValueError):
        read_values(ORDERS["one that may be missing"], values)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError):
        read_values(ORDERS["a time"], ["2026-03-02T09:00:00", 1])
    assert read_values(ORDERS["a time"], ["2026-03-02T09:00:00Z", 1])[0] == datetime(2026, 3, 2, 9, tzinfo=UTC)
