"""The page `/schema` in a real browser that reaches nothing but this server."""

from playwright.async_api import Browser, Route

from tests.browser.conftest import screenshot


async def test_the_description_opens_without_the_internet(site: str, chromium: Browser) -> None:
    page = await chromium.new_page(viewport={"width": 1000, "height": 900})
    elsewhere: list[str] = []
    faults: list[str] = []

    async def only_here(route: Route) -> None:
        if route.request.url.startswith((site, "data:")):
            await route.continue_()
        else:
            elsewhere.append(route.request.url)
            await route.abort()

    await page.route("**/*", only_here)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    await page.goto(f"{site}/schema", wait_until="networkidle")
    await page.get_by_text("/v1/sync", exact=True).first.wait_for(timeout=20_000)
    assert await page.locator(".opblock").count() > 50
    await page.get_by_text("/v1/auth/login", exact=True).first.click()
    await page.get_by_text("Request body").first.wait_for()
    await screenshot(page, "api-page")
    assert (elsewhere, faults) == ([], [])
