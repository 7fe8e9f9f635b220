"""What a customer does with the link on the PDF: reads, confirms, disputes; and what it proves afterwards."""

import asyncio
import base64
import hashlib
import html
import json
import re
import time
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from server.ground import clock
from server.records.keys import public_keys
from server.records.log.log import ORIGIN
from server.records.seal import seal as sealing
from server.records.sealer import Sealer
from server.records.verify import all_hold, verify_answer
from tests.company import Company
from tests.phones import enrolled
from tests.records.sealing import record_and_pdf, sealed_visit


@pytest.fixture
def token(monkeypatch: pytest.MonkeyPatch) -> str:
    """The token of the next link."""
    value = base64.urlsafe_b64encode(hashlib.sha256(str(clock.micros()).encode()).digest()[:24]).decode()
    monkeypatch.setattr(sealing, "secrets", SimpleNamespace(token_urlsafe=lambda _: value))
    return value


@pytest.fixture
async def visit_id(company: Company, app: Litestar, sealer: Sealer, token: str) -> str:
    """A sealed visit, whose link has the token."""
    return await sealed_visit(company, app, sealer, await enrolled(company, "wei"))


async def standing(company: Company, visit_id: str) -> dict[str, Any]:
    record, _ = await record_and_pdf(company, visit_id)
    return record["customer"]  # type: ignore[return-value]


async def post(company: Company, token: str, act: str, **form: str) -> httpx.Response:
    return await company.http.post(f"/r/{token}/{act}", data=form)


@pytest.mark.usefixtures("visit_id")
async def test_the_page_shows_the_report_and_offers_both_answers(company: Company, token: str) -> None:
    page = await company.http.get(f"/r/{token}")
    assert page.status_code == 200
    assert '<html lang="zh-CN">' in page.text
    for words in ("华东医院", "更换风机", "FAN-12", "确认本报告", "提出异议", "简单电子签名"):
        assert words in page.text
    pdf = await company.http.get(f"/r/{token}/report.pdf")
    assert pdf.content.startswith(b"%PDF")


@pytest.mark.usefixtures("visit_id")
async def test_the_page_has_no_script_and_nothing_from_elsewhere(company: Company, token: str) -> None:
    page = await company.http.get(f"/r/{token}")
    policy = page.headers["content-security-policy"]
    style = re.search(r"<style>(.*?)</style>", page.text, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}'")
    assert "<script" not in page.text
    assert not re.findall(r'(?:src|href|action)="(?!/)', page.text)
    assert page.headers["referrer-policy"] == "no-referrer", "the link is the key: it must not travel on"
    assert "no-store" in page.headers["cache-control"]


async def test_a_confirmation_is_evidence_of_its_own(
    company: Company, app: Litestar, sealer: Sealer, visit_id: str, token: str
) -> None:
    before, pdf = await record_and_pdf(company, visit_id)
    assert (await standing(company, visit_id))["standing"] == "not_answered"
    unread = await post(company, token, "confirm")
    assert unread.status_code == 422
    assert (await standing(company, visit_id))["standing"] == "not_answered"
    for _ in range(2):
        answer = await post(company, token, "confirm", read="yes")
        assert (answer.status_code, answer.headers["location"]) == (303, f"/r/{token}")
    assert (await standing(company, visit_id))["standing"] == "confirmed"
    page = (await company.http.get(f"/r/{token}")).text
    assert "确认本报告</button>" not in page
    assert "提出异议</button>" in page, "who confirmed may still find something wrong"
    file = (await company.http.get(f"/r/{token}/answers/confirmed")).content
    record = (await record_bytes(app, before["id"]))[0]
    claims = await asyncio.to_thread(verify_answer, record, file, public_keys(sealer.keys, ORIGIN).encode())
    assert all_hold(claims), claims
    assert claims[-1].id == "customer_answer"
    assert "confirmed" in claims[-1].detail
    verified = (await company.http.post("/v1/verify", content=pdf)).json()
    assert verified["customer"]["standing"] == "confirmed"
    answers = await company.must("wei", "GET", f"/v1/records/{before['id']}/answers")
    assert [one["kind"] for one in answers] == ["confirmed"]
    assert json.loads(answers[0]["statement"]) == json.loads(json.loads(file)["statement"])
    assert (await record_and_pdf(company, visit_id))[1] == pdf, "the sealed PDF is not changed"
    size = int((await company.http.get("/v1/log/checkpoint")).text.split("\n")[1])
    assert size == before["leaf_index"] + 2, "record and answer; the second sending added nothing"


async def record_bytes(app: Litestar, record_id: object) -> tuple[bytes, ...]:
    async with app.state.sessions() as session:
        query = text("select record from sealed_record where id = cast(:id as uuid)")
        return tuple(bytes(value) for value in await session.scalars(query, {"id": str(record_id)}))


async def test_a_dispute_is_seen_by_the_desk_and_in_the_visits_history(
    company: Company, visit_id: str, token: str
) -> None:
    await post(company, token, "confirm", read="yes")
    answer = await post(company, token, "dispute", reason="  风机并未更换 <b>\n")
    assert answer.status_code == 303
    assert (await standing(company, visit_id))["standing"] == "disputed"
    disputes = await company.must("mei", "GET", "/v1/disputes")
    assert [(one["visit_id"], one["reason"], one["amended_by"]) for one in disputes] == [
        (visit_id, "风机并未更换 <b>", None)
    ]
    history = await company.must("mei", "GET", f"/v1/visits/{visit_id}/history")
    assert [line["kind"] for line in history[-2:]] == ["customer_confirmed", "customer_disputed"]
    assert history[-1]["facts"]["reason"] == "风机并未更换 <b>"
    page = (await company.http.get(f"/r/{token}")).text
    assert html.escape("风机并未更换 <b>") in page
    assert "<form" not in page
    assert (await post(company, token, "dispute", reason="again")).status_code == 303
    assert (await post(company, token, "confirm", read="yes")).status_code == 303, "given before, so nothing changes"
    assert len(await company.must("mei", "GET", "/v1/disputes")) == 1
    assert (await company.call("wei", "GET", "/v1/disputes")).status_code == 403
    assert (await company.call(None, "GET", "/v1/disputes")).status_code == 401


async def test_what_nobody_can_type_is_left_out_of_a_reason(company: Company, visit_id: str, token: str) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    body = b"reason=no%00thing%ED%A0%80%07%0Adone&more=1"
    answer = await company.http.post(f"/r/{token}/dispute", content=body, headers=headers)
    assert answer.status_code == 303, answer.text
    reason = (await company.must("mei", "GET", "/v1/disputes"))[0]["reason"]
    assert reason.startswith("nothing")
    assert reason.endswith("\ndone")
    twice = await company.http.post(f"/r/{token}/dispute", content=b"reason=a&reason=b", headers=headers)
    assert twice.status_code in (303, 400)
    assert len(await company.must("mei", "GET", f"/v1/visits/{visit_id}/records")) == 1


async def test_who_disputed_cannot_confirm(company: Company, visit_id: str, token: str) -> None:
    await post(company, token, "dispute", reason="wrong parts")
    assert (await post(company, token, "confirm", read="yes")).status_code == 409
    assert (await standing(company, visit_id))["standing"] == "disputed"


@pytest.mark.parametrize("reason", ["", "   ", "x" * 2001])
async def test_a_dispute_needs_a_reason(company: Company, visit_id: str, token: str, reason: str) -> None:
    answer = await post(company, token, "dispute", reason=reason)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert (await standing(company, visit_id))["standing"] == "not_answered"


async def test_after_its_time_a_report_cannot_be_disputed_and_silence_is_no_confirmation(
    company: Company, visit_id: str, token: str
) -> None:
    clock.hold(lambda: time.time_ns() // 1000 + 15 * 24 * 3600 * 1_000_000)
    try:
        assert "提出异议</button>" not in (await company.http.get(f"/r/{token}")).text
        assert (await post(company, token, "dispute", reason="too late")).status_code == 409
        await company.log_in("mei")
        assert (await standing(company, visit_id))["standing"] == "not_answered"
        assert (await post(company, token, "confirm", read="yes")).status_code == 303
        assert (await standing(company, visit_id))["standing"] == "confirmed"
    finally:
        clock.hold(None)


@pytest.mark.usefixtures("visit_id")
async def test_a_wrong_link_shows_nothing_and_says_so_in_the_readers_language(company: Company, token: str) -> None:
    wrong = token[:-1] + ("A" if token[-1] != "A" else "B")
    for path in (
        f"/r/{wrong}",
        "/r/x",
        f"/r/{'x' * 500}",
        f"/r/{wrong}/report.pdf",
        f"/r/{wrong}/answers/confirmed",
    ):
        page = await company.http.get(path, headers={"accept-language": "zh-CN,zh;q=0.9"})
        assert page.status_code == 404
        assert "未找到报告" in page.text
        assert "华东医院" not in page.text
    for act in ("confirm", "dispute"):
        assert (await post(company, wrong, act, read="yes", reason="x")).status_code == 404


@pytest.mark.usefixtures("visit_id")
async def test_one_address_that_asks_too_often_is_told_to_wait(company: Company, token: str) -> None:
    for _ in range(30):
        for path in ("/r/guess", "/v1/shared/guess"):  # the page and the file are behind the same link
            assert (await company.http.get(path)).status_code == 404
    answers = [await company.http.get(path) for path in ("/r/guess", "/v1/shared/guess") for _ in range(60)]
    assert answers[59].status_code == answers[119].status_code == 429
    assert 1 <= int(answers[59].headers["retry-after"]) <= 61
    assert "report" not in answers[59].text.lower()
    assert (await company.http.get("/health")).status_code == 200


async def test_an_answer_is_never_changed(company: Company, app: Litestar, visit_id: str, token: str) -> None:
    await post(company, token, "confirm", read="yes")
    for change in ("update customer_answer set kind = 'disputed'", "delete from customer_answer"):
        with pytest.raises(IntegrityError, match="never changed"):
            async with app.state.sessions.begin() as session:
                await session.execute(text(change))
    assert (await standing(company, visit_id))["standing"] == "confirmed"


async def test_two_answers_at_once_are_one(company: Company, app: Litestar, visit_id: str, token: str) -> None:
    answers = await asyncio.gather(*(post(company, token, "confirm", read="yes") for _ in range(5)))
    assert {answer.status_code for answer in answers} == {303}
    async with app.state.sessions() as session:
        assert await session.scalar(text("select count(*) from customer_answer")) == 1


def test_the_term_is_the_settings() -> None:
    assert timedelta(days=Sealer.__struct_defaults__[-1]) == timedelta(days=14)
