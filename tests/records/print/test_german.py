"""A German customer: the arrival, the record, its PDF and the customer's pages are in German, and everything holds."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from litestar import Litestar
from sqlalchemy import text

from server.records.models import SealedRecord
from server.records.record import RECORD_TYPE
from server.records.seal import seal as sealing
from server.records.sealer import Sealer
from tests.company import Company
from tests.phones import enrolled
from tests.records.print.test_pdf import text_of
from tests.records.sealing import record_and_pdf, sealed_visit, verified

TOKEN = "kT8w2ZrQx4Vn1mPe7sLdYgGermanTest"


@pytest.fixture
async def visit_id(company: Company, app: Litestar, sealer: Sealer, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(sealing, "secrets", SimpleNamespace(token_urlsafe=lambda _: TOKEN))
    async with app.state.sessions.begin() as session:
        await session.execute(text("update customer set locale = 'de'"))
    return await sealed_visit(company, app, sealer, await enrolled(company, "wei"), locale="de")


async def test_the_record_is_german_and_of_the_same_version(
    company: Company, app: Litestar, sealer: Sealer, visit_id: str, tmp_path: Path
) -> None:
    row, pdf = await record_and_pdf(company, visit_id)
    async with app.state.sessions() as session:
        sealed = json.loads((await session.get_one(SealedRecord, row["id"])).record)
    assert (sealed["type"], sealed["locale"]) == (RECORD_TYPE, "de")
    assert sealed["arrival"]["words"].keys() == {"en", "zh", "de"}
    assert sealed["arrival"]["words"]["de"].startswith("Ort: Die beste von 1 Ortungen liegt")
    assert next(one for one in sealed["claims"] if one["id"] == "log")["holds"].startswith("Der Nachweis ist ein Blatt")
    claims = await verified(pdf, sealer)
    assert [claim.id for claim in claims.values() if claim.ok is False] == []
    said = " ".join(text_of(pdf, tmp_path).split())
    for words in (
        "Servicebericht",
        "Unterschrift des Kunden",
        "Beweisblatt",
        "Wahrscheinlich am Einsatzort",
        "Ort: Die beste",
    ):
        assert words in said


@pytest.mark.usefixtures("visit_id")
async def test_the_customers_page_is_german(company: Company) -> None:
    page = await company.http.get(f"/r/{TOKEN}")
    assert '<html lang="de">' in page.text
    for words in ("Ihr Servicebericht", "Bericht bestätigen", "Bericht beanstanden", "FAN-12"):
        assert words in page.text
    answered = await company.http.post(f"/r/{TOKEN}/dispute", data={"reason": " "})
    assert "höchstens 2.000 Zeichen" in answered.text
    lost = await company.http.get("/r/none", headers={"accept-language": "de-AT,de;q=0.9"})
    assert "Hier ist kein Bericht" in lost.text


async def test_a_customer_of_another_language_gets_the_words_of_every_verdict(
    company: Company, app: Litestar, sealer: Sealer
) -> None:
    await sealed_visit(company, app, sealer, await enrolled(company, "wei"))
    async with app.state.sessions() as session:
        words = await session.scalar(text("select words from arrival_verdict limit 1"))
    assert words.keys() == {"en", "zh"}
