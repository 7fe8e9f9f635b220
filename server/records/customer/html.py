"""What pages for whoever holds a link have in common: forms of a bounded size, and headers that keep the link to its holder."""

from collections.abc import Callable
from typing import Annotated, Any

from litestar import MediaType, Request, Response
from litestar.enums import RequestEncodingType
from litestar.exceptions import HTTPException
from litestar.params import Body
from litestar.types import ExceptionHandlersMap

from server.ground.problems import Problem
from server.records.customer.page import policy

MAX_FORM = 32 * 1024
Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]
HEADERS = {
    "content-security-policy": policy(), "referrer-policy": "no-referrer", "cache-control": "private, no-store",
    "x-content-type-options": "nosniff", "x-robots-tag": "noindex",
}  # fmt: skip
Asking = Request[Any, Any, Any]
Plain = Callable[[Asking, bool, int], Response[str]]
"""A page that only says that there is nothing (True) or that it goes not now, with its status."""


def html_answer(text: str, status: int = 200) -> Response[str]:
    """A page as a response."""
    return Response(text, status_code=status, media_type=MediaType.HTML, headers=HEADERS)


def as_pages(plain: Plain) -> ExceptionHandlersMap:
    """Handlers that answer with a page instead of a problem document, because people read it."""

    def on_problem(request: Asking, error: Problem) -> Response[str]:
        answer = plain(request, error.status == 404, error.status)
        if wait := error.facts.get("retry_after"):
            answer.headers["retry-after"] = str(wait)
        return answer

    def on_http(request: Asking, error: HTTPException) -> Response[str]:
        answer = plain(request, error.status_code == 404, error.status_code)
        for name, value in (error.headers or {}).items():
            answer.headers[name] = value
        return answer

    return {Problem: on_problem, HTTPException: on_http}
