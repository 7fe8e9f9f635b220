"""What a page says of a record: the site's time, the report's number, no heading without anything below it."""

import json
import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from litestar import Litestar
from sqlalchemy import text

from mobile_contract.report import make_report
from server.ground.clock import to_micros
from server.records.customer.page import record_page
from server.records.models import CustomerAnswer, SealedRecord
from server.records.print.certificate import certificate_view
from server.records.print.claims import claims
from server.records.print.labels import Wording
from server.records.print.page import report_view
from server.records.print.pdf import page_view
from server.records.print.shown import shown_of, zone_of
from server.records.sealer import Sealer
from tests.company import Company
from tests.phones import enrolled
from tests.records.factory import make_sealed
from tests.records.sealing import record_and_pdf, sealed_visit, verified

SEALED = make_sealed("en", photos=0, seed=31)
HOUR = 3_600_000_000


def seen(locale: str = "en", /, **changes: Any) -> dict[str, Any]:
    """The report part of the page of a record in a language; `report` replaces members of its report."""
    facts = SEALED.facts
    report = {**json.loads(facts["report"]["canonical"]), **changes.pop("report", {})}
    facts["report"] = {**facts["report"], "canonical": json.dumps(report)}
    shown, told = shown_of({**facts, **changes})
    return report_view(shown, told, None, Wording(locale), zone_of(shown))


def values(view: dict[str, Any]) -> str:
    return json.dumps(view["cards"] + [view["number"], view["arrival"]], ensure_ascii=False)


def test_the_times_of_a_page_are_the_sites() -> None:
    assert "2026-03-14 02:00–04:00 (UTC+1)" in values(seen()), "a record without the site's zone has the office's"
    there = values(seen(site={"time_zone": "America/New_York"}))
    assert "2026-03-13 21:00–23:00 (UTC−4)" in there
    assert "UTC+1" not in there


def test_the_last_day_to_answer_is_the_sites() -> None:
    record = {**SEALED.facts, "answer_until": to_micros(datetime(2026, 3, 28, 2, tzinfo=UTC))}
    told = {claim["id"]: claim["holds"] for claim in claims(record)}["confirmation"]
    there = {claim["id"]: claim["holds"] for claim in claims({**record, "site": {"time_zone": "America/New_York"}})}
    assert "until 2026-03-28" in told
    assert "until 2026-03-27" in there["confirmation"]


def test_times_of_the_certificate_say_an_offset_that_is_not_the_stated_one() -> None:
    record = {**SEALED.facts, "sealed_at": to_micros(datetime(2026, 4, 14, 5, tzinfo=UTC))}
    zone = ZoneInfo("Europe/Berlin")
    view = certificate_view(SEALED.record, record, SEALED.proof, Wording("en"), zone)
    assert "Europe/Berlin (UTC+2)" in view["operations"]["note"]
    assert all(row[2].endswith("(UTC+1)") for row in view["operations"]["rows"])
    assert "(UTC+1)" in view["devices"]["rows"][0][1]
    winter = certificate_view(SEALED.record, SEALED.facts, SEALED.proof, Wording("en"), zone)
    assert not any("UTC" in row[2] for row in winter["operations"]["rows"])


def test_the_reports_number_is_printed_wherever_the_phone_wrote_it() -> None:
    assert ["Report no.", "SR-2026-000412"] in seen()["number"]
    old = seen(report={"number": None, "visit": {"kind": "repair", "number": "J-7"}})
    assert ["Report no.", "J-7"] in old["number"]


def test_a_number_of_a_whole_page_leaves_room_for_the_page() -> None:
    [[_, printed]] = seen(report={"number": "N" * 8000})["number"][:1]
    assert printed == "N" * 40 + "…"
    [[_, printed]] = seen(report={"number": "N" * 40})["number"][:1]
    assert printed == "N" * 40


def test_a_total_of_nothing_for_nothing_has_no_heading() -> None:
    nothing = {"parts": [], "charges": [], "total": {"amount": 0, "currency": "CNY"}}
    assert seen(report=nothing)["charges"]["total"] == []
    part = {"name": "Fan", "quantity": 1, "unit_price": 90_000, "currency": "CNY", "charged": False}
    for says in ({"parts": [part]}, {"charges": [{"label": "Goodwill", "amount": 0, "currency": "CNY"}]}):
        assert seen(report=nothing | says)["charges"]["total"], "that nothing is to be paid says something here"


def test_no_card_is_printed_for_a_customer_or_times_of_which_nothing_is_known() -> None:
    empty = {"customer": None, "arrived_at": None, "started_at": None, "finished_at": None, "work": " \n"}
    view = seen(report=empty)
    assert [card["title"] for card in view["cards"]] == ["Equipment", "Visit"]
    assert view["prose"]["text"] == ""


def test_what_nobody_can_see_is_no_value() -> None:
    assert [row[0] for row in seen(report={"customer": {"name": " ", "address": "Hall 3"}})["cards"][0]["rows"]] == [
        "Address"
    ]


def test_who_refused_to_sign_is_named_and_not_as_who_signed() -> None:
    refused = {**SEALED.facts["signature"], "kind": "refused", "signer": {"name": "Ann Berg"}, "reason": "too dear"}
    rows = dict(seen(signature=refused)["signature"]["rows"])
    assert rows["Customer's representative"] == "Ann Berg"
    assert "Signed by" not in rows


def test_signed_bytes_are_not_what_is_made_legible() -> None:
    facts = SEALED.facts
    facts["issuer"]["name"] = "A\u202eB"
    shown, _ = shown_of(facts)
    assert shown["issuer"]["name"] == "A[U+202E]B"
    assert shown["operations"] is facts["operations"]
    assert shown["report"] is facts["report"]


def test_what_the_template_compares_stays_as_it_is() -> None:
    facts = SEALED.facts
    view = page_view(SEALED.record, facts, SEALED.proof, SEALED.strokes, {}, None, edit=lambda _: "x")
    assert (view["language"], view["signature"]["kind"], view["arrival"]["tone"]) == ("en", "signed", "proven")
    assert view["record_id"] == facts["record_id"]


async def test_a_record_says_where_its_site_is_and_the_customers_page_tells_that_time(
    company: Company, app: Litestar, sealer: Sealer
) -> None:
    phone = await enrolled(company, "wei")
    async with app.state.sessions.begin() as session:
        await session.execute(text("update site set time_zone = 'America/New_York'"))
    visit_id = await sealed_visit(company, app, sealer, phone)
    found, pdf = await record_and_pdf(company, visit_id)
    async with app.state.sessions() as session:
        row = await session.get(SealedRecord, UUID(str(found["id"])))
    assert row is not None
    record = json.loads(row.record)
    assert record["site"] == {"time_zone": "America/New_York"}
    assert record["issuer"]["time_zone"] == "Asia/Shanghai"
    page = record_page(row, [], "/r/token", corrected=False)
    assert re.search(r"\(UTC−[45]\)", page)
    assert "(UTC+8)" not in page
    claims_found = await verified(pdf, sealer)
    assert all(claim.ok is not False for claim in claims_found.values()), claims_found


def test_the_customers_page_is_not_turned_round() -> None:
    facts = SEALED.facts
    report = json.loads(facts["report"]["canonical"])
    report |= {"work": "Zhang\u202eiew \u0007", "customer": {"name": "שלום"}}
    facts["report"]["canonical"] = json.dumps(report)
    row = SealedRecord(id=uuid4(), record=json.dumps(facts).encode(), answer_until=datetime(2030, 1, 1, tzinfo=UTC))
    answer = CustomerAnswer(kind="disputed", reason="no\u202e!", answered_at=datetime(2026, 4, 1, tzinfo=UTC))
    page = record_page(row, [answer], "/r/token", corrected=False)
    for shown in ("Zhang[U+202E]iew [U+0007]", "\u2068שלום\u2069", "no[U+202E]!"):
        assert shown in page
    assert "\u202e" not in page


async def test_the_contact_on_a_report_is_the_jobs(company: Company) -> None:
    path = f"/v1/customers/{company.ids['customer']}/contacts"
    second = await company.must("mei", "POST", path, json={"name": "赵敏", "phone": "+86 21 6248 3181"})
    body = {
        "kind": "repair", "channel": "phone", "subject": "E42", "customer_id": company.ids["customer"], "site_id": company.ids["site"],
        "contact_id": second["id"],
    }  # fmt: skip
    ticket = await company.must("mei", "POST", "/v1/tickets", json=body)
    phone = await enrolled(company, "wei")
    contacts = {}
    for name, job in (("ticket", {"ticket_id": ticket["id"]}), ("none", {})):
        visit_id = await company.visit("wei", **job)
        await phone.sync()
        report = make_report(phone, visit_id, technician={}, work="x", fault=None, locale="en")
        contacts[name] = json.loads(report["canonical"])["customer"]["contact"]
    assert contacts == {"ticket": "赵敏", "none": None}


def test_nothing_hides_in_a_serial_or_part_number() -> None:
    view = seen(
        report={
            "asset": {"product": "CH-200", "serial": "S\u200b-1"},
            "parts": [{"number": "F\u00ad1", "name": "F\u200ban"}],
        }
    )
    shown = json.dumps(view, ensure_ascii=False)
    assert "S[U+200B]-1" in shown
    assert "F[U+00AD]1" in shown
    assert "F\u200ban" in shown, "in a word it may be a place to break"
