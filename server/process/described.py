"""What the OpenAPI document says of each route beside its shapes: its name, whom it is for, and the problems it may answer."""

from dataclasses import dataclass, field, make_dataclass
from functools import cache

import msgspec
from litestar import Litestar, MediaType
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIResponse, OpenAPIType, Operation, Schema, SecurityScheme

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
from server.identity.audience import Audience, Undeclared, audience_of
from server.identity.rules import DESK

PROBLEM_JSON = "application/problem+json"
TOKEN = "access_token"  # noqa: S105  the name of a scheme
SECURITY = {
    TOKEN: SecurityScheme(
        type="http", scheme="bearer", bearer_format="JWT", description="The access token of POST /v1/auth/login."
    )
}
ANYWHERE: tuple[type[Problem], ...] = (Malformed, Unauthenticated, Busy, Unavailable)
"""Any request may be no HTTP of ours, bring a bad token, come too often, or meet an outage."""
TO_SOME = (Forbidden,)
"""Where not everybody may call."""
OF_A_THING = (NotFound, Conflict, Invalid)
"""Where something is named or asked for, by the address, the query or a body."""
WITH_BODY = (TooLarge, NotFound, Conflict, Invalid, Forbidden)
NO_QUESTION = {"self", "request", "state"}
"""Parameters of a route that ask for nothing; the application's dependencies are others."""

ON_A_PAGE = (NotFound, Conflict, Invalid, Busy)
"""What customers are told on a page, because they asked for one."""


class ProblemOut(msgspec.Struct):
    """A failure (RFC 9457): `code` is stable and stands in `errors.json`, `detail` says what happened and what to do.

    `request_id` names the request in the server's log, and is the answer's `X-Request-Id` too. Some problems have members of
    their own beside these, such as `expected_seq`.
    """

    type: str
    title: str
    status: int
    code: str
    detail: str
    request_id: str | msgspec.UnsetType = msgspec.UNSET


def describe_routes(app: Litestar) -> None:
    """Write into each route how it is described. Called once, before the document is first made."""
    ids: dict[str, str] = {}
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            if isinstance(handler, HTTPRouteHandler) and handler.resolve_include_in_schema():
                audience = audience_of(handler.resolve_guards())
                if audience is None:
                    raise Undeclared(f"{route.path} names no audience.")
                handler.operation_id = _operation_id(handler.handler_name)
                if ids.setdefault(handler.operation_id, route.path) != route.path:
                    raise ValueError(f"{ids[handler.operation_id]} and {route.path} have one name: rename a handler.")
                handler.operation_class = _operation_for(audience, "listing" in handler.opt)
                handler.security = [{}] if audience.roles is None else [{TOKEN: []}]
                own = dict(handler.responses or {})
                handler.responses = _problems_of(handler, audience, set(app.dependencies)) | own


def is_for_desks_or_a_list(handler: HTTPRouteHandler) -> bool:
    """Whether a route is one of those that refuse parameters they do not know: all that answer desks alone, and every list of staff.

    Phones and other clients' protocols are not held to it, nor are pages for customers: they outlive what they were written for.
    """
    audience = audience_of(handler.resolve_guards())
    if audience is None or audience.roles is None:
        return False
    return (
        audience.roles <= DESK
        or "listing" in handler.opt
        or handler.parsed_fn_signature.return_type.is_subclass_of(list)
    )


def _operation_id(name: str) -> str:
    """A route is named as its function, so that clients made from the document keep their names when an address moves."""
    first, *others = name.split("_")
    return first + "".join(other.capitalize() for other in others)


@dataclass
class ListOperation(Operation):
    """A list, which is also answered as a file."""

    def __post_init__(self) -> None:
        answered = (self.responses or {})["200"]
        if isinstance(answered, OpenAPIResponse) and answered.content is not None:
            answered.content["text/csv"] = OpenAPIMediaType(schema=Schema(type=OpenAPIType.STRING))


@cache
def _operation_for(audience: Audience, is_list: bool) -> type[Operation]:
    told = field(default=audience.name, metadata={"alias": "x-audience"})
    return make_dataclass("Operation", [("x_audience", str, told)], bases=(ListOperation if is_list else Operation,))


def _problems_of(handler: HTTPRouteHandler, audience: Audience, given: set[str]) -> dict[int, ResponseSpec]:
    kinds = {*ANYWHERE}
    kinds |= set() if audience.roles is None else {*TO_SOME}
    kinds |= {*OF_A_THING} if set(handler.parsed_fn_signature.parameters) - NO_QUESTION - given else set()
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
