"""What customers and other systems are told, when, and in whose words."""

import json
import re
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from litestar import Litestar
from sqlalchemy import text

from mobile_contract.phone import Phone
from server.clocks.overdue import note_overdue
from server.dispatch.overdue import tell_overdue
from server.ground import clock
from server.jobs.tell import tell_on_the_way
from server.notifications.models import Notification
from server.notifications.outgoing import Outgoing
from server.requests.tell import tell_clock_ran_out
from server.sync.up.tell import tell_parked
from tests.company import Company
from tests.notifications.sending import MailServer, outbox, send_all, sends_by
from tests.phones import enrolled, tap_unchecked

EVERYTHING = ["ticket_received", "visit_agreed", "window_changed", "window_withdrawn", "visit_cancelled", "on_the_way", "report_sealed",
              "operation_parked", "visit_overdue", "clock_overdue"]  # fmt: skip


async def ticket(company: Company, contact: str | None = None, **more: Any) -> dict[str, Any]:
    body = {
        "customer_id": company.ids["customer"], "site_id": company.ids["site"], "kind": "repair", "channel": "phone",
        "subject": "Chiller shows E42", "contact_id": contact, **more,
    }  # fmt: skip
    made: dict[str, Any] = await company.must("mei", "POST", "/v1/tickets", json=body)
    return made


async def endpoint(company: Company, url: str = "https://example.com/hooks", **more: Any) -> dict[str, Any]:
    body = {"url": url, "kinds": EVERYTHING, **more}
    made: dict[str, Any] = await company.must("root", "POST", "/v1/webhook-endpoints", json=body)
    return made


async def say_all(company: Company, channel: str = "email") -> None:
    for rule in await company.must("mei", "GET", "/v1/notifications/rules"):
        path = f"/v1/notifications/rules/{rule['kind']}"
        await company.must("root", "PUT", path, json={"wanted": True, "channel": channel})


async def customers_language(app: Litestar, company: Company, language: str) -> None:
    async with app.state.sessions.begin() as session:
        values = {"id": company.ids["customer"], "locale": language}
        await session.execute(text("update customer set locale = :locale where id = :id"), values)


async def test_without_a_mail_server_customers_are_told_nothing_until_the_company_wants_it(
    company: Company, app: Litestar
) -> None:
    await ticket(company)
    assert await outbox(app) == []
    await say_all(company)
    await ticket(company, company.ids["contact"])
    [row] = await outbox(app)
    assert (row.channel, row.state, row.recipient) == ("manual", "waiting", "+86 21 6248 3180")
    assert row.next_at > clock.now() + timedelta(days=6)


async def test_with_a_mail_server_they_are_told_unless_the_company_does_not_want_it(
    company: Company, app: Litestar, mails: MailServer, contact: str
) -> None:
    await ticket(company, contact)
    [row] = await outbox(app)
    assert (row.channel, row.recipient, row.contact_id) == ("email", "wang@example.com", UUID(contact))
    path = "/v1/notifications/rules/ticket_received"
    await company.must("root", "PUT", path, json={"wanted": False})
    await ticket(company, contact)
    assert len(await outbox(app)) == 1
    refused = await company.call("root", "PUT", "/v1/notifications/rules/clock_overdue", json={"wanted": True})
    assert refused.status_code == 422


@pytest.mark.parametrize(
    ("language", "subject", "said"),
    [
        ("en", "We have received your request no. {number}", "within 1 hour, by 2"),
        ("de", "Ihre Anfrage Nr. {number} ist eingegangen", "innerhalb von 1 Stunde, bis 2"),
        ("zh-CN", "我们已收到您的请求，编号 {number}", "我们会在 1 小时之内答复您，最迟 2"),
    ],
)
async def test_a_ticket_is_acknowledged_in_the_customers_language(
    company: Company, app: Litestar, mails: MailServer, contact: str, language: str, subject: str, said: str
) -> None:
    await customers_language(app, company, language)
    long = "E42 😀 " + "很长的标题" * 40
    made = await ticket(company, contact, subject=long)
    [row] = await outbox(app)
    assert (row.language, row.subject) == (language, subject.format(number=made["number"]))
    assert said in row.text
    assert long in row.text
    assert "王芳" in row.text
    assert "(UTC+8)" in row.text, "in the site's time"
    assert "{" not in row.text


async def test_a_notice_is_no_answer_so_no_clock_stops(
    company: Company, app: Litestar, mails: MailServer, contact: str
) -> None:
    """Case 22: an automatic acknowledgement does not stop a response clock."""
    made = await ticket(company, contact, kind="complaint")
    await send_all(app)
    [row] = await outbox(app)
    assert row.state == "sent"
    path = f"/v1/tickets/{made['id']}"
    assert (await company.must("mei", "GET", path))["first_response"]["state"] == "running"
    assert [one["met_at"] for one in await company.must("mei", "GET", f"{path}/clocks")] == [None, None]
    await company.must("mei", "POST", f"/v1/notifications/{row.id}/replay")
    await company.must("mei", "POST", f"/v1/notifications/{row.id}/sent-by-hand", json={"way": "phone"})
    assert (await company.must("mei", "GET", path))["state"] == "open"


async def test_what_is_rolled_back_is_told_to_nobody(
    company: Company, app: Litestar, mails: MailServer, contact: str
) -> None:
    await endpoint(company)
    async with app.state.sessions.begin() as session:
        for statement in (
            "create function power_cut() returns trigger language plpgsql as $$ begin raise exception 'cut'; end $$",
            "create constraint trigger power_cut after insert on ticket deferrable initially deferred"
            " for each row execute function power_cut()",
        ):
            await session.execute(text(statement))
    body = {"customer_id": company.ids["customer"], "kind": "repair", "channel": "phone", "subject": "x"}
    assert (await company.call("mei", "POST", "/v1/tickets", json=body)).status_code == 500
    assert await outbox(app) == []
    assert (await app.state.readers.fetch("select count(*) from pgqueuer"))[0]["count"] == 0


async def test_a_visit_is_told_when_it_is_agreed_changed_and_cancelled(
    company: Company, app: Litestar, mails: MailServer, contact: str
) -> None:
    await customers_language(app, company, "en")
    visit_id = await company.visit("wei", contact_id=contact)
    await company.assign(visit_id, "anna")  # the same window: nothing new for the customer
    same = {
        "window_start": "2026-03-02T01:00:00Z",
        "window_end": "2026-03-02T03:00:00Z",
        "agreed": {"contact_id": contact},
    }
    await company.must("mei", "POST", f"/v1/visits/{visit_id}/windows", json=same)
    await company.assign(visit_id, "anna", start="2026-03-03T09:00:00+08:00")
    path = f"/v1/visits/{visit_id}"
    await company.must("mei", "POST", f"{path}/unassign", json={"reason": "x", "keep_window": True})
    await company.must("mei", "POST", f"{path}/unassign", json={"reason": "x", "keep_window": False})
    await company.assign(visit_id, "anna")
    await company.must("mei", "POST", f"{path}/cancel", json={"reason": "x"})
    assert [(row.kind, row.subject) for row in await outbox(app)] == [
        ("visit_agreed", "Our visit: 2026-03-02 09:00–11:00 (UTC+8)"),
        ("window_changed", "Our visit has another time: 2026-03-03 09:00–11:00 (UTC+8)"),
        ("window_withdrawn", "Our visit gets another time: 2026-03-03 09:00–11:00 (UTC+8) does not hold"),
        ("visit_agreed", "Our visit: 2026-03-02 09:00–11:00 (UTC+8)"),
        ("visit_cancelled", "Our visit does not take place: 2026-03-02 09:00–11:00 (UTC+8)"),
    ]


async def test_a_visit_that_nobody_expects_is_cancelled_in_silence(
    company: Company, app: Litestar, mails: MailServer, contact: str
) -> None:
    visit_id = await company.visit(contact_id=contact)
    await endpoint(company)
    await company.must("mei", "POST", f"/v1/visits/{visit_id}/cancel", json={"reason": "x"})
    assert [(row.kind, row.channel) for row in await outbox(app)] == [("visit_cancelled", "webhook")]


@pytest.fixture
async def wei(company: Company) -> Phone:
    return await enrolled(company, "wei")


async def queued(app: Litestar, task: str) -> list[UUID]:
    rows = await app.state.readers.fetch("select payload from pgqueuer where entrypoint = $1 order by id", task)
    return [UUID(bytes(row["payload"]).decode()) for row in rows]


async def test_that_somebody_set_off_is_told_once(
    company: Company, app: Litestar, mails: MailServer, contact: str, wei: Phone
) -> None:
    visit_id = await company.visit("wei", contact_id=contact)
    await wei.sync()
    wei.tap("accept", visit_id)
    wei.tap("depart", visit_id)
    await wei.sync()
    [subject] = await queued(app, "on_the_way")
    for _ in range(2):  # a killed worker's task is run again
        async with app.state.sessions.begin() as session:
            await tell_on_the_way(session, subject)
    assert [row.kind for row in await outbox(app)] == ["visit_agreed", "on_the_way"]


async def test_that_somebody_set_off_is_no_news_once_they_are_there(
    company: Company, app: Litestar, mails: MailServer, contact: str, wei: Phone
) -> None:
    visit_id = await company.visit("wei", contact_id=contact)
    await wei.sync()
    for kind in ("accept", "depart", "start"):
        wei.tap(kind, visit_id)
    await wei.sync()
    async with app.state.sessions.begin() as session:
        await tell_on_the_way(session, UUID(visit_id))
    assert [row.kind for row in await outbox(app)] == ["visit_agreed"]


async def test_an_operation_that_is_parked_is_told_once_a_day_for_each_phone_and_reason(
    company: Company, app: Litestar, mails: MailServer, wei: Phone
) -> None:
    await endpoint(company)
    visit_id = await company.visit("wei")
    await wei.sync()
    for _ in range(3):
        tap_unchecked(wei, "note", visit_id, {"note_id": "no id", "text": "x"})
    await wei.sync()
    parked = await queued(app, "operation_parked")
    assert len(parked) == 3
    for operation_id in parked:
        async with app.state.sessions.begin() as session:
            await tell_parked(session, operation_id)
    [row] = await outbox(app, kind="operation_parked")
    assert row.thing_id == parked[0]
    assert json.loads(row.text)["data"]["detail"] == "malformed_body"


@pytest.mark.parametrize("late", [True, False])
async def test_a_clock_that_ran_out_is_told(company: Company, app: Litestar, mails: MailServer, late: bool) -> None:
    await endpoint(company)
    received = clock.now() - timedelta(hours=3 if late else 0)
    made = await ticket(company, received_at=received.isoformat())
    if not late:
        async with app.state.sessions.begin() as session:
            await session.execute(text("update clock set due_at = due_at - interval '2 hours'"))
            assert await note_overdue(session) == 1
    [clock_id] = await queued(app, "clock_ran_out")
    for _ in range(2):
        async with app.state.sessions.begin() as session:
            await tell_clock_ran_out(session, clock_id)
    [row] = await outbox(app, kind="clock_overdue")
    data = json.loads(row.text)["data"]
    assert (data["thing_id"], data["number"], data["detail"]) == (made["id"], made["number"], "reply")
    assert datetime.fromisoformat(data["due_at"]) == received + timedelta(hours=1 if late else -1)


async def test_a_visit_whose_window_is_over_is_told_once_to_who_asks(
    company: Company, app: Litestar, mails: MailServer
) -> None:
    start = (clock.now() - timedelta(hours=3)).strftime("%Y-%m-%dT%H:%M:%SZ")
    end = (clock.now() - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    visit_id = await company.visit()
    plan = {"technician_ids": [company.ids["wei"]], "window_start": start, "window_end": end}
    await company.must("mei", "POST", f"/v1/visits/{visit_id}/assign", json=plan)

    async def told() -> int:
        async with app.state.sessions.begin() as session:
            return await tell_overdue(session)

    assert await told() == 0, "nobody asks"
    await endpoint(company)
    assert [await told(), await told()] == [1, 0]
    [row] = await outbox(app, kind="visit_overdue")
    assert (row.thing, row.thing_id) == ("visit", UUID(visit_id))


async def test_only_an_endpoint_that_hands_on_to_people_gets_names_and_words(
    company: Company, app: Litestar, mails: MailServer, contact: str
) -> None:
    plain, personal = await endpoint(company), await endpoint(company, personal=True)
    made = await ticket(company, contact)
    by_endpoint = {str(row.endpoint_id): row.text for row in await outbox(app, channel="webhook")}
    assert not re.search("王芳|wang@|6248|E42", by_endpoint[plain["id"]])
    data = json.loads(by_endpoint[personal["id"]])["data"]
    assert data["recipient"] == {"name": "王芳", "email": "wang@example.com", "phone": "+86 21 6248 3180"}
    assert str(made["number"]) in data["subject"]


async def test_customers_who_are_told_by_an_endpoint_are_told_by_nothing_else(
    company: Company, app: Litestar, mails: MailServer, contact: str
) -> None:
    await say_all(company, "webhook")
    await ticket(company, contact)
    assert [row.channel for row in await outbox(app)] == ["manual"], "no endpoint hands on, so a person does"
    await endpoint(company, personal=True)
    await ticket(company, contact)
    assert [row.channel for row in await outbox(app)] == ["manual", "webhook"]


@pytest.mark.parametrize(
    "address", ["", "nobody", "a@b.c, d@e.f", "a@b.c\r\nBcc: d@e.f", "<a@b.c>", '"a b"@b.c', "a@-b.c"]
)
async def test_a_contact_without_an_address_that_mail_reaches_is_told_by_hand(
    company: Company, app: Litestar, mails: MailServer, address: str
) -> None:
    path = f"/v1/customers/{company.ids['customer']}/contacts"
    made = await company.must("mei", "POST", path, json={"name": "王芳", "phone": "123", "email": address})
    await ticket(company, made["id"])
    assert [(row.channel, row.recipient) for row in await outbox(app)] == [("manual", "123")]


async def test_a_message_is_rendered_once(company: Company, app: Litestar, mails: MailServer, contact: str) -> None:
    await ticket(company, contact)
    [before] = await outbox(app)
    await customers_language(app, company, "de")
    sends_by(app, Outgoing(mails.outgoing().mail, "Another name"))
    await send_all(app)
    [mail] = mails.mails
    assert mail["Subject"] == before.subject
    assert mail.get_content().replace("\r\n", "\n").strip() == before.text.strip()
    assert isinstance(before, Notification)
