"""The site's changing code, from the desk to the customer's page, through the technician's phone, to the verdict."""

import re
from base64 import b32decode
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.etree import ElementTree

import pytest
from litestar import Litestar
from sqlalchemy import text

from mobile_contract.chain import uuid7
from mobile_contract.phone import Phone
from server.arrival.bounded_time import Interval
from server.arrival.witness import Outcome, code_at, otpauth, read
from server.ground import clock
from tests.arrival.desk import MINUTE, Shift, arrival, check_in, newest, tap_check_in
from tests.company import Company

SECRET = b"12345678901234567890"


async def secret_of(company: Company, method: str = "POST") -> bytes:
    """The secret as an authenticator reads it from the QR code."""
    sheet = await company.must("mei", method, f"/v1/sites/{company.ids['site']}/code")
    text = parse_qs(urlsplit(sheet["otpauth"]).query)["secret"][0]
    return b32decode(text + "=" * (-len(text) % 8))


async def link_of(company: Company, visit_id: str) -> str:
    url: str = (await company.must("mei", "POST", f"/v1/visits/{visit_id}/code-link"))["url"]
    assert url.startswith("http://fieldproof.test/code/")
    return urlsplit(url).path


def shown_code(page: str) -> str:
    found = re.search(r"<output>([\d ]+)</output>", page)
    assert found, page
    return found[1].replace(" ", "")


def test_the_sheet_says_what_authenticators_read() -> None:
    parts = urlsplit(otpauth(SECRET, "主楼 Main", "Fieldproof & Co"))
    assert (parts.scheme, parts.netloc, unquote(parts.path)) == ("otpauth", "totp", "/Fieldproof & Co:主楼 Main")
    assert parse_qs(parts.query) == {
        "secret": ["GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"], "issuer": ["Fieldproof & Co"], "algorithm": ["SHA1"],
        "digits": ["6"], "period": ["30"],
    }  # fmt: skip


async def test_the_desk_makes_the_sheet_and_makes_it_anew(company: Company) -> None:
    first = await secret_of(company)
    assert len(first) == 20
    assert await secret_of(company, "GET") == first
    second = await secret_of(company)
    assert second != first
    assert await secret_of(company, "GET") == second
    sheet = await company.must("mei", "GET", f"/v1/sites/{company.ids['site']}/code")
    assert ElementTree.fromstring(sheet["svg"]).tag.endswith("svg")


async def test_the_customers_page_shows_the_code_of_the_moment(company: Company, time: Shift) -> None:
    visit_id = await company.visit("wei", start="2099-03-02T09:00:00+08:00")
    path = await link_of(company, visit_id)
    secret = await secret_of(company, "GET")
    page = await company.http.get(path)
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert shown_code(page.text) == code_at(secret, time.now)
    time.forward(1)
    assert shown_code((await company.http.get(path)).text) == code_at(secret, time.now)


async def test_the_page_is_in_the_customers_language_or_the_one_asked_for(company: Company) -> None:
    path = await link_of(company, await company.visit("wei", start="2099-03-02T09:00:00+08:00"))
    pages = [(await company.http.get(path + query)).text for query in ("", "?lang=en", "?lang=<script>")]
    own, english, odd = [re.sub(r'content="\d+"', "", page) for page in pages]  # seconds to the next code
    assert 'lang="zh-CN"' in own
    assert "给技术员的动态码" in own
    assert "Code for the technician" in english
    assert own.split("<output>")[0] == odd.split("<output>")[0].replace("?lang=<script>", "")


async def test_the_page_loads_nothing_and_is_kept_by_nobody(company: Company) -> None:
    page = await company.http.get(await link_of(company, await company.visit("wei")))
    assert not re.search(r"https?://|<script|<img|<link|@import|url\(", page.text)
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["content-security-policy"].startswith("default-src 'none'")


async def test_a_name_cannot_write_into_the_page(company: Company, app: Litestar) -> None:
    path = await link_of(company, await company.visit("wei"))
    async with app.state.sessions.begin() as session:
        await session.execute(text("update site set name = '<script>alert(1)</script>'"))
    assert "<script" not in (await company.http.get(path)).text


async def test_a_new_link_ends_the_old_one_and_an_unknown_one_shows_nothing(company: Company) -> None:
    visit_id = await company.visit("wei", start="2099-03-02T09:00:00+08:00")
    old, new = await link_of(company, visit_id), await link_of(company, visit_id)
    assert [(await company.http.get(path)).status_code for path in (old, new, "/code/guess")] == [404, 200, 404]


async def test_the_code_disappears_when_the_visit_is_over(company: Company, time: Shift) -> None:
    cancelled = await company.visit("wei", start="2099-03-02T09:00:00+08:00")
    past = await company.visit("wei", start="2026-01-05T09:00:00+08:00")
    await company.must("mei", "POST", f"/v1/visits/{cancelled}/cancel", json={"reason": "repaired"})
    for visit_id in (cancelled, past):
        page = await company.http.get(await link_of(company, visit_id))
        assert (page.status_code, "<output>" in page.text) == (200, False)


async def test_a_code_typed_in_offline_narrows_the_time_and_the_verdict_says_so(
    company: Company, wei: Phone, time: Shift
) -> None:
    time.carried_by(wei)
    visit_id = await company.visit("wei", start="2099-03-02T09:00:00+08:00")
    await wei.sync()
    secret = await secret_of(company)
    wei.boot_id = "rebooted in the cellar"
    time.forward(4)
    tap_check_in(wei, visit_id, code=code_at(secret, time.now))
    tapped = time.now
    time.forward(300)
    await wei.sync()
    await company.log_in("mei")
    found = await newest(company, visit_id)
    interval = found["inputs"]["interval"]
    assert interval["earliest"] <= tapped <= interval["latest"]
    assert interval["latest"] - interval["earliest"] <= 3.5 * MINUTE + 1
    assert (interval["earliest_basis"], interval["latest_basis"]) == ("co_witness", "co_witness")
    assert found["inputs"]["witness"]["outcome"] == "seen"
    assert "was shown between" in found["words"]["en"]
    assert "动态码" in found["words"]["zh"]


async def test_a_wrong_code_is_a_fact_and_no_error(company: Company, wei: Phone) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    right = code_at(await secret_of(company), 0)
    wrong = f"{(int(right) + 1) % 10**6:06}"
    tap = await check_in(wei, visit_id, code=wrong)
    assert wei.state["outcomes"][tap]["outcome"] == "applied"
    (one,) = (await arrival(company, visit_id))["check_ins"]
    found = one["verdicts"][0]
    assert one["witness_code"] == wrong
    assert found["place"] == "inside"
    assert (found["inputs"]["witness"]["outcome"], found["flags"]) == ("wrong", ["witness_code_wrong"])
    assert "proves nothing, for or against" in found["words"]["en"]


async def test_nothing_hides_in_a_code_that_is_told(company: Company, wei: Phone) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    await secret_of(company)
    await check_in(wei, visit_id, code="12\u200b345")
    words = (await newest(company, visit_id))["words"]
    assert {"12[U+200B]345" in said for said in words.values()} == {True}, words


@pytest.mark.parametrize(("code", "outcome"), [("12 34", "malformed"), ("123456", "not_in_use")])
async def test_a_code_that_cannot_be_checked_says_why(company: Company, wei: Phone, code: str, outcome: str) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    if outcome == "malformed":
        await secret_of(company)
    await check_in(wei, visit_id, code=code)
    assert (await newest(company, visit_id))["inputs"]["witness"]["outcome"] == outcome


async def test_a_retired_secret_judges_only_its_own_time(company: Company, wei: Phone, time: Shift) -> None:
    time.carried_by(wei)
    visit_id = await company.visit("wei", start="2099-03-02T09:00:00+08:00")
    await wei.sync()
    old = await secret_of(company)
    time.forward(4)
    tap_check_in(wei, visit_id, code=code_at(old, time.now))
    time.forward(4)
    await secret_of(company)
    await wei.sync()
    assert (await newest(company, visit_id))["inputs"]["witness"]["outcome"] == "seen"
    late = await company.visit("wei", start="2099-03-03T09:00:00+08:00")
    await wei.sync()
    time.forward(5)
    await check_in(wei, late, code=code_at(old, time.now))
    await company.log_in("mei")
    assert (await newest(company, late))["inputs"]["witness"]["outcome"] == "wrong"


def test_two_secrets_double_the_chance_of_a_guess_and_either_may_fit() -> None:
    within = Interval(0, 60 * MINUTE)
    one, both = [read(secrets, code_at(SECRET, 30 * MINUTE), within) for secrets in ([SECRET], [b"x" * 20, SECRET])]
    assert (one.outcome, both.outcome) == (Outcome.SEEN, Outcome.SEEN)
    assert both.chance_ppm == 2 * (one.chance_ppm or 0)


@pytest.mark.parametrize("typed", ["{} {}", " {}-{}\n", "{}{}\x00", "全{}{}角"])
async def test_a_code_counts_however_it_was_typed(company: Company, wei: Phone, typed: str) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    code = code_at(await secret_of(company), clock.micros())
    if "角" in typed:
        code, typed = "".join(chr(ord(digit) + 0xFEE0) for digit in code), "{}{}"
    tap = await check_in(wei, visit_id, code=typed.format(code[:3], code[3:]))
    assert wei.state["outcomes"][tap]["outcome"] == "applied"
    assert (await newest(company, visit_id))["inputs"]["witness"]["outcome"] == "seen"


async def test_nonsense_in_place_of_a_code_does_not_cost_the_arrival(company: Company, wei: Phone) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    await secret_of(company)
    tap = await check_in(wei, visit_id, code="x" * 150)
    assert wei.state["outcomes"][tap]["outcome"] == "applied"
    assert (await newest(company, visit_id))["inputs"]["witness"]["outcome"] == "malformed"


async def test_an_empty_code_is_none(company: Company, wei: Phone) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    await check_in(wei, visit_id, code=" ")
    assert (await newest(company, visit_id))["inputs"]["witness"] is None


@pytest.mark.parametrize(
    "path", ["/code/%00", "/code/%FF%FE", "/code/" + "x" * 3000, "/code/..%2F..", "/code/%E4%BB%A3"]
)
async def test_a_link_that_is_none_is_a_page_that_says_so(company: Company, path: str) -> None:
    assert (await company.http.get(path)).status_code == 404


async def test_no_phone_ever_gets_the_secret(company: Company, wei: Phone, app: Litestar) -> None:
    await company.visit("wei")
    secret = await secret_of(company)
    await wei.sync()
    async with app.state.sessions() as session:
        bodies = await session.execute(
            text("select sync_body(collection, row_id)::text as body from sync_member where present")
        )
        everything = "".join(row.body for row in bodies)
    assert secret.hex() not in everything
    assert "secret" not in everything


@pytest.mark.parametrize(("who", "status"), [(None, 401), ("wei", 403), ("mei", 404)])
async def test_secrets_and_links_are_the_desks(company: Company, who: str | None, status: int) -> None:
    for method, path in (
        ("POST", f"/v1/sites/{uuid7()}/code"),
        ("GET", f"/v1/sites/{uuid7()}/code"),
        ("POST", f"/v1/visits/{uuid7()}/code-link"),
    ):
        answer: Any = await company.call(who, method, path)
        assert (answer.status_code, bool(answer.json()["detail"])) == (status, True)
