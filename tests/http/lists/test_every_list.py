"""Every list of the application: found by itself, paged through, counted, read as a file, and while rows come and go."""

import csv
import io
import json
from typing import Any

import httpx
import pytest
from litestar import Litestar

from server.http.list_cursor import Place, written
from server.http.listing import Listing
from tests.company import Company
from tests.http.lists.rows import LISTS, Ids, Rows, ids_of, insert, remove
from tests.identity.test_audiences import another_office, doors
from tests.media.test_many import counted

BOUNDED = {"list_answers", "list_ticket_clocks", "list_notification_rules"}
"""Lists that have no pages: their description says by what they are bounded."""
PER_OFFICE = {
    "list_tickets", "list_jobs", "list_devices", "list_enrolment_codes", "list_customers", "list_technicians", "list_missing_photos",
    "list_disputes", "list_unsealed", "list_closed_without", "list_incidents", "list_parked", "list_actions",
    "list_notifications",
}  # fmt: skip
"""A desk that is narrowed to its own office sees no other's of these."""


def listings(app: Litestar) -> dict[str, Listing | None]:
    """Every route that answers a list, by its handler's name, with its declaration."""
    found: dict[str, Listing | None] = {}
    for method, path, handler, audience in doors(app):
        answers_a_list = "list[" in str(handler.parsed_fn_signature.return_type.raw)
        if method == "GET" and answers_a_list and audience.roles is not None and not path.startswith("/sync"):
            found[handler.handler_name] = handler.opt.get("listing")
    return found


def listing_of(app: Litestar, name: str) -> Listing:
    found = listings(app)[name]
    assert found is not None
    return found


class Reader:
    """Asks one list as one of the cast."""

    def __init__(self, company: Company, rows: Rows, ids: Ids) -> None:
        self.company, self.rows, self.path = company, rows, rows.path.format(**ids)

    async def ask(self, who: str | None = None, **params: Any) -> httpx.Response:
        return await self.company.call(who or self.rows.who, "GET", self.path, params={**self.rows.query, **params})

    async def page(self, who: str | None = None, **params: Any) -> httpx.Response:
        answer = await self.ask(who, **params)
        assert answer.status_code == 200, answer.text
        return answer

    async def whole(self, **params: Any) -> list[str]:
        return texts(await self.page(limit=500, **params))


def texts(answer: httpx.Response) -> list[str]:
    return [json.dumps(row, sort_keys=True) for row in answer.json()]


@pytest.fixture
async def ids(company: Company, app: Litestar) -> Ids:
    return await ids_of(company, app)


def test_every_list_is_known_and_has_pages_or_says_by_what_it_is_bounded(application: Litestar) -> None:
    found = listings(application)
    assert set(found) == set(LISTS) | BOUNDED, "say in tests/http/lists/rows.py how rows of a new list are made"
    assert {name for name, listing in found.items() if listing is None} == BOUNDED
    for _, _, handler, _ in doors(application):
        if handler.handler_name in BOUNDED:
            assert "at most" in (handler.fn.__doc__ or "")


@pytest.mark.parametrize("name", LISTS)
async def test_pages_have_each_row_once_and_in_order(company: Company, app: Litestar, ids: Ids, name: str) -> None:
    rows, listing = LISTS[name], listing_of(app, name)
    for n in range(9):
        await insert(app, rows.make(ids, n))
    reader, needed = Reader(company, rows, ids), set()
    for sort in (f"{sign}{one}" for one in listing.sorts for sign in ("", "-")):
        whole = await reader.whole(sort=sort)
        assert len(whole) == len(set(whole)) >= 9
        for size in (1, 2, 7) if sort == listing.default else (2,):
            seen, answer = [], await reader.page(sort=sort, limit=size)
            while cursor := answer.headers.get("next-cursor"):
                assert len(answer.json()) == size
                seen += texts(answer)
                assert answer.headers["link"].endswith('rel="next"')
                with counted(app) as statements:
                    answer = await reader.page(limit=size, cursor=cursor)
                if "next-cursor" in answer.headers:
                    needed.add(len(statements))
            assert seen + texts(answer) == whole, (sort, size)
    assert len(needed) == 1, f"the statements of a page grow with its rows: {needed}"
    assert await reader.whole() == await reader.whole(sort=listing.default)
    backwards = await reader.whole(sort=listing.default.removeprefix("-"))
    assert backwards[::-1] == await reader.whole(sort="-" + listing.default.removeprefix("-"))


@pytest.mark.parametrize("name", LISTS)
async def test_no_row_comes_twice_and_none_that_stays_is_missed_while_rows_come_and_go(
    company: Company, app: Litestar, ids: Ids, name: str
) -> None:
    rows, listing, reader = LISTS[name], listing_of(app, name), Reader(company, LISTS[name], ids)
    made = [rows.make(ids, n) for n in range(10)]
    for one in made:
        await insert(app, one)
    before = await reader.whole()
    for size in (1, 2, 7):
        gone, seen, answer, n = set[str](), list[str](), await reader.page(limit=size), 100 * size
        there = await reader.whole()
        while True:
            seen += texts(answer)
            if (cursor := answer.headers.get("next-cursor")) is None:
                break
            if n < 100 * size + 4:
                await insert(app, rows.make(ids, n))
                n += 1
                if not rows.stays and size < 7:
                    standing = set(await reader.whole())
                    await remove(app, made.pop(len(made) // 2))
                    gone |= standing - set(await reader.whole())
            answer = await reader.page(limit=size, cursor=cursor)
        assert len(seen) == len(set(seen))
        stayed = [one for one in there if one not in gone]
        assert [one for one in seen if one in set(stayed)] == stayed
        if listing.default.startswith("-"):
            assert set(seen) <= set(there), "a list that begins with the newest shows what was made meanwhile"
    assert before


@pytest.mark.parametrize("name", LISTS)
async def test_a_list_is_counted_read_as_a_file_and_refuses_what_it_does_not_know(
    company: Company, app: Litestar, ids: Ids, name: str
) -> None:
    rows, listing, reader = LISTS[name], listing_of(app, name), Reader(company, LISTS[name], ids)
    for n in range(3):
        await insert(app, rows.make(ids, n))
    whole = (await reader.page(limit=500)).json()
    assert (await reader.page(limit=1, total=True)).headers["total-count"] == str(len(whole))
    assert "total-count" not in (await reader.page(limit=1)).headers

    file = await reader.page(format="csv")
    assert file.headers["content-type"] == "text/csv; charset=utf-8"
    assert file.headers["content-disposition"] == f'attachment; filename="{listing.name}.csv"'
    assert file.content.startswith(b"\xef\xbb\xbf")
    names, *lines = csv.reader(io.StringIO(file.content.decode("utf-8-sig"), newline=""))
    assert tuple(names) == listing.row.__struct_fields__
    assert len(lines) == len(whole)
    for line, row in zip(lines, whole, strict=True):
        assert [as_json(cell, row[name]) for name, cell in zip(names, line, strict=True)] == [
            row[name] for name in names
        ]
    assert (await reader.ask(format="csv", limit=2)).status_code == 422

    unknown = await reader.ask(colour="red")
    assert (unknown.status_code, unknown.json()["code"]) == (400, "unknown_parameter")
    assert "colour" in unknown.json()["detail"]
    assert "cursor, " in unknown.json()["detail"]
    unsorted = await reader.ask(sort="colour")
    assert unsorted.status_code == 400
    assert listing.default in unsorted.json()["detail"]
    other = written(Place("elsewhere", listing.default, "", []))
    for cursor in ("x", other, written(Place(listing.name, listing.default, "", []))):
        refused = await reader.ask(cursor=cursor)
        assert (refused.status_code, refused.json()["code"]) == (422, "wrong_cursor"), cursor
        assert "Next-Cursor" in refused.json()["detail"]


def as_json(cell: str, value: Any) -> Any:
    """What a cell says, as the JSON of the same field has it."""
    if value is None or isinstance(value, str):
        text = cell[1:] if cell[:1] == "'" and cell[1:2] in "=+-@" else cell
        return None if value is None and not text else text
    return json.loads(cell)


@pytest.mark.parametrize("name", sorted(PER_OFFICE))
async def test_an_offices_rows_are_found_by_it_and_a_narrowed_desk_sees_no_others(
    company: Company, app: Litestar, ids: Ids, name: str
) -> None:
    await another_office(app, company)
    for n in range(3):
        await insert(app, LISTS[name].make(ids, n))
    reader, own, other = Reader(company, LISTS[name], ids), company.ids["office"], company.ids["other_office"]
    whole = await reader.whole()
    assert len(whole) >= 3
    assert await reader.whole(office_id=own) == whole
    assert await reader.whole(office_id=other) == []
    app.state.narrow = True
    try:
        assert texts(await reader.page("mei")) == whole
        assert texts(await reader.page("root")) == whole
        assert texts(await reader.page("yan")) == []
        assert (await reader.ask("yan", office_id=own)).status_code == 403
        assert (await reader.page("yan", total=True)).headers["total-count"] == "0"
    finally:
        app.state.narrow = False
