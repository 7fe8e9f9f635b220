"""Of a crew, one has the report signed: it shows what a mate has photographed too, and is sealed with all of it."""

import json

from litestar import Litestar

from server.records.sealer import Sealer
from server.records.verify import all_hold
from tests.company import Company
from tests.day import jpeg
from tests.phones import enrolled
from tests.records.intake import report_of, said, tap_signing
from tests.records.sealing import record_and_pdf, seal, verified


async def test_a_report_shows_the_mates_photos_after_ones_own_and_is_sealed(
    company: Company, app: Litestar, sealer: Sealer
) -> None:
    wei, anna = await enrolled(company, "wei"), await enrolled(company, "anna")
    visit_id = await company.visit("wei", "anna")
    for phone in (wei, anna):
        await phone.sync()
        phone.tap("accept", visit_id)
    same, hers = jpeg(), jpeg()
    anna.photo(visit_id, "before", same)
    late = anna.photo(visit_id, "after", hers)
    await anna.sync()
    mine = wei.photo(visit_id, "before", same)
    wei.tap("start", visit_id)
    await wei.sync()
    report = report_of(company, wei, visit_id)
    assert [line["photo_id"] for line in json.loads(report["canonical"])["photos"]] == [mine, late], "none twice"
    wei.tap("report", visit_id, report)
    signature = tap_signing(wei, visit_id, report)
    wei.tap("complete", visit_id, {"work_summary": "x"})
    for phone in (wei, anna):
        await phone.sync()
        await phone.upload_photos()
    assert said(wei, signature) == ("applied", None)
    assert await seal(app, sealer, visit_id) == 1
    _, pdf = await record_and_pdf(company, visit_id)
    claims = await verified(pdf, sealer)
    assert all_hold(list(claims.values()))
