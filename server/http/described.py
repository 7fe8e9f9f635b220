"""What the OpenAPI document says of failures: each route answers its problems in the one shape of RFC 9457, by their status."""

import msgspec
from litestar import Litestar, MediaType
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.datastructures import ResponseSpec

from server.ground.problems import (
    Busy,
    Conflict,
    Forbidden,
    Invalid,
    Malformed,
    NotFound,
    Problem,
    TooLarge,
    Unauthenticated,
    Unavailable,
)

PROBLEM_JSON = "application/problem+json"
ANYWHERE: tuple[type[Problem], ...] = (Malformed, Unauthenticated, Busy, Unavailable)
"""Any request may be no HTTP of ours, bring a bad token, come too often, or meet an outage."""
TO_SOME = (Forbidden,)
"""Where not everybody may call."""
OF_A_THING = (NotFound, Conflict, Invalid)
"""Where something is named or asked for, by the address, the query or a body."""
WITH_BODY = (TooLarge, NotFound, Conflict, Invalid, Forbidden)

ON_A_PAGE = (NotFound, Conflict, Invalid, Busy)
"""What customers are told on a page, because they asked for one."""


class ProblemOut(msgspec.Struct):
    """A failure (RFC 9457): `code` is stable and stands in `errors.json`, `detail` says what happened and what to do.

    Some problems have members of their own beside these, such as `expected_seq`.
    """

    type: str
    title: str
    status: int
    code: str
    detail: str


def describe_problems(app: Litestar) -> None:
    """Write into each route which problems it may answer. Called once, before the document is first made."""
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            if isinstance(handler, HTTPRouteHandler) and handler.include_in_schema is not False:
                own = dict(handler.responses or {})
                handler.responses = _problems_of(handler) | own


def _problems_of(handler: HTTPRouteHandler) -> dict[int, ResponseSpec]:
    kinds = {*ANYWHERE}
    kinds |= {*TO_SOME} if handler.resolve_guards() else set()
    fields = handler.parsed_fn_signature.parameters
    kinds |= (
        {*OF_A_THING}
        if set(fields) - {"self", "request", "state", "session", "sessions", "storage", "tokens"}
        else set()
    )
    kinds |= {*WITH_BODY} if handler.http_methods & {"POST", "PUT", "PATCH", "DELETE"} else set()
    page = handler.media_type == MediaType.HTML or str(handler.media_type).startswith("text/html")
    return {
        kind.status: _said(kind, page and kind in ON_A_PAGE) for kind in sorted(kinds, key=lambda kind: kind.status)
    }


def _said(kind: type[Problem], page: bool) -> ResponseSpec:
    words = (kind.__doc__ or "").strip()
    if page:
        return ResponseSpec(str, description=words, media_type=MediaType.HTML, generate_examples=False)
    return ResponseSpec(ProblemOut, description=words, media_type=PROBLEM_JSON, generate_examples=False)
