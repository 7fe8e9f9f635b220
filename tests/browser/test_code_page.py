"""The page with a site's code on a narrow phone."""

import pytest
from playwright.async_api import Browser

from server.arrival.code_page import code_page
from server.arrival.codes import Showing
from tests.browser.conftest import screenshot

LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"


@pytest.mark.parametrize("language", ["en", "zh-CN", "de"])
async def test_a_long_name_of_a_site_does_not_widen_it(chromium: Browser, language: str) -> None:
    page = await chromium.new_page(viewport={"width": 320, "height": 600}, java_script_enabled=False)
    showing = Showing(LONG, "en", "123456", 20, 30)
    await page.set_content(code_page(showing, language))
    await screenshot(page, f"code-{language}")
    for shown in await page.locator("p, output, h1").all():
        box = await shown.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= 320
        assert await shown.evaluate("element => element.scrollWidth <= element.clientWidth")
