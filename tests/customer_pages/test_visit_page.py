"""What a customer reads of their visit in each of its states and languages, and what a page never shows or does."""

import base64
import hashlib
import re
from datetime import timedelta
from types import SimpleNamespace

import msgspec
import pytest
from litestar import Litestar

from mobile_contract.chain import uuid7
from mobile_contract.phone import Phone
from server.customer_pages.rules import PageState
from server.ground import clock
from server.ground.words import Language, words
from server.records.seal import seal as sealing
from server.records.sealer import Sealer
from tests.company import Company
from tests.customer_pages.pages import LANGUAGES, counted, desk_token, label_token, page
from tests.day import finished_visit, fix
from tests.phones import enrolled
from tests.records.sealing import seal, sealed_visit


@pytest.fixture
async def wei(company: Company) -> Phone:
    return await enrolled(company, "wei")


async def says(company: Company, token: str, state: PageState) -> str:
    """The page says this state in all languages; returns the English one."""
    for tag in LANGUAGES:
        said, shown = words(Language(tag)), await page(company, f"/v/{token}", tag)
        assert f'<html lang="{tag}">' in shown
        assert f"<h1>{said.key(state)}</h1>" in shown, (tag, state)
        assert f'<p class="lead">{said.say(f"visit_page.leads.{state}")}</p>' in shown, (tag, state)
    return await page(company, f"/v/{token}")


def tapped(wei: Phone, visit_id: str, *kinds: str) -> None:
    for kind in kinds:
        body = {"check_in_id": uuid7(), "fixes": [fix(wei, visit_id)], "plan_version": 1} if kind == "check_in" else {}
        wei.tap(kind, visit_id, body or None)


async def test_before_anybody_is_sent_the_page_says_what_is_settled(company: Company) -> None:
    visit_id = await company.visit()
    token = await desk_token(company, visit_id)
    shown = await says(company, token, PageState.UNPLANNED)
    assert "The time is still to be agreed with you." in shown
    agreed = {"agreed_with": "王芳", "channel": "phone"}
    window = {"window_start": "2026-03-02T09:00:00+08:00", "window_end": "2026-03-02T11:00:00+08:00"}
    await company.must("mei", "POST", f"/v1/visits/{visit_id}/windows", json={**window, "agreed": agreed})
    assert "2026-03-02 09:00–11:00 (UTC+8)" in await says(company, token, PageState.PLANNED)


async def test_an_appointment_says_who_comes_when_where_and_what_for(company: Company) -> None:
    token = await desk_token(company, await company.visit("wei", "anna"))
    shown = await says(company, token, PageState.APPOINTED)
    for told in (
        "李伟, Anna Schmidt",
        "2026-03-02 09:00–11:00 (UTC+8)",
        "Asia/Shanghai",
        "延安西路221号",
        "Chiller shows E42",
    ):
        assert told in shown
    assert 'href="/v/' in shown
    assert '<html lang="zh-CN">' in (await company.http.get(f"/v/{token}")).text, "the customer's own language"


async def test_what_somebody_else_is_to_know_is_not_on_the_page(company: Company, wei: Phone) -> None:
    visit_id = await company.visit("wei", description="Customer pays late; bring the invoice")
    token = await desk_token(company, visit_id)
    await wei.sync()
    wei.tap("decline", visit_id, {"reason": "I do not like them"})
    await wei.sync()
    shown = await says(company, token, PageState.PLANNED)
    assert "pays late" not in shown
    assert "do not like" not in shown
    assert "Decline" not in shown


async def test_on_the_way_here_and_at_work_say_since_when_and_no_position(company: Company, wei: Phone) -> None:
    visit_id = await company.visit("wei")
    token = await desk_token(company, visit_id)
    await wei.sync()
    for kinds, state in (
        (("accept", "depart"), PageState.ON_THE_WAY), (("check_in",), PageState.HERE), (("start",), PageState.WORKING),
    ):  # fmt: skip
        tapped(wei, visit_id, *kinds)
        await wei.sync()
        shown = await says(company, token, state)
        assert "<dt>Since</dt>" in shown
        assert "Agreed time" in shown
        assert "31.22" not in shown
        assert "121.43" not in shown
        assert "/change" not in shown, "who has set off is called"
    wei.tap("hold", visit_id, {"reason": "A part is fetched"})
    await wei.sync()
    assert "A part is fetched" not in await says(company, token, PageState.PAUSED)


async def test_between_signature_and_seal_the_report_is_being_prepared_and_then_it_is_there(
    company: Company, app: Litestar, sealer: Sealer, wei: Phone
) -> None:
    visit_id = await finished_visit(company, wei)
    token = await desk_token(company, visit_id)
    await says(company, token, PageState.PREPARED)
    await wei.upload_photos()
    assert await seal(app, sealer, visit_id) == 1
    shown = await says(company, token, PageState.DONE)
    assert "In WeChat" in shown
    [path] = set(re.findall(r'href="(/v/[^"?]+/reports/[0-9a-f-]+)"', shown))
    report = await company.http.get(path)
    for told in ("华东医院", "更换风机", "确认本报告", "提出异议", f'href="/v/{token}"'):
        assert told in report.text
    pdf = await company.http.get(f"{path}/report.pdf")
    assert pdf.content.startswith(b"%PDF")


async def test_a_visit_that_could_not_be_completed_says_what_comes_next(company: Company, wei: Phone) -> None:
    visit_id = await company.visit("wei")
    token = await desk_token(company, visit_id)
    await wei.sync()
    body = {"reason": "Their fuse box is a mess", "cause": "part_missing", "comes_next": "parts"}
    wei.tap("cannot_complete", visit_id, body)
    await wei.sync()
    shown = await says(company, token, PageState.NOT_COMPLETED)
    assert "Parts are being ordered." in shown
    assert "fuse box" not in shown
    job_id = (await company.must("mei", "GET", f"/v1/visits/{visit_id}"))["job_id"]
    made = await company.must("mei", "POST", f"/v1/jobs/{job_id}/visits", json={})
    await company.assign(made["id"], "anna", start="2026-03-09T09:00:00+08:00")
    assert "2026-03-09 09:00–11:00 (UTC+8)" in await page(company, f"/v/{token}")


async def test_a_cancelled_visit_says_so_and_how_to_ask_for_another(company: Company) -> None:
    visit_id = await company.visit("wei")
    token = await desk_token(company, visit_id)
    await company.must("mei", "POST", f"/v1/visits/{visit_id}/cancel", json={"reason": "Does not pay"})
    shown = await says(company, token, PageState.CANCELLED)
    assert "If you still need us" in shown
    assert "Does not pay" not in shown


async def test_wrong_revoked_and_expired_links_say_the_same_and_show_nothing(company: Company) -> None:
    visit_id = await company.visit("wei")
    revoked, expired = await desk_token(company, visit_id), await desk_token(company, visit_id)
    link_id = (await company.must("mei", "GET", f"/v1/visits/{visit_id}/links"))[1]["id"]
    await company.must("mei", "POST", f"/v1/visits/{visit_id}/links/{link_id}/revoke")
    await company.must("mei", "POST", f"/v1/visits/{visit_id}/cancel", json={"reason": "x"})
    start = max(clock.micros(), 1_772_420_400_000_000)  # the later of now and the window's end
    try:
        clock.hold(lambda: start + timedelta(days=91) // timedelta(microseconds=1))
        shown = {
            re.sub(r"/v/[\w-]+", "", await page(company, f"/v/{token}", status=404))
            for token in ("nobody-knows-it", revoked, expired)
        }
    finally:
        clock.hold(None)
    assert len(shown) == 1
    [same] = shown
    assert "Ask Fieldproof for a new link" in same
    assert "华东医院" not in same
    german = await company.http.get("/v/nobody-knows-it", headers={"accept-language": "de-AT"})
    assert "Dieser Link öffnet keine Seite" in german.text


async def test_a_link_opens_while_the_visit_goes_on_and_its_days_after_the_end(company: Company) -> None:
    visit_id = await company.visit("wei")
    token = await desk_token(company, visit_id)
    start = max(clock.micros(), 1_772_420_400_000_000)
    passed = [0]
    clock.hold(lambda: start + timedelta(days=passed[0]) // timedelta(microseconds=1))
    try:
        passed[0] = 200
        await page(company, f"/v/{token}")
        await company.log_in("mei")
        await company.must("mei", "POST", f"/v1/visits/{visit_id}/cancel", json={"reason": "x"})
        passed[0] = 289
        await page(company, f"/v/{token}")
        passed[0] = 291
        await page(company, f"/v/{token}", status=404)
    finally:
        clock.hold(None)


async def test_a_token_opens_its_own_kind_of_page_alone(
    company: Company, app: Litestar, sealer: Sealer, wei: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed = "kT8w2ZrQx4Vn1mPe7sLdYgOfTheReport"
    monkeypatch.setattr(sealing, "secrets", SimpleNamespace(token_urlsafe=lambda _: printed))
    visit_id = await sealed_visit(company, app, sealer, wei)
    tokens = {"r": printed, "v": await desk_token(company, visit_id), "a": await label_token(company)}
    for door in tokens:
        for kind, token in tokens.items():
            answer = await company.http.get(f"/{door}/{token}")
            assert answer.status_code == (200 if door == kind else 404), (door, kind)
    assert (await company.http.get(f"/v/{'x' * 5000}")).status_code == 404


async def test_who_asks_too_often_gets_a_page_that_says_so(company: Company) -> None:
    path = f"/v/{await desk_token(company, await company.visit('wei'))}"
    answers = [await company.http.get(path, headers={"accept-language": "de"}) for _ in range(60)]
    assert {one.status_code for one in answers} == {200}
    while (refused := await company.http.get(path, headers={"accept-language": "de"})).status_code == 200:
        pass  # each second lets one more through
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) >= 1
    assert "Gerade nicht" in refused.text


async def test_a_form_whose_address_is_loaded_again_leads_back_to_its_page(company: Company) -> None:
    token, label = await desk_token(company, await company.visit("wei")), await label_token(company)
    for path in (f"/v/{token}/change", f"/v/{token}/request", f"/a/{label}/request"):
        answer = await company.http.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, path.rpartition("/")[0])


async def test_loading_a_page_changes_nothing(company: Company, app: Litestar, sealer: Sealer, wei: Phone) -> None:
    visit_id = await finished_visit(company, wei)
    await wei.upload_photos()
    assert await seal(app, sealer, visit_id) == 1
    token, label = await desk_token(company, visit_id), await label_token(company)
    shown = await page(company, f"/v/{token}")
    paths = [f"/v/{token}", f"/a/{label}", *re.findall(r'href="(/v/[^"?]+/reports/[^"?]+)"', shown)]
    before = await counted(app)
    for path in paths * 2:
        for method in ("GET", "HEAD"):
            answer = await company.http.request(method, path)
            assert answer.status_code in (200, 405), path
    assert await counted(app) == before


async def test_a_page_has_no_script_is_not_indexed_and_loads_nothing(company: Company) -> None:
    for path in (f"/v/{await desk_token(company, await company.visit('wei'))}", f"/a/{await label_token(company)}"):
        answer = await company.http.get(path)
        policy, style = (
            answer.headers["content-security-policy"],
            re.search(r"<style>(.*?)</style>", answer.text, re.DOTALL),
        )
        assert style is not None
        digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
        assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}'")
        assert "<script" not in answer.text
        assert not re.findall(r' style="', answer.text)
        assert not re.findall(r'(?:src|href|action)="(?!/)', answer.text)
        assert (answer.headers["referrer-policy"], answer.headers["x-robots-tag"]) == ("no-referrer", "noindex")
        assert "no-store" in answer.headers["cache-control"]


async def test_a_strangers_text_is_shown_and_does_nothing(company: Company) -> None:
    token = await desk_token(company, await company.visit("wei", title="<b>E\u202e42</b>"))
    shown = await page(company, f"/v/{token}")
    assert "&lt;b&gt;E[U+202E]42&lt;/b&gt;" in shown


async def test_the_number_of_the_office_is_shown_where_there_is_one(
    company: Company, app: Litestar, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = await desk_token(company, await company.visit("wei"))
    assert "tel:" not in await page(company, f"/v/{token}")
    named = msgspec.structs.replace(app.state.sealer, company_phone="+86 (21) 6248-3180")
    monkeypatch.setitem(app.state._state, "sealer", named)
    assert 'href="tel:+862162483180"' in await page(company, f"/v/{token}")
