"""HTTP: the page `/verify`, where anybody checks a sealed PDF in their own browser; nothing is uploaded.

The page is made of a few modules that are served as they are written, and one vendored PDF reader. Its policy forbids
every connection, so that not even a mistake in it could send a file away; this server's keys stand in the page itself.
"""

from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from jinja2 import Environment, Template
from litestar import MediaType, Response, get
from litestar.datastructures import CacheControlHeader, State
from litestar.di import NamedDependency
from litestar.static_files import create_static_files_router
from sqlalchemy.ext.asyncio import AsyncSession

from server.ground.words import Language, words
from server.identity.audience import ANYONE
from server.records.keys import public_keys
from server.records.log.log import origins
from server.records.sealer import Sealer

ROOM = Path(str(resources.files("server.records.verify_page")))
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'none'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)


@get("/verify", guards=[ANYONE], include_in_schema=False, media_type=MediaType.HTML)
async def verify_page(state: State, session: NamedDependency[AsyncSession]) -> Response[str]:
    """The page, with this server's public keys inside."""
    sealer: Sealer = state.sealer
    headers = {
        "content-security-policy": POLICY, "referrer-policy": "no-referrer", "x-content-type-options": "nosniff",
        "cache-control": "no-cache",
    }  # fmt: skip
    return Response(
        _template().render(keys=public_keys(sealer.keys, *await origins(session)), words=_words()),
        media_type=MediaType.HTML,
        headers=headers,
    )


verify_files = create_static_files_router(
    path="/verify/files", directories=[ROOM / "files"], guards=[ANYONE], include_in_schema=False,
    cache_control=CacheControlHeader(no_cache=True), name="verify_files",
)  # fmt: skip


@cache
def _words() -> dict[str, Any]:
    """What the page says, by language; its script reads it from the page, because it may ask for nothing."""
    return {
        one.value: {
            "name": said.at("name"), "page": said.at("verify_page"), "statements": said.at("verify_statements"),
            "between": said.at("format.clauses"), "operations": said.at("codes.operation"),
        }
        for one, said in ((one, words(one)) for one in Language)
    }  # fmt: skip


@cache
def _template() -> Template:
    return Environment(autoescape=True).from_string((ROOM / "verify.html").read_text())
