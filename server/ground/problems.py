"""The one shape of an error: RFC 9457 problem details, with a stable code and a detail that says what to do.

A domain raises a subclass of `Problem`; its docstring is the title. `app.py` turns it into the response once, and a
parked operation carries the same code and sentence. `catalogue` lists them all for `mobile_contract/errors.json`.
"""

from typing import Any, ClassVar

TYPE_PREFIX = "urn:fieldproof:problem:"


class Problem(Exception):
    """Something went wrong"""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "problem"
    needs_somebody: ClassVar[bool] = False
    """Whether it lasts until a person does something, although its status says that a part of the system is away."""

    def __init__(self, detail: str, **facts: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.facts = facts

    @property
    def title(self) -> str:
        return (type(self).__doc__ or "").strip().splitlines()[0].rstrip(".")

    def body(self) -> dict[str, Any]:
        """The members of the problem document."""
        return {
            "type": TYPE_PREFIX + self.code,
            "title": self.title,
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
            **self.facts,
        }


class Malformed(Problem):
    """The request could not be understood"""

    status, code = 400, "malformed"


class Unauthenticated(Problem):
    """You are not signed in"""

    status, code = 401, "unauthenticated"


class TokenExpired(Problem):
    """Your token has expired"""

    status, code = 401, "token_expired"


class Forbidden(Problem):
    """You may not do this"""

    status, code = 403, "forbidden"


class NotFound(Problem):
    """There is no such thing, or it is not yours to see"""

    status, code = 404, "not_found"


class Conflict(Problem):
    """This does not fit the present state"""

    status, code = 409, "conflict"


class Duplicate(Conflict):
    """This exists already"""

    code = "already_exists"


class InUse(Conflict):
    """Something else refers to this"""

    code = "in_use"


class Invalid(Problem):
    """A value breaks a rule"""

    status, code = 422, "invalid"


class TooLarge(Problem):
    """The request is too large"""

    status, code = 413, "too_large"


class Busy(Problem):
    """The server is busy"""

    status, code = 429, "busy"


class Unavailable(Problem):
    """A part of the system does not answer"""

    status, code = 503, "unavailable"


def catalogue() -> list[dict[str, Any]]:
    """Every problem that has a code of its own, sorted by code: code, HTTP status and title."""
    found: dict[str, dict[str, Any]] = {}
    todo: list[type[Problem]] = [Problem]
    while todo:
        kind = todo.pop()
        todo.extend(kind.__subclasses__())
        title = (kind.__doc__ or "").strip().splitlines()[0].rstrip(".")
        found[kind.code] = {"code": kind.code, "status": kind.status, "title": title}
    return [found[code] for code in sorted(found)]
