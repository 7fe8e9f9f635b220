"""Answers a list: a page in JSON with where the next one begins, or all of it as CSV."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, TypeAlias, cast
from urllib.parse import parse_qsl, urlencode

from litestar import Request, Response
from litestar.datastructures import State
from litestar.response import Stream
from sqlalchemy import ColumnClause, Row, Select, TextClause, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.ground.moments import must_be_moment
from server.ground.problems import Invalid
from server.http import list_csv
from server.http.keyset import in_order, is_behind
from server.http.list_cursor import Place, written
from server.http.listing import MOST_IN_CSV, Asked, Column, Listed, Out

Query: TypeAlias = Select[*tuple[Any, ...]]
Shown = Callable[[AsyncSession, Sequence[Any]], Awaitable[list[Out]]]
"""Makes of a page's rows what goes out, in a fixed number of statements. Rows of one column come as its values."""


ROWS_AT_ONCE = 200
"""Of a file: so few that other requests of the process do not wait for it."""


class TooManyRows(Invalid):
    """These are more rows than one file has"""

    code = "too_many_rows"


def select_text(statement: TextClause, *columns: ColumnClause[Any]) -> Query:
    """A query over SQL text, which has these columns, and neither order nor limit; those that a list is ordered by have a type.

    The columns name no table, so that a `Listing` can be declared once for a text with new values each time.
    """
    return select(*statement.columns(*columns).subquery("found").c)


def narrowed(query: Query, *filters: tuple[Column, Any]) -> Query:
    """The query with those filters that were asked for: each a column and its value, None when it was not."""
    return query.where(*(column == value for column, value in filters if value is not None))


def within(query: Query, column: Column, start: datetime | None, before: datetime | None, name: str) -> Query:
    """The query with a stretch of time, as it is asked for by `<name>_from` and `<name>_before`. Raises `Invalid`."""
    if start is not None:
        query = query.where(column >= must_be_moment(start, f"{name}_from"))
    if before is not None:
        query = query.where(column < must_be_moment(before, f"{name}_before"))
    return query


def each(one: Callable[..., Out]) -> Shown[Out]:
    """Shows rows one by one; `one` gets the columns of a row."""

    async def shown(_: AsyncSession, rows: Sequence[Any]) -> list[Out]:
        return [one(*row) if isinstance(row, Row) else one(row) for row in rows]

    return shown


def each_row(one: Callable[[Any], Out]) -> Shown[Out]:
    """Shows rows one by one; `one` gets the row, with its columns by name."""

    async def shown(_: AsyncSession, rows: Sequence[Any]) -> list[Out]:
        return [one(row) for row in rows]

    return shown


async def listed(
    asked: Asked, session: AsyncSession, query: Query, show: Shown[Out], *, when_empty: Sequence[Out] = ()
) -> Listed[Out]:
    """Answer a list. The query has its filters, and neither order nor limit.

    `when_empty` is shown instead of nothing, where nothing was entered and something holds all the same.
    """
    headers = {}
    if asked.total:
        headers["Total-Count"] = str(await _count(session, query) or len(when_empty))
    if asked.as_csv:
        if await _count(session, query, MOST_IN_CSV + 1) > MOST_IN_CSV:
            raise TooManyRows(
                f"These are more than {MOST_IN_CSV} rows, the most for one file. Narrow them by a filter."
            )
        return _file(asked, _pages(asked, query, show, when_empty), headers)
    rows, behind = await _page(asked, session, query, asked.values, asked.limit)
    if behind is not None:
        cursor = written(Place(asked.listing.name, asked.sort, asked.filters, behind))
        headers |= {"Next-Cursor": cursor, "Link": f'<{_address(asked.request, cursor)}>; rel="next"'}
    out = await show(session, rows)
    return Response(out or list(when_empty if asked.values is None else ()), headers=headers)


async def _page(
    asked: Asked, session: AsyncSession, query: Query, values: list[Any] | None, limit: int
) -> tuple[Sequence[Any], list[Any] | None]:
    """The rows behind some values, and the values of the last of them when there are more."""
    columns, descending = asked.listing.columns(asked.sort), asked.sort.startswith("-")
    own = len(query.column_descriptions)
    query = query.add_columns(*(column.label(f"key_{place}") for place, column in enumerate(columns)))
    if values is not None:
        query = query.where(is_behind(columns, values, descending=descending))
    # One row more than is shown says whether there is another page.
    query = query.order_by(None).order_by(*in_order(columns, descending=descending)).limit(limit + 1)
    found = (await session.execute(query)).freeze()
    rows = found().scalars().all() if own == 1 else found().columns(*range(own)).all()
    if len(rows) <= limit:
        return rows, None
    return rows[:limit], list(found().all()[limit - 1][own:])


async def _count(session: AsyncSession, query: Query, most: int | None = None) -> int:
    """How many rows the query has; counted as far as `most`."""
    rows = query.with_only_columns(literal(1).label("one"), maintain_column_froms=True).order_by(None).limit(most)
    return await session.scalar(select(func.count()).select_from(rows.subquery())) or 0


def _file(asked: Asked, pages: AsyncIterator[Sequence[Out]], headers: dict[str, str]) -> Listed[Out]:
    named = {"content-disposition": f'attachment; filename="{asked.listing.name}.csv"'}
    text = list_csv.lines(asked.listing.row, pages)
    return cast(Listed[Out], Stream(text, media_type=list_csv.CONTENT_TYPE, headers=headers | named))


async def _pages(
    asked: Asked, query: Query, show: Shown[Out], when_empty: Sequence[Out]
) -> AsyncIterator[Sequence[Out]]:
    """In sessions of their own, one a page: the request's is closed by then, and a slow reader holds no connection."""
    values: list[Any] | None = None
    first = more = True
    while more:
        async with asked.request.app.state.sessions() as session:
            rows, behind = await _page(asked, session, query, values, ROWS_AT_ONCE)
            out = await show(session, rows)
        yield out or (when_empty if first else ())
        first, more, values = False, behind is not None, behind


def _address(request: Request[Any, Any, State], cursor: str) -> str:
    """This request with another cursor. Without host and scheme, which a proxy may have changed."""
    asked = parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)
    kept = [(name, value) for name, value in asked if name != "cursor"]
    return f"{request.url.path}?{urlencode([*kept, ('cursor', cursor)])}"
