"""Turns whatever went wrong in a request into one RFC 9457 problem document."""

import logging
import random
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from server.database.engine import MET, is_lost, is_outage
from server.database.refusals import cause_of, refusal
from server.ground.outages import DATABASE, outages
from server.ground.plain import in_words
from server.ground.problems import (
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
from server.ground.request_id import request_id
from server.http.observed import route_of

log = logging.getLogger("fieldproof")

NO_DATABASE = "The database does not answer. Nothing was changed; try again soon."
FULL = "The server's disk is full. Nothing was changed; keep it, try again later, and tell whoever runs the server."
DISK_FULL = "53100"
"""The SQLSTATE of a disk without room."""
BY_STATUS: dict[int, type[Problem]] = {
    401: Unauthenticated,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    413: TooLarge,
    422: Invalid,
    503: Unavailable,
}


class MethodNotAllowed(Problem):
    """This address does not answer this method"""

    status, code = 405, "method_not_allowed"


def respond(problem: Problem) -> Response[bytes]:
    """The response that carries a problem."""
    headers = {}
    if problem.status == 401:
        headers["www-authenticate"] = "Bearer"
    if problem.status in (429, 503):
        # Jittered, so that those who were sent away together do not come back together (RFC 9110 section 10.2.3).
        headers["retry-after"] = str(problem.facts.get("retry_after") or random.randint(1, 5))
    body = problem.body()
    if name := request_id.get():
        body["request_id"] = name
    return Response(
        msgspec.json.encode(body, enc_hook=str),
        status_code=problem.status,
        media_type="application/problem+json",
        headers=headers,
    )


def on_problem(_: Request[Any, Any, Any], error: Problem) -> Response[bytes]:
    """Ours: it is a problem document already."""
    return respond(error)


def on_http(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """The framework's: a wrong body, an unknown path, a wrong method."""
    if isinstance(error, ValidationException):
        faults = error.extra if isinstance(error.extra, list) else []
        words = "; ".join(_fault(request, one) for one in faults if isinstance(one, dict))
        return respond(Malformed(f"{words or 'The request has another form'}. Mend the request and send it again."))
    if error.status_code == 405:
        return respond(MethodNotAllowed("See the API documentation at /schema for what this address answers."))
    if error.status_code == 404:
        return respond(NotFound("Nothing is at this address. See the API documentation at /schema."))
    if error.status_code == 400:
        words = in_words(error.__cause__ or error)
        return respond(Malformed(f"The request cannot be read: {words}. Mend the request and send it again."))
    if error.status_code == 413:
        return respond(TooLarge("The body is larger than what is taken at once. Send it in parts."))
    return respond(BY_STATUS.get(error.status_code, Malformed)(str(error.detail)))


def on_no_text(_: Request[Any, Any, Any], error: UnicodeDecodeError) -> Response[bytes]:
    """A body that is no UTF-8."""
    return respond(Malformed(f"The request cannot be read: {in_words(error)}. Mend the request and send it again."))


def _fault(request: Request[Any, Any, Any], fault: dict[str, Any]) -> str:
    """One finding of the framework about an address or a query: where, and what is expected there."""
    key = str(fault.get("key") or "")
    field = request.route_handler.parsed_fn_signature.parameters.get(key)
    words = in_words(str(fault.get("message", "")), field and field.annotation)
    return words if not key or words.startswith(key) else f"{key}: {words}"


def from_database(error: DBAPIError) -> Problem:
    """What the database refused, in words; raises the error itself when it is none of that."""
    if problem := refusal(error):
        log.info("the database refused a value: %s", cause_of(error))
        return problem
    if getattr(cause_of(error), "sqlstate", None) in MET:
        return Unavailable("Two changes met. Nothing was changed; try again.")
    if is_outage(error):
        outages.seen(DATABASE, f"the database does not answer: {cause_of(error) or error}")
        return Unavailable(FULL if getattr(cause_of(error), "sqlstate", None) == DISK_FULL else NO_DATABASE)
    raise error


def on_database(request: Request[Any, Any, Any], error: DBAPIError) -> Response[bytes]:
    """The database's refusals and outages."""
    try:
        return respond(from_database(error))
    except DBAPIError:
        return on_bug(request, error)


def on_driver(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """What comes from asyncpg itself, in the reads that go past SQLAlchemy or in the moment of the database's end."""
    if is_lost(error):
        outages.seen(DATABASE, f"the database does not answer: {error}")
        return respond(Unavailable(FULL if getattr(error, "sqlstate", None) == DISK_FULL else NO_DATABASE))
    return on_bug(request, error)


def on_crowded(_: Request[Any, Any, Any], error: PoolTimeout) -> Response[bytes]:
    """All connections to the database were taken for too long."""
    outages.seen(DATABASE, f"no connection to the database was free: {error}")
    return respond(Unavailable("The server has too much to do. Nothing was changed; try again soon."))


def on_outage(_: Request[Any, Any, Any], error: OSError) -> Response[bytes]:
    """The database or the storage cannot be reached."""
    outages.seen(DATABASE, f"a part of the system does not answer: {error}")
    return respond(Unavailable("A part of the system does not answer. Nothing was changed; try again soon."))


def on_too_deep(request: Request[Any, Any, Any], error: RecursionError) -> Response[bytes]:
    """A body that is nested deeper than can be read. Logged, because a fault of ours could look the same."""
    log.warning("%s %s: nested too deeply", request.method, route_of(request.scope), exc_info=error)
    return respond(Malformed("The body is nested too deeply. Send what the API documentation at /schema describes."))


def on_bug(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """What nobody foresaw: logged whole, shown without its inside."""
    log.error("%s %s failed", request.method, route_of(request.scope), exc_info=error)
    return respond(Problem("This is a fault of the server and was logged. Try again; if it stays, report it."))
