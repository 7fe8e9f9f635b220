"""What customers agree to: a text of the company's own, which phones hold and show, and which never changes."""

import json
from uuid import uuid4

from mobile_contract.shapes.build import CONSENT, CONSENT_ID, agreement_of, report_of
from tests.company import Company
from tests.phones import enrolled

OWN = {"code": "terms-1", "texts": {"en": "I agree to terms 1.", "zh-CN": "同意条款1。"}}


async def test_a_text_of_the_companys_own_is_what_the_report_shows_until_it_is_retired(company: Company) -> None:
    wei, visit_id = await enrolled(company, "wei"), await company.visit("wei")
    first = await company.must("root", "POST", "/v1/consent-texts", json=OWN)
    second = await company.must("root", "POST", "/v1/consent-texts", json=OWN | {"code": "terms-2"})
    said = {
        "report_id": str(uuid4()), "technician": {"name": "Wei"}, "work": "Fan", "fault": None, "locale": "zh-CN", "at": 1772413200000000,
    }  # fmt: skip

    async def shown(locale: str) -> str:
        await wei.sync()
        names = ("visit", "job", "site", "customer", "contact", "asset", "product", "consent_text")
        held = {name: wei.rows(name) for name in names}
        made = report_of(held, visit_id, said | {"locale": locale})
        found: str = json.loads(made["canonical"])["consent"]["id"]
        return found

    assert await shown("zh-CN") == "terms-2"
    assert await shown("de") == CONSENT_ID, "there is none of the company's in this language"
    await company.must("root", "POST", f"/v1/consent-texts/{second['id']}/retire")
    assert await shown("zh-CN") == "terms-1"
    await company.must("root", "POST", f"/v1/consent-texts/{first['id']}/retire")
    assert await shown("zh-CN") == CONSENT_ID
    assert agreement_of(wei.rows("consent_text"), "en") is None
    assert wei.is_intact()
    assert "en" in CONSENT


async def test_a_text_never_changes_and_its_code_is_there_once(company: Company) -> None:
    first = await company.must("root", "POST", "/v1/consent-texts", json=OWN)
    again = await company.call("root", "POST", "/v1/consent-texts", json=OWN | {"code": " Terms-1"})
    assert (again.status_code, again.json()["existing_id"]) == (409, first["id"])
    for wrong in ({"texts": {}}, {"texts": {"en": " "}}, {"code": CONSENT_ID}):
        answer = await company.call("root", "POST", "/v1/consent-texts", json=OWN | {"code": "other"} | wrong)
        assert answer.status_code in (400, 422), wrong
    assert (await company.call("mei", "POST", "/v1/consent-texts", json=OWN)).status_code == 403
