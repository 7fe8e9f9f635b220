"""A report is made in the words of its language, whatever the desk's is; what has none is marked, on the sealed record's pages too."""

import base64
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from litestar import Litestar

from mobile_contract.chain import uuid7
from mobile_contract.phone import Phone
from mobile_contract.report import make_report
from server.jobs.checklists import CHECKLISTS
from server.records.models import SealedRecord
from server.records.seal import seal as sealing
from server.records.sealer import Sealer
from server.records.verify import all_hold
from tests.company import Company
from tests.records.print.test_pdf import text_of
from tests.records.sealing import record_and_pdf, sealed_visit, verified

NAMES = {"en": "Condenser fan", "zh-CN": "冷凝风机"}


def said(company: Company, phone: Phone, visit_id: str, locale: str) -> dict[str, Any]:
    technician = {"id": company.ids["wei"], "name": "李伟"}
    report = make_report(phone, visit_id, technician=technician, work="Fan", fault=None, locale=locale)
    found: dict[str, Any] = json.loads(report["canonical"])
    return found


@pytest.mark.parametrize("locale", ["en", "zh-CN", "de"])
async def test_lines_parts_and_the_product_are_in_the_reports_language(
    company: Company, wei: Phone, locale: str
) -> None:
    await company.must("root", "PATCH", f"/v1/parts/{company.ids['part']}", json={"names": NAMES})
    await company.must(
        "root", "PATCH", f"/v1/products/{company.ids['product']}", json={"names": {"de": "Kältemaschine"}}
    )
    visit_id = await company.visit("wei")
    await wei.sync()
    used = {"part_used_id": uuid7(), "part_id": company.ids["part"], "quantity": 1}
    wei.tap("part_used", visit_id, used)
    first = min(wei.rows("checklist_item"), key=lambda row: row["position"])
    wei.tap("checklist_answer", visit_id, {"item_id": first["id"], "answer": "yes"})
    report = said(company, wei, visit_id, locale)
    lines = [{"label": line.labels[locale], "answer": None} for line in CHECKLISTS["repair"]]
    assert report["checklist"] == [lines[0] | {"answer": True}, *lines[1:]]
    [part] = report["parts"]
    assert (part["name"], part.get("name_locale")) == (
        NAMES.get(locale, NAMES["en"]),
        None if locale in NAMES else "en",
    )
    product = (report["asset"]["product"], report["asset"].get("product_locale"))
    assert product[1] == (None if locale == "de" else "und")
    assert (product[0] == "Kältemaschine") is (locale == "de")


async def test_a_phone_that_holds_no_texts_by_language_says_what_it_has_and_that_it_does_not_know_its_language(
    company: Company, wei: Phone
) -> None:
    visit_id = await company.visit("wei")
    wei.contract_version = 1
    wei.commit(cursor=None, rows={}, scopes={})
    await wei.sync()
    lines = said(company, wei, visit_id, "zh-CN")["checklist"]
    assert [(one["label"], one["label_locale"]) for one in lines] == [
        (line.label, "und") for line in CHECKLISTS["repair"]
    ]


async def test_pages_of_a_sealed_report_mark_what_is_another_languages_and_it_verifies(
    company: Company, app: Litestar, sealer: Sealer, wei: Phone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = base64.urlsafe_b64encode(b"a token of 24 bytes, yes").decode()
    monkeypatch.setattr(sealing, "secrets", SimpleNamespace(token_urlsafe=lambda _: token))
    await company.must("root", "PATCH", f"/v1/parts/{company.ids['part']}", json={"names": {"en": "Condenser fan"}})
    visit_id = await sealed_visit(company, app, sealer, wei)
    row, pdf = await record_and_pdf(company, visit_id)
    text = text_of(pdf, tmp_path)
    assert "Condenser fan (英语)" in text
    for line in CHECKLISTS["repair"]:
        assert (line.labels["zh-CN"] in text, line.label in text) == (True, False)
    assert all_hold(list((await verified(pdf, sealer)).values()))
    page = (await company.http.get(f"/r/{token}")).text
    assert page.startswith("<!doctype html>")
    assert 'Condenser fan <span class="mark">(英语)</span>' in page
    async with app.state.sessions() as session:
        record = (await session.get_one(SealedRecord, row["id"])).record
    await company.must("root", "PATCH", f"/v1/parts/{company.ids['part']}", json={"names": {"zh-CN": "冷凝风机"}})
    async with app.state.sessions() as session:
        assert (await session.get_one(SealedRecord, row["id"])).record == record
    assert 'Condenser fan <span class="mark">(英语)</span>' in (await company.http.get(f"/r/{token}")).text
