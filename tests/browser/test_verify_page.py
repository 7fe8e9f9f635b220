"""The page `/verify` in a real browser: it checks here, names what was changed, and sends nothing."""

from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from playwright.async_api import Browser, Page, Request

from server.records.canonical import canonical
from server.records.keys import public_keys
from server.records.log.log import ORIGIN
from server.records.sealer import Sealer
from tests.browser.conftest import screenshot
from tests.company import Company
from tests.phones import enrolled
from tests.records.conftest import pdf_of, signed
from tests.records.corpus import STANDS, answer_of, base, base_pdf, container
from tests.records.factory import make_sealed, sealed_again
from tests.records.sealing import record_and_pdf, sealed_visit

Files = list[dict[str, Any]]


class Checker:
    """The open page, with every request that it made since it was loaded."""

    def __init__(self, page: Page) -> None:
        self.page, self.requests = page, []  # type: ignore[var-annotated]
        page.on("request", self._note)

    def _note(self, request: Request) -> None:
        self.requests.append(request.url)

    async def check(self, *files: tuple[str, bytes]) -> dict[str, str]:
        """Choose files and wait for the answer: for each claim its kind (good, fact, bad)."""
        chosen: Files = [{"name": n, "mimeType": "application/octet-stream", "buffer": data} for n, data in files]
        await self.page.evaluate("document.querySelector('#result').replaceChildren()")
        await self.page.set_input_files("#files", chosen)  # type: ignore[arg-type]
        await self.page.wait_for_selector(".verdict[data-ok]", timeout=20_000)
        lines = await self.page.eval_on_selector_all(
            ".claims li", "lines => lines.map(line => [line.dataset.claim, line.className])"
        )
        return {str(name): str(kind) for name, kind in lines}


def bad(claims: dict[str, str]) -> set[str]:
    return {name for name, kind in claims.items() if kind == "bad"}


@pytest.fixture
async def checker(site: str, chromium: Browser) -> Checker:
    page = await chromium.new_page(locale="en-GB", viewport={"width": 1000, "height": 800})
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    await page.goto(f"{site}/verify", wait_until="networkidle")
    await page.wait_for_selector("html[data-ready=yes]")
    assert faults == []
    return Checker(page)


async def test_a_report_of_this_server_holds_with_the_keys_of_the_page_and_nothing_is_sent(
    company: Company, app: Litestar, sealer: Sealer, checker: Checker
) -> None:
    visit_id = await sealed_visit(company, app, sealer, await enrolled(company, "wei"))
    _, pdf = await record_and_pdf(company, visit_id)
    claims = await checker.check(("report.pdf", pdf))
    assert bad(claims) == set()
    assert claims["pdf_seal"] == claims["checkpoint"] == claims["operation_signatures"] == "good"
    assert len(claims) == 27
    words = await checker.page.inner_text("#keys")
    assert words.startswith("Keys: of this server (127.0.0.1")
    await screenshot(checker.page, "verify-good-en")
    await checker.page.click("[data-language=zh-CN]")
    assert "未发现更改" in await checker.page.inner_text(".verdict")
    await screenshot(checker.page, "verify-good-zh")
    await checker.page.click("[data-language=de]")
    assert "Nichts wurde verändert" in await checker.page.inner_text(".verdict")
    assert "Das Siegel des Unternehmens" in await checker.page.inner_text("[data-claim=pdf_seal]")
    await screenshot(checker.page, "verify-good-de")
    own = ("server.pub", public_keys(sealer.keys, ORIGIN).encode())
    assert bad(await checker.check(("report.pdf", pdf), own)) == set()
    assert "server.pub" in await checker.page.inner_text("#keys")
    assert checker.requests == [], "once loaded, the page makes no request"


async def test_what_was_changed_is_named(checker: Checker) -> None:
    sealed, pdf = base_pdf(1)
    keys = ("server.pub", sealed.key_file)
    assert bad(await checker.check(("report.pdf", pdf), keys)) == set()
    middle = bytearray(pdf)
    middle[len(pdf) // 2] ^= 1
    assert "pdf_seal" in bad(await checker.check(("changed.pdf", bytes(middle))))
    await screenshot(checker.page, "verify-changed-en")
    start, _ = container(pdf)
    digit = bytearray(pdf)
    digit[start + 400] ^= 1
    assert bad(await checker.check(("digit.pdf", bytes(digit)))) == {"pdf_seal", "pdf_timestamp"} or "pdf_seal" in bad(
        await checker.check(("digit.pdf", bytes(digit)))
    )
    assert bad(await checker.check(("longer.pdf", pdf + b"\n%%EOF\n"))) >= {"pdf_seal"}
    name, photo = next(iter(sealed.photos.items()))
    claims = await checker.check(("report.pdf", pdf), ("before.jpg", photo))
    assert claims["photo_files"] == "good", name
    claims = await checker.check(("report.pdf", pdf), ("before.jpg", photo[:-1] + b"x"))
    assert bad(claims) == {"photo_files"}
    assert bad(await checker.check(("report.pdf", pdf), ("answer-confirmed.json", answer_of(0, "confirmed")))) == {
        "answer_record"
    }, base(0)
    assert checker.requests == []


async def test_a_report_of_another_company_does_not_hold_under_this_servers_keys(checker: Checker) -> None:
    _, pdf = base_pdf(0)
    assert bad(await checker.check(("report.pdf", pdf))) == {"pdf_seal", "server_signature", "checkpoint"}


async def test_a_record_of_a_newer_version_is_called_unknown_and_nothing_else(checker: Checker) -> None:
    sealed = make_sealed("en", photos=0)
    newer = sealed_again(sealed, canonical({**sealed.facts, "type": "fieldproof/record/v3"}))
    keys = ("server.pub", sealed.key_file)
    claims = await checker.check(("report.pdf", signed(newer, pdf_of(newer))), keys)
    assert claims == {"record_form": "bad"}
    verdict = await checker.page.inner_text(".verdict")
    assert verdict.startswith("This file is of a newer version than this page knows. Nothing of it was checked.")
    assert "change" not in verdict
    await checker.page.click("[data-language=zh-CN]")
    assert "未对其进行任何验证" in await checker.page.inner_text(".verdict")


async def test_a_record_with_photos_that_were_decided_about_holds_and_says_so(checker: Checker) -> None:
    sealed = make_sealed("en", photos=3, decided=STANDS[0])
    claims = await checker.check(("report.pdf", signed(sealed, pdf_of(sealed))), ("server.pub", sealed.key_file))
    assert bad(claims) == set()
    assert claims["photo_custody"] == "fact"
    assert "never arrived, decided by Ingrid" in await checker.page.inner_text("[data-claim=photo_custody]")


async def test_the_pages_policy_lets_no_request_leave(checker: Checker) -> None:
    for attempt in (
        "fetch('/v1/keys').then(() => 'sent', () => 'held')",
        "fetch('http://127.0.0.1:9/').then(() => 'sent', () => 'held')",
        "Promise.resolve(navigator.sendBeacon('/x', 'y') ? 'queued' : 'held')",
    ):
        assert await checker.page.evaluate(attempt) in ("held", "queued")
    assert [url for url in checker.requests if "127.0.0.1:9" in url] == []


async def test_what_is_no_pdf_is_said_to_be_none(checker: Checker, tmp_path: Path) -> None:
    claims = await checker.check(("report.pdf", b"%PDF-1.7\nnothing of the kind"))
    assert {"pdf_seal", "pdf_record"} <= bad(claims)
    await checker.page.set_input_files("#files", [{"name": "a.pub", "mimeType": "text/plain", "buffer": b"no key"}])
    assert make_sealed("en", photos=0).keys
