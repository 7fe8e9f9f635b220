"""Uppy's S3 plugin in Chromium: the storage is another origin, so CORS decides what a page may send and see."""

import base64
import subprocess

import pytest
from playwright.async_api import Browser, Response

from server.media.rules import MULTIPART_ABOVE
from tests.clients.live import PACKAGE, installed_node
from tests.company import Company
from tests.media.pictures import encoded, promised, state_of
from tests.phones import enrolled


@pytest.fixture(scope="session")
def script() -> str:
    """The adapter with Uppy from npm, bundled for a page."""
    installed_node()
    done = subprocess.run(
        [PACKAGE / "node_modules" / ".bin" / "esbuild", "test/browser/uppy_page.ts", "--bundle", "--format=iife"],
        cwd=PACKAGE, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


async def test_a_page_uploads_in_one_piece_and_in_parts(
    company: Company, site: str, chromium: Browser, script: str
) -> None:
    wei = await enrolled(company, "wei")
    # The page stands for a company's own app; what the API sends has a policy that lets it do nothing.
    page = await chromium.new_page(bypass_csp=True)
    puts: list[Response] = []
    page.on("response", lambda one: puts.append(one) if one.request.method == "PUT" else None)
    await page.goto(f"{site}/health")
    await page.add_script_tag(content=script)
    for data, pieces in ((encoded(), 1), (encoded() + bytes(MULTIPART_ABOVE), 3)):
        visit_id, photo_id = await promised(company, wei, data)
        photo = {"id": photo_id, "type": "image/jpeg", "bytes": base64.b64encode(data).decode()}
        puts.clear()
        assert await page.evaluate("([token, photo]) => bring(token, photo)", [company.tokens["wei"], photo]) == []
        assert [put.status for put in puts] == [200] * pieces
        assert not any(put.url.startswith(site) for put in puts)
        assert await state_of(company, visit_id) == {photo_id: ("verified", "")}
    await page.close()
