"""Turns whatever went wrong in a request into one RFC 9457 problem document."""

import logging
import random
from typing import Any

import msgspec
from asyncpg import PostgresError
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from server.database.engine import MET, is_lost, is_outage
from server.problems import (
    Conflict,
    Duplicate,
    Forbidden,
    InUse,
    Invalid,
    Malformed,
    NotFound,
    Problem,
    TooLarge,
    Unauthenticated,
    Unavailable,
)

log = logging.getLogger("fieldproof")

NO_DATABASE = "The database does not answer. Nothing was changed; try again soon."
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
    return Response(
        msgspec.json.encode(problem.body(), enc_hook=str),
        status_code=problem.status,
        media_type="application/problem+json",
        headers=headers,
    )


def on_problem(_: Request[Any, Any, Any], error: Problem) -> Response[bytes]:
    """Ours: it is a problem document already."""
    return respond(error)


def on_http(_: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """The framework's: a wrong body, an unknown path, a wrong method."""
    if isinstance(error, ValidationException):
        faults = error.extra if isinstance(error.extra, list) else []
        words = "; ".join(f"{f.get('key', 'body')}: {f.get('message')}" for f in faults if isinstance(f, dict))
        return respond(Malformed(f"{words or error.detail}. Mend the request and send it again."))
    if error.status_code == 405:
        return respond(MethodNotAllowed("See the API documentation at /schema for what this address answers."))
    if error.status_code == 404:
        return respond(NotFound("Nothing is at this address. See the API documentation at /schema."))
    return respond(BY_STATUS.get(error.status_code, Malformed)(str(error.detail)))


def from_database(error: DBAPIError) -> Problem:
    """What the database refused, in words; a constraint's name says which rule."""
    cause = error.orig.__cause__ if error.orig else None
    if isinstance(error, IntegrityError) and isinstance(cause, PostgresError):
        name = getattr(cause, "constraint_name", None) or "a constraint"
        kind = {"23505": Duplicate, "23503": Invalid, "23514": Invalid, "23502": Invalid}.get(cause.sqlstate or "")
        words = {
            "23505": "Something with the same value exists already; use that, or choose another value.",
            "23503": "An id refers to something that does not exist; check the ids.",
            "23514": "A value breaks a rule; check it against the API documentation.",
            "23502": "A value is missing; add it.",
        }.get(cause.sqlstate or "", "Check the values.")
        if cause.sqlstate == "23503" and "still referenced" in str(cause):
            kind, words = InUse, "Other things refer to this; remove those first."
        return (kind or Conflict)(f"{words} ({name})")
    sqlstate = getattr(cause, "sqlstate", "") or ""
    if sqlstate in MET:
        return Unavailable("Two changes met. Nothing was changed; try again.")
    if is_outage(error):
        return Unavailable(NO_DATABASE)
    if sqlstate.startswith("22"):
        return Invalid("A value cannot be stored (out of range or not text). Check the values.")
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
        log.error("the database does not answer: %s", error)
        return respond(Unavailable(NO_DATABASE))
    return on_bug(request, error)


def on_crowded(_: Request[Any, Any, Any], error: PoolTimeout) -> Response[bytes]:
    """All connections to the database were taken for too long."""
    log.error("no connection to the database was free: %s", error)
    return respond(Unavailable("The server has too much to do. Nothing was changed; try again soon."))


def on_outage(_: Request[Any, Any, Any], error: OSError) -> Response[bytes]:
    """The database or the storage cannot be reached."""
    log.error("outage: %s", error)
    return respond(Unavailable("A part of the system does not answer. Nothing was changed; try again soon."))


def on_too_deep(request: Request[Any, Any, Any], error: RecursionError) -> Response[bytes]:
    """A body that is nested deeper than can be read. Logged, because a fault of ours could look the same."""
    log.warning("%s %s: nested too deeply", request.method, request.url.path, exc_info=error)
    return respond(Malformed("The body is nested too deeply. Send what the API documentation at /schema describes."))


def on_bug(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """What nobody foresaw: logged whole, shown without its inside."""
    log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return respond(Problem("This is a fault of the server and was logged. Try again; if it stays, report it."))
