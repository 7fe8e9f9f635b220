"""The pages of a visit and of an asset as a phone shows them: without scripts, narrow, light and dark, with the longest names there are."""

import re
from typing import Any

import pytest
from litestar import Litestar
from playwright.async_api import Browser, Page

from server.records.sealer import Sealer
from tests.browser.conftest import screenshot
from tests.company import Company
from tests.customer_pages.pages import LANGUAGES, desk_token, label_token, tickets
from tests.phones import enrolled
from tests.records.sealing import record_and_pdf, sealed_visit

LONG = {
    "name": "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
    "address": "上海市长宁区延安西路二二一号华东医院住院部地下二层制冷机房东侧第三通道靠近货运电梯旁",
}
TITLE = "离心式冷水机组显示E42报警后停机且无法重新启动Kältemaschinenverdichterwicklungstemperaturüberwachung"
THEMES = ("light", "dark")

CONTRAST = """() => {
  const channel = (value) => { const c = value / 255; return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; };
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
  const ground = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const found = rgb(getComputedStyle(one).backgroundColor);
      if (found.length < 4 || found[3] > 0) return found;
    }
    return [255, 255, 255];
  };
  const low = [];
  for (const element of document.querySelectorAll('body *')) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!own || !element.checkVisibility()) continue;
    const [a, b] = [light(rgb(getComputedStyle(element).color)), light(ground(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 6.1) low.push(`${element.tagName} ${element.className} ${ratio.toFixed(2)} ${element.textContent.slice(0, 30)}`);
  }
  return low;
}"""
"""Texts whose contrast is below what the colours were chosen for."""


async def opened(chromium: Browser, width: int = 320, theme: str = "light") -> tuple[Page, list[str]]:
    context = await chromium.new_context(
        viewport={"width": width, "height": 700}, color_scheme=theme,  # type: ignore[arg-type]
    )  # fmt: skip
    page, urls = await context.new_page(), []  # type: ignore[var-annotated]
    await page.route("**/*.js", lambda route: route.abort())
    page.on("request", lambda request: urls.append(request.url))
    return page, urls


async def must_fit(page: Page, width: int) -> None:
    """Nothing is wider than the screen, each target is large enough for a thumb, and all can be read."""
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    for target in await page.locator(
        "button, .button, summary, nav a, input:not([type=hidden]):not([type=radio]), textarea, label.choice"
    ).all():
        box = await target.bounding_box()
        assert box is None or box["height"] >= 47.5, await target.inner_text()
    assert await page.evaluate(CONTRAST) == []


@pytest.fixture
async def visit(company: Company) -> str:
    """A visit at a place whose names are as long as they come."""
    site = {"latitude": 31.2222, "longitude": 121.4381, "time_zone": "Asia/Shanghai", **LONG}
    path = f"/v1/customers/{company.ids['customer']}/sites"
    company.ids["site"] = (await company.must("mei", "POST", path, json=site))["id"]
    asset = {"product_id": company.ids["product"], "serial": "CH200-0008", "arrival_date": "2025-06-01"}
    path = f"/v1/sites/{company.ids['site']}/assets"
    company.ids["asset"] = (await company.must("mei", "POST", path, json=asset))["id"]
    return await company.visit("wei", "anna", title=TITLE)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", [320, 768])
async def test_an_appointment_fits_with_long_names_in_each_language(
    company: Company, site: str, chromium: Browser, visit: str, width: int, theme: str
) -> None:
    token = await desk_token(company, visit)
    page, urls = await opened(chromium, width, theme)
    for tag in LANGUAGES:
        await page.goto(f"{site}/v/{token}?lang={tag}")
        await must_fit(page, width)
        await page.locator("details#change summary").click()
        await page.locator("details#request summary").click()
        await must_fit(page, width)
        await screenshot(page, f"visit-{tag}-{width}-{theme}")
    assert all(url.startswith(site) for url in urls), "nothing comes from elsewhere"


@pytest.mark.parametrize("theme", THEMES)
async def test_another_time_is_asked_for_and_a_fault_reported_from_a_phone(
    company: Company, site: str, chromium: Browser, visit: str, theme: str
) -> None:
    token = await desk_token(company, visit)
    page, _ = await opened(chromium, 320, theme)
    await page.goto(f"{site}/v/{token}?lang=de")
    await page.get_by_text("Änderung anfragen").click()
    await page.get_by_role("button", name="An das Büro senden").click()
    await must_fit(page, 320)
    assert await page.locator("#wishes").get_attribute("aria-invalid") == "true"
    await screenshot(page, f"visit-mend-de-320-{theme}")
    await page.get_by_label("Was würde Ihnen passen?").fill("Bitte erst nach 15 Uhr")
    await page.locator("#day1").fill("2031-05-06")
    await page.locator("#from1").fill("15:00")
    await page.locator("#to1").fill("17:00")
    await page.get_by_role("button", name="An das Büro senden").click()
    assert "Ihre Anfrage liegt dem Büro vor." in await page.get_by_role("status").inner_text()
    await page.reload()
    assert "Bitte erst nach 15 Uhr" in await page.locator("main").inner_text()
    await page.get_by_text("Noch etwas? Schreiben Sie uns").click()
    await page.get_by_label("Eine Beschwerde").check()
    await page.get_by_label("Was ist geschehen").fill("Der Parkplatz war blockiert")
    await page.get_by_role("button", name="Senden", exact=True).click()
    [ticket] = await tickets(company)
    assert str(ticket["number"]) in await page.get_by_role("status").inner_text()
    await page.reload()
    assert len(await tickets(company)) == 1
    await must_fit(page, 320)
    await screenshot(page, f"visit-sent-de-320-{theme}")


@pytest.mark.parametrize("theme", THEMES)
async def test_the_report_is_read_confirmed_and_comes_back_to_the_visit(
    company: Company, app: Litestar, sealer: Sealer, site: str, chromium: Browser, theme: str
) -> None:
    visit_id = await sealed_visit(company, app, sealer, await enrolled(company, "wei"))
    page, _ = await opened(chromium, 320, theme)
    await page.goto(f"{site}/v/{await desk_token(company, visit_id)}")
    await must_fit(page, 320)
    await screenshot(page, f"visit-done-zh-320-{theme}")
    await page.get_by_text("查看报告并答复").click()
    await screenshot(page, f"visit-report-zh-320-{theme}")
    await page.get_by_label("我已阅读上述报告").check()
    await page.get_by_role("button", name="确认本报告").click()
    record: dict[str, Any] = (await record_and_pdf(company, visit_id))[0]
    assert record["customer"]["came_by"] == "desk"
    await page.get_by_text("返回服务页面").click()
    assert re.search(r"/v/[^/]+$", page.url)


@pytest.mark.parametrize("theme", THEMES)
async def test_the_code_on_a_machine_leads_to_a_page_where_a_fault_is_reported(
    company: Company, site: str, chromium: Browser, theme: str
) -> None:
    token = await label_token(company)
    page, _ = await opened(chromium, 320, theme)
    for tag in LANGUAGES:
        await page.goto(f"{site}/a/{token}?lang={tag}")
        await must_fit(page, 320)
        await screenshot(page, f"asset-{tag}-320-{theme}")
    await page.goto(f"{site}/a/{token}?lang=en")
    await page.get_by_label("What does not work?").fill("It leaks")
    await page.get_by_role("button", name="Send").click()
    assert "Received under number" in await page.get_by_role("status").inner_text()
    await page.goto(f"{site}/v/nobody?lang=zh-CN")
    await must_fit(page, 320)
    await screenshot(page, f"no-page-zh-320-{theme}")
