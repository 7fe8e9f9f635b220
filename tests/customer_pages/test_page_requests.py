"""What a customer writes on a page becomes a ticket with its clocks and a number to keep; the same form makes one ticket."""

import asyncio
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from litestar import Litestar

from server.ground import clock
from tests.company import Company
from tests.customer_pages.pages import counted, desk_token, follow, form_of, label_token, page, send, tickets
from tests.day import finished_visit
from tests.phones import enrolled

FAULT = "冷水机组又报警 E42\n风机不转"


@pytest.fixture
async def path(company: Company) -> str:
    return f"/v/{await desk_token(company, await company.visit('wei'))}"


@pytest.mark.parametrize(("kind", "hours"), [("repair", 1), ("inquiry", 24), ("complaint", 24)])
async def test_it_becomes_a_ticket_with_clocks_as_any_other_and_a_receipt(
    company: Company, path: str, kind: str, hours: int
) -> None:
    answer = await send(company, path, "request", kind=kind, words=FAULT, name="王芳", phone="138 0013 8000")
    shown = await follow(company, answer)
    [ticket] = await tickets(company)
    assert f"Received under number {ticket['number']}." in shown
    assert (ticket["kind"], ticket["channel"], ticket["customer_id"]) == (kind, "web", company.ids["customer"])
    assert (ticket["asset_id"], ticket["site_id"]) == (company.ids["asset"], company.ids["site"])
    assert ticket["subject"] == "冷水机组又报警 E42 风机不转"
    assert ticket["description"] == f"{FAULT}\n\n王芳, 138 0013 8000"
    clocks = await company.must("mei", "GET", f"/v1/tickets/{ticket['id']}/clocks")
    assert {one["kind"] for one in clocks} == ({"reply", "contact"} if kind == "complaint" else {"reply"})
    assert ticket["first_response"]["state"] == "running"
    due, received = (datetime.fromisoformat(one) for one in (ticket["first_response"]["due_at"], ticket["received_at"]))
    assert due - received == timedelta(hours=hours)
    [action] = await company.must("root", "GET", "/v1/actions?what=take_ticket")
    assert action["actor_id"] is None, "nobody at a desk took it"


async def test_the_same_form_makes_one_ticket_however_often_it_comes(company: Company, path: str) -> None:
    form = form_of(await page(company, path), "request")
    typed = {"form": form, "kind": "inquiry", "words": FAULT}
    answers = await asyncio.gather(*(send(company, path, "request", **typed) for _ in range(3)))
    again = await send(company, path, "request", **typed)
    assert len({one.headers["location"] for one in [*answers, again]}) == 1
    [ticket] = await tickets(company)
    assert f"number {ticket['number']}" in await follow(company, again)
    await send(company, path, "request", kind="inquiry", words=FAULT)
    assert len(await tickets(company)) == 2, "who writes the same anew means it"


async def test_a_receipt_is_shown_on_its_own_page_alone(company: Company, path: str) -> None:
    form = form_of(await page(company, path), "request")
    await send(company, path, "request", form=form, kind="inquiry", words=FAULT)
    other = f"/v/{await desk_token(company, await company.visit('anna'))}"
    for sent in (form, "x", ""):
        answer = await company.http.get(other, params={"lang": "en", "sent": sent})
        assert answer.status_code == 200
        assert "Received under" not in answer.text


@pytest.mark.parametrize(
    ("typed", "field", "says"),
    [
        ({"kind": "inquiry", "words": "\u3164 "}, "words", "Write here what it is about."),
        ({"kind": "inquiry", "words": "王" * 4001}, "words", "Write at most 4,000 characters."),
        ({"words": FAULT}, "kind", "Choose what it is about."),
        ({"kind": "training", "words": FAULT}, "kind", "Choose what it is about."),
        ({"kind": "inquiry", "words": FAULT, "name": "n" * 201}, "name", "Write at most 200 characters."),
        ({"kind": "inquiry", "words": FAULT, "phone": "1" * 51}, "phone", "Write at most 50 characters."),
    ],
)
async def test_what_is_missing_is_named_beside_its_field(
    company: Company, app: Litestar, path: str, typed: dict[str, str], field: str, says: str
) -> None:
    before = await counted(app)
    answer = await send(company, path, "request", **typed)
    assert answer.status_code == 422
    assert f'<p class="wrong" id="{field}-wrong">{says}</p>' in answer.text
    assert '<details id="request" open>' in answer.text
    if typed["words"] == FAULT:
        assert f">{FAULT}</textarea>" in answer.text
    if typed.get("kind") == "inquiry":
        assert 'value="inquiry" checked' in answer.text
    assert await counted(app) == before


async def test_a_page_takes_so_many_requests_a_day(company: Company, path: str) -> None:
    for number in range(10):
        assert (await send(company, path, "request", kind="inquiry", words=f"{number}")).status_code == 303
    refused = await send(company, path, "request", kind="inquiry", words=FAULT)
    assert refused.status_code == 409
    assert "takes no more for now" in refused.text
    start = clock.micros() + timedelta(days=1, minutes=1) // timedelta(microseconds=1)
    clock.hold(lambda: start)
    try:
        assert (await send(company, path, "request", kind="inquiry", words=FAULT)).status_code == 303
    finally:
        clock.hold(None)


async def test_an_asset_tells_its_last_service_by_date_and_kind_and_nothing_of_anybody(company: Company) -> None:
    path = f"/a/{await label_token(company)}"
    before = await page(company, path)
    assert "None yet" in before
    await finished_visit(company, await enrolled(company, "wei"))
    shown = await page(company, path)
    today = clock.now().astimezone(ZoneInfo("Asia/Shanghai"))
    assert f"<dd>{today:%Y-%m-%d}, Repair</dd>" in shown
    assert "CH200-0007" in shown
    for private in ("华东医院", "主楼", "延安西路", "李伟", "王芳", "风机", "FAN-12", "E42"):
        assert private not in shown


async def test_a_fault_reported_at_the_machine_is_a_repair_ticket_of_its_owner(company: Company) -> None:
    path = f"/a/{await label_token(company)}"
    form = form_of(await page(company, path), "request")
    for _ in range(2):
        answer = await send(company, path, "request", form=form, words=FAULT, kind="complaint")
    [ticket] = await tickets(company)
    assert f"Received under number {ticket['number']}." in await follow(company, answer)
    assert (ticket["kind"], ticket["channel"], ticket["asset_id"]) == ("repair", "web", company.ids["asset"])
    assert (ticket["customer_id"], ticket["site_id"]) == (company.ids["customer"], company.ids["site"])
    blank = await send(company, path, "request", words="")
    assert (blank.status_code, len(await tickets(company))) == (422, 1)
    assert "Write here what it is about." in blank.text


async def test_a_label_is_printed_and_another_one_replaces_it(company: Company) -> None:
    label = f"/v1/assets/{company.ids['asset']}/label"
    await company.must_be(404, "mei", "GET", label)
    first = await company.must("mei", "POST", label)
    assert first["svg"].startswith("<svg")
    assert await company.must("mei", "GET", label) == first, "it can be printed again"
    picture = await company.call("mei", "GET", f"{label}.png")
    assert picture.content.startswith(b"\x89PNG")
    assert picture.headers["content-type"] == "image/png"
    second = await company.must("mei", "POST", label)
    path = first["address"].removeprefix("http://fieldproof.test")
    gone = await page(company, path, status=404)
    assert "opens no page" in gone
    assert "CH200-0007" not in gone
    await page(company, second["address"].removeprefix("http://fieldproof.test"))


async def test_a_page_for_whoever_stands_there_is_in_their_own_language(company: Company) -> None:
    path = f"/a/{await label_token(company)}"
    german = await company.http.get(path, headers={"accept-language": "de-DE,en;q=0.5"})
    assert "Was funktioniert nicht?" in german.text
    assert "哪里出了故障" in await page(company, path, "zh-CN")
