"""The parameters that a route knows, and the values of those that are one of a few words. What is neither is refused.

A list that ignored a misspelt filter would answer with other rows than were asked for, and nobody would see it. What a route knows is
taken from its own declaration at the start, so no route has to check.
"""

import difflib
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from litestar import Litestar, Request
from litestar.handlers import HTTPRouteHandler

from server.ground.legible import legible
from server.ground.problems import Malformed

Words = tuple[str, ...]
Parameters = Mapping[str, Words]
"""What a route knows by name, each with the words that it may be; none, when it is something else than a word."""


class UnknownParameter(Malformed):
    """This address does not know this parameter"""

    code = "unknown_parameter"


def hold_to_parameters(app: Litestar, wanted: Callable[[HTTPRouteHandler], bool]) -> None:
    """Have those routes that are wanted refuse what they do not know. Called once, before the first request."""
    for route in app.routes:
        for handler, model in set(getattr(route, "route_handler_map", {}).values()):
            if "GET" in handler.http_methods and wanted(handler):
                words = _words(handler)
                known = {one.field_alias: words.get(one.field_name, ()) for one in model.expected_query_params}
                handler.before_request = _refusing(known)


def must_be_known(given: Iterable[tuple[str, str]], known: Parameters) -> None:
    """Raise `UnknownParameter` for a name that is not known, and `Malformed` for a wrong word or a name that is given twice."""
    seen: set[str] = set()
    for name, value in given:
        if name not in known:
            raise UnknownParameter(f"{_unknown(name, known)} Mend the request and send it again.")
        if name in seen:
            raise Malformed(f"{name} is given twice. Send it once.")
        seen.add(name)
        if known[name] and value not in known[name]:
            raise Malformed(f"{name}: '{legible(value[:60])}' is none of {', '.join(known[name])}. Send one of these.")


def _refusing(known: Parameters) -> Callable[[Request[Any, Any, Any]], Any]:
    async def refuse_unknown(request: Request[Any, Any, Any]) -> None:
        must_be_known(request.query_params.multi_items(), known)

    return refuse_unknown


def _unknown(name: str, known: Parameters) -> str:
    said = f"There is no parameter {legible(name[:60])} here"
    near = difflib.get_close_matches(name, known, 1)
    if near:
        said += f"; perhaps {near[0]} is meant"
    return f"{said}. Known are {', '.join(sorted(known))}." if known else f"{said}, nor any other."


def _words(handler: HTTPRouteHandler) -> dict[str, Words]:
    """The words of each parameter of a route and its dependencies."""
    signatures = [
        handler.parsed_fn_signature,
        *(one.parsed_fn_signature for one in handler.resolve_dependencies().values()),
    ]
    return {name: words_of(field.raw) for signature in signatures for name, field in signature.parameters.items()}


def words_of(kind: Any) -> Words:
    """The words that a value of this type may be; none, when it is no choice of words."""
    if isinstance(kind, type) and issubclass(kind, Enum):
        return tuple(str(one.value) for one in kind)
    if get_origin(kind) is Literal:
        return tuple(str(one) for one in get_args(kind))
    if get_origin(kind) is Annotated:
        return words_of(get_args(kind)[0])
    if get_origin(kind) in (Union, UnionType):
        return tuple(word for one in get_args(kind) for word in words_of(one))
    return ()
