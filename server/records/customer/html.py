"""What pages for whoever holds a link have in common: forms of a bounded size, and headers that keep the link to its holder."""

from typing import Annotated

from litestar import MediaType, Response
from litestar.enums import RequestEncodingType
from litestar.params import Body

from server.records.customer.page import policy

MAX_FORM = 32 * 1024
Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]
HEADERS = {
    "content-security-policy": policy(), "referrer-policy": "no-referrer", "cache-control": "private, no-store",
    "x-content-type-options": "nosniff", "x-robots-tag": "noindex",
}  # fmt: skip


def html_answer(text: str, status: int = 200) -> Response[str]:
    """A page as a response."""
    return Response(text, status_code=status, media_type=MediaType.HTML, headers=HEADERS)
