"""The customer is told that their report is sealed, with its link, which lies in no table in clear."""

import json
import re

from litestar import Litestar
from sqlalchemy import text
from standardwebhooks import Webhook

from tests.company import Company
from tests.day import finished_visit
from tests.notifications.sending import MailServer, Receiver, outbox, send_all
from tests.notifications.test_told import customers_language, endpoint, say_all
from tests.phones import enrolled
from tests.records.seal.test_events_seal import at_work, idle

LINK = re.compile(r"http://fieldproof\.test/r/([\w-]{32})")


async def sealed(company: Company, app: Litestar, database_url: str) -> None:
    wei = await enrolled(company, "wei")
    await finished_visit(company, wei)
    await wei.upload_photos()
    async with at_work(app, database_url):
        await idle(app)


async def test_a_sealed_report_is_told_with_its_link(
    company: Company, app: Litestar, hooks: Receiver, database_url: str
) -> None:
    await say_all(company, "manual")
    personal, plain = await endpoint(company, hooks.url, personal=True), await endpoint(company, hooks.url)
    await customers_language(app, company, "en")
    await sealed(company, app, database_url)
    rows = await outbox(app, kind="report_sealed")
    assert sorted(row.channel for row in rows) == ["manual", "webhook", "webhook"]
    [by_hand] = [row for row in rows if row.channel == "manual"]
    found = LINK.search((await company.must("mei", "GET", f"/v1/notifications/{by_hand.id}"))["text"])
    assert found is not None
    page = await company.http.get(f"/r/{found[1]}")
    assert page.status_code == 200

    taken = {headers["webhook-id"]: (headers, body) for headers, body in hooks.got}
    for row in rows:
        if row.channel == "webhook":
            headers, body = taken[row.message_id]
            secret = (personal if str(row.endpoint_id) == personal["id"] else plain)["secret"]
            data = Webhook(secret).verify(body, headers)["data"]
            assert (found[0] in json.dumps(data)) == (str(row.endpoint_id) == personal["id"])
    async with app.state.sessions() as session:
        for table in ("notification", "action", "pgqueuer", "task_fault", "visit_event"):
            kept = " ".join(await session.scalars(text(f"select t::text from {table} t")))
            assert found[1] not in kept
            assert found[1].encode().hex() not in kept


async def test_the_link_goes_out_in_the_mail(
    company: Company, app: Litestar, mails: MailServer, contact: str, database_url: str
) -> None:
    async with app.state.sessions.begin() as session:
        await session.execute(text("update contact set email = 'a@example.com'"))
        await session.execute(
            text(
                "create function to_her() returns trigger language plpgsql as $$ begin"
                " select id into new.contact_id from contact limit 1; return new; end $$"
            )
        )
        await session.execute(text("create trigger to_her before insert on job for each row execute function to_her()"))
    await sealed(company, app, database_url)
    await send_all(app)
    [mail] = [mail for mail in mails.mails if LINK.search(mail.get_content())]
    assert "[[link]]" not in mail.get_content()
