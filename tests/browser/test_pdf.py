"""A PDF that the API sends is shown by the browser, with the headers that everything has which leaves."""

import asyncio
import io

import typst
from litestar import Litestar, Response, get
from PIL import Image
from playwright.async_api import Browser

from server.http.door.door import Door
from server.http.door.leaving import leaving
from server.http.observed import Observed
from tests.http.door.conftest import listening

RED = (255, 65, 54)
"""Of Typst."""


@get("/report.pdf")
async def report() -> Response[bytes]:
    """A page that is all red."""
    page = typst.compile(b"#set page(width: 200pt, height: 100pt, fill: red)")
    return Response(page, media_type="application/pdf")  # type: ignore[arg-type]


async def test_a_pdf_is_shown(chromium: Browser) -> None:
    app = Litestar([report], openapi_config=None)
    app.asgi_handler = Observed(app.asgi_handler, leaving(tls=False))
    async with listening(app, Door()) as port:
        page = await chromium.new_page(viewport={"width": 500, "height": 300})
        await page.goto(f"http://127.0.0.1:{port}/report.pdf")
        for _ in range(40):
            shown = Image.open(io.BytesIO(await page.screenshot())).convert("RGB")
            if RED in {colour for _, colour in shown.getcolors(1 << 20) or ()}:
                return
            await asyncio.sleep(0.5)
    raise AssertionError("the browser shows an empty page")
