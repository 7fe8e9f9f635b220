"""The one idiom of lists: every list of desks and staff has the same parameters, headers and promises (docs/lists.md).

A room declares a `Listing`; its route is declared with `**listed_by(...)`, takes what was asked as `asked`, and answers with
`listed(asked, session, query, ...)` of `list_pages.py`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from typing import Annotated, Any, Literal, TypeAlias, TypeVar

import msgspec
from litestar import Request, Response
from litestar.datastructures import ResponseHeader, State
from litestar.di import NamedDependency, Provide
from litestar.params import QueryParameter, SkipValidation
from sqlalchemy import ColumnElement
from sqlalchemy.orm import QueryableAttribute

from server.ground.problems import Invalid
from server.http.keyset import Columns, read_values
from server.http.list_cursor import ANEW, Place, WrongCursor, fingerprint, must_go_on, read

Out = TypeVar("Out", bound=msgspec.Struct)
Listed: TypeAlias = Response[list[Out]]
"""What a list's route answers."""
Column = ColumnElement[Any] | QueryableAttribute[Any]

USUAL, MOST, MOST_IN_CSV = 100, 500, 100_000
OF_THE_PAGE = {"limit", "cursor", "sort", "total", "format"}
"""The parameters that say how a list is shown. All others say which rows it has, and a cursor holds for those alone."""
PROMISE = (
    "While rows come and go, no row is shown twice, one that is there all the time is shown once, and a list that begins with the "
    "newest shows nothing that is made after its first page. A row whose value in this order changes meanwhile may be missed."
)
HEADERS = [
    ResponseHeader(name="Next-Cursor", documentation_only=True, value="", description="Where the next page begins; absent on the last page."),
    ResponseHeader(name="Link", documentation_only=True, value="", description='The next page, as rel="next" (RFC 8288); absent on the last page.'),
    ResponseHeader(name="Total-Count", documentation_only=True, value="", description="How many rows the filters leave; with total=true."),
]  # fmt: skip
"""Of each list's answer, for its description."""


class ListFormat(StrEnum):
    """How a list is answered."""

    JSON = "json"
    CSV = "csv"


@dataclass(frozen=True)
class Listing:
    """A list: its name, the shape of its rows, and its orders by name; `default` is the usual one, with its sign.

    `key` is different in each row, and breaks ties. `usual` and `most` are rows of a page: more than `USUAL` where a list gave
    more before it had pages, so that who knows no cursors still gets it whole.
    """

    name: str
    row: type[msgspec.Struct]
    key: Column | tuple[Column, ...]
    sorts: Mapping[str, Column | tuple[Column, ...]]
    default: str
    usual: int = USUAL
    most: int = MOST

    def __deepcopy__(self, _: object) -> "Listing":
        """Litestar copies what a route is declared with; a listing is never changed, and its columns are the models' own."""
        return self

    def columns(self, sort: str) -> Columns:
        """What an order compares, with or without its sign."""
        first, key = self.sorts[sort.removeprefix("-")], self.key
        both = chain(first if isinstance(first, tuple) else (first,), key if isinstance(key, tuple) else (key,))
        return tuple(dict.fromkeys(one.expression if isinstance(one, QueryableAttribute) else one for one in both))


@dataclass(frozen=True)
class Asked:
    """What somebody asked of a list: a page behind `values`, or all of it as CSV."""

    listing: Listing
    request: Request[Any, Any, State]
    limit: int
    sort: str
    filters: str
    values: list[Any] | None
    total: bool
    as_csv: bool


AsAsked: TypeAlias = NamedDependency[SkipValidation[Asked]]
"""What a list's route takes. It comes from us, so there is nothing to validate."""


def listed_by(listing: Listing) -> dict[str, Any]:
    """What a route of this list is declared with: its `asked`, and the headers of its answer."""
    return {
        "dependencies": {"asked": Provide(_asking(listing), sync_to_thread=False)},
        "response_headers": HEADERS,
        "opt": {"listing": listing},
    }


def _asking(listing: Listing) -> Callable[..., Asked]:
    """Reads the parameters that all lists have, with this list's orders and sizes."""

    def asked(
        request: Request[Any, Any, State],
        limit: int = listing.usual,
        cursor: str | None = None,
        sort: str | None = None,
        total: bool = False,
        output: ListFormat = ListFormat.JSON,
    ) -> Asked:
        given, values = request.query_params, None
        filters = {name: given.getall(name) for name in set(given) - OF_THE_PAGE}
        filters |= {f"/{name}": [str(value)] for name, value in request.path_params.items()}
        mark = fingerprint(filters)
        if output is ListFormat.CSV and {"limit", "cursor"} & set(given):
            raise Invalid("A CSV has all rows of its filters. Leave limit and cursor out, or leave format out.")
        if cursor is not None:
            place = read(cursor)
            must_go_on(place, listing.name, sort, mark)
            sort, values = place.sort, _values(listing, place)
        return Asked(listing, request, limit, sort or listing.default, mark, values, total, output is ListFormat.CSV)

    asked.__annotations__.update(_parameters(listing))
    return asked


def _parameters(listing: Listing) -> dict[str, Any]:
    sorts: Any = Literal.__getitem__(tuple(f"{sign}{name}" for name in listing.sorts for sign in ("", "-")))
    words = {
        "limit": "Rows of a page.",
        "cursor": f"The header Next-Cursor of the page before. {PROMISE}",
        "sort": f"The order, descending with a minus sign; {listing.default} when left out. Rows without a value come last, and descending first.",
        "total": "Also count all rows that the filters leave, into the header Total-Count.",
        "format": f"csv: all rows that the filters leave, {MOST_IN_CSV} at most, as a file.",
    }
    return {
        "limit": Annotated[int, QueryParameter(name="limit", ge=1, le=listing.most, description=words["limit"])],
        "cursor": Annotated[str | None, QueryParameter(name="cursor", description=words["cursor"])],
        "sort": Annotated[sorts | None, QueryParameter(name="sort", description=words["sort"])],
        "total": Annotated[bool, QueryParameter(name="total", description=words["total"])],
        "output": Annotated[ListFormat, QueryParameter(name="format", description=words["format"])],
    }


def _values(listing: Listing, place: Place) -> list[Any]:
    try:
        return read_values(listing.columns(place.sort), place.values)
    except (KeyError, ValueError) as error:  # of an older version, or made up
        raise WrongCursor(f"The cursor is of another version of this list. {ANEW}") from error
