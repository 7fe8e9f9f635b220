"""The page `/schema`: the API's description for people. All of it is served from here, so it opens without the internet.

Litestar's own pages load their scripts from a network of others; Swagger UI's files come with a package instead.
"""

from collections.abc import Mapping, Sequence
from html import escape
from importlib import resources
from pathlib import Path
from typing import Any

import swagger_ui_bundle
from litestar import Request, Router
from litestar.datastructures import ResponseHeader
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import OpenAPIRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme
from litestar.static_files import create_static_files_router
from litestar.types import Guard

PATH = "/schema"
FILES = f"{PATH}/files"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Swagger UI writes styles into its elements; scripts come from files only, and requests go here only."""


def files(guards: Sequence[Guard]) -> Router:
    """What the page loads."""
    own = Path(str(resources.files("server.http.api_page"))) / "files"
    return create_static_files_router(
        path=FILES, directories=[own, Path(swagger_ui_bundle.swagger_ui_path)], guards=list(guards),
        include_in_schema=False, name="api_page_files",
    )  # fmt: skip


class Page(OpenAPIRenderPlugin):
    """Swagger UI with the files of this server."""

    def __init__(self) -> None:
        super().__init__(path="/")

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """The document; it has no script of its own inside."""
        title = escape(openapi_schema["info"]["title"])
        return (
            f'<!doctype html><html lang="en" data-description="{escape(self.get_openapi_json_route(request))}"><head>'
            f'<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>'
            f'<link rel="icon" type="image/png" href="{FILES}/favicon-32x32.png">'
            f'<link rel="stylesheet" href="{FILES}/swagger-ui.css">'
            f'<script src="{FILES}/swagger-ui-bundle.js" defer></script><script src="{FILES}/page.js" defer></script>'
            f'</head><body><div id="api"></div><noscript>This page needs scripts; {PATH}/openapi.json has the same for '
            "programs.</noscript></body></html>"
        ).encode()


def described(
    title: str, version: str, guards: Sequence[Guard], security: Mapping[str, SecurityScheme]
) -> OpenAPIConfig:
    """How the API describes itself: the page, and the same as JSON and YAML."""
    return OpenAPIConfig(
        title=title, version=version, render_plugins=[Page()], use_handler_docstrings=True,
        components=Components(security_schemes=dict(security)),
        openapi_router=Router(
            PATH, route_handlers=[], include_in_schema=False, guards=list(guards),
            response_headers=[
                ResponseHeader(name="content-security-policy", value=POLICY),
                ResponseHeader(name="referrer-policy", value="no-referrer"),
            ],
        ),
    )  # fmt: skip
