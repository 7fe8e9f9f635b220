"""The TypeScript client's own parts in Chromium: small pictures, bytes in IndexedDB, tabs that tell each other and wait for each other."""

import base64
import io
import subprocess

import pytest
from PIL import Image
from playwright.async_api import Browser, Page

from tests.clients.live import PACKAGE, installed_node


@pytest.fixture(scope="session")
def client_script() -> str:
    """The client, bundled for a page."""
    installed_node()
    done = subprocess.run(
        [PACKAGE / "node_modules" / ".bin" / "esbuild", "test/browser/client_page.ts", "--bundle", "--format=iife"],
        cwd=PACKAGE, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def picture() -> str:
    """A JPEG of 320 by 240 pixels that was taken with the camera on its side."""
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (320, 240), "teal").save(out, "JPEG", exif=exif)
    return base64.b64encode(out.getvalue()).decode()


async def test_tabs_share_one_phone(site: str, chromium: Browser, client_script: str) -> None:
    context = await chromium.new_context(bypass_csp=True)

    async def tab() -> Page:
        page = await context.new_page()
        await page.goto(f"{site}/health")
        await page.add_script_tag(content=client_script)
        return page

    first, second = await tab(), await tab()
    await second.evaluate("told()")
    data = picture()
    kept = await first.evaluate("data => take(data, 'image/jpeg')", data)
    assert kept["kept"] == len(base64.b64decode(data))
    assert kept["pixels"] == [48, 64], "as the camera was held"
    await second.wait_for_function("told().length > 0")
    assert (await second.evaluate("told()"))[0] == {"photos": [kept["id"]], "from": "elsewhere"}
    odd = await first.evaluate("data => take(data, 'image/heic')", base64.b64encode(b"no picture").decode())
    assert (odd["kept"], odd["pixels"]) == (10, None)

    await first.evaluate("keepTurn()")
    assert await second.evaluate("turnWithin(300)") is False
    await first.close()
    third = await tab()
    assert await third.evaluate("turnWithin(5000)") is True, "a tab that is gone holds up nobody"
    await context.close()
