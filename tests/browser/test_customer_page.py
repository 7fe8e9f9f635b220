"""The customer's page on a phone, without scripts: read, confirm, dispute."""

from types import SimpleNamespace

import pytest
from litestar import Litestar
from playwright.async_api import Browser, Page

from server.records.seal import seal as sealing
from server.records.sealer import Sealer
from tests.browser.conftest import screenshot
from tests.company import Company
from tests.phones import enrolled
from tests.records.sealing import record_and_pdf, sealed_visit

TOKEN = "kT8w2ZrQx4Vn1mPe7sLdYgBrowserTest"


@pytest.fixture
async def visit_id(company: Company, app: Litestar, sealer: Sealer, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(sealing, "secrets", SimpleNamespace(token_urlsafe=lambda _: TOKEN))
    return await sealed_visit(company, app, sealer, await enrolled(company, "wei"))


async def phone(chromium: Browser) -> tuple[Page, list[str]]:
    context = await chromium.new_context(
        viewport={"width": 390, "height": 844}, java_script_enabled=False, locale="zh-CN", device_scale_factor=2
    )
    page, urls = await context.new_page(), []  # type: ignore[var-annotated]
    page.on("request", lambda request: urls.append(request.url))
    return page, urls


async def test_a_customer_confirms_and_later_disputes_from_a_phone_without_scripts(
    company: Company, site: str, chromium: Browser, visit_id: str
) -> None:
    page, urls = await phone(chromium)
    await page.goto(f"{site}/r/{TOKEN}")
    await screenshot(page, "customer-open-zh")
    await page.get_by_role("button", name="确认本报告").click()
    record, _ = await record_and_pdf(company, visit_id)
    assert record["customer"]["standing"] == "not_answered", "the box has to be ticked first"  # type: ignore[index]
    await page.get_by_label("我已阅读上述报告").check()
    await page.get_by_role("button", name="确认本报告").click()
    assert "您已于" in await page.get_by_role("status").inner_text()
    await screenshot(page, "customer-confirmed-zh")
    await page.get_by_text("内容有误").click()
    await page.get_by_label("请说明哪里不符").fill("风机未更换")
    await screenshot(page, "customer-disputing-zh")
    await page.get_by_role("button", name="提出异议").click()
    assert "风机未更换" in await page.get_by_role("status").inner_text()
    await screenshot(page, "customer-disputed-zh")
    record, _ = await record_and_pdf(company, visit_id)
    assert record["customer"]["standing"] == "disputed"  # type: ignore[index]
    assert all(url.startswith(site) for url in urls), "nothing comes from elsewhere"


async def test_the_page_fits_a_narrow_phone(site: str, chromium: Browser, visit_id: str) -> None:
    page, _ = await phone(chromium)
    await page.set_viewport_size({"width": 320, "height": 600})
    await page.goto(f"{site}/r/{TOKEN}")
    box = await page.locator("main").bounding_box()
    assert box is not None, visit_id
    assert box["width"] <= 320
    for button in await page.get_by_role("button").all():
        size = await button.bounding_box()
        assert size is None or size["height"] >= 44, "a thumb has to hit it"
    width = "element => element.getBoundingClientRect().width"
    name = page.locator("dt").first
    assert await name.evaluate(width) < 0.45 * await page.locator("dl").first.evaluate(width), (
        "the values have the room"
    )
