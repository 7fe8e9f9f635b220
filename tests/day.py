"""A visit from dispatch to the customer's signature, on one phone with no network, for the tests of what follows."""

import io
import os
from typing import Any

from PIL import Image

from mobile_contract.chain import uuid7
from mobile_contract.phone import Phone
from mobile_contract.report import make_report, sign_body
from tests.company import Company

STROKES = '{"height":100,"strokes":[[[10,20,0,500],[30,60,16,600],[60,20,32,500]]],"width":200}'
SIGNER = {"name": "王芳", "role": "设备主管", "contact": "+86 21 6248 3180"}


def jpeg() -> bytes:
    """A small real JPEG that no other test has: storage is addressed by content."""
    out = io.BytesIO()
    Image.frombytes("RGB", (16, 12), os.urandom(16 * 12 * 3)).resize((320, 240)).save(out, "JPEG")
    return out.getvalue()


def fix(phone: Phone, visit_id: str, **changed: Any) -> dict[str, Any]:
    """A good fix at the visit's site."""
    site = phone.row("site", phone.row("job", phone.row("visit", visit_id)["body"]["job_id"])["body"]["site_id"])[
        "body"
    ]
    return {
        "lat_e7": site["latitude_e7"], "lon_e7": site["longitude_e7"], "accuracy_mm": 12_000, "platform": "android",
        "datum": "wgs84", "age_ms": 800, "provider": "fused", "mock": False, "speed_mm_s": 0, **changed,
    }  # fmt: skip


async def finished_visit(
    company: Company, phone: Phone, *, outcome: str = "signed", who: str = "wei", locale: str = "zh-CN"
) -> str:
    """Everything that a technician taps, synced in one exchange; the photos are still on the phone."""
    visit_id = await company.visit(who)
    await phone.sync()
    phone.tap("accept", visit_id)
    body = {"check_in_id": uuid7(), "fixes": [fix(phone, visit_id)], "plan_version": 1}
    phone.tap("check_in", visit_id, body)
    phone.tap("start", visit_id)
    phone.photo(visit_id, "before", jpeg())
    phone.photo(visit_id, "after", jpeg())
    phone.tap("note", visit_id, {"note_id": uuid7(), "text": "Fan blocked"})
    phone.tap("part_used", visit_id, {"part_used_id": uuid7(), "part_id": company.ids["part"], "quantity": 1})
    phone.tap("expense", visit_id, {"expense_id": uuid7(), "kind": "parking", "amount": 1500, "currency": "CNY"})
    technician = {"id": company.ids[who], "name": "李伟"}
    report = make_report(phone, visit_id, technician=technician, work="更换风机", fault=None, locale=locale)
    phone.tap("report", visit_id, report)
    if outcome == "signed":
        body = sign_body(report, "signed", strokes=STROKES, signer=SIGNER)
        phone.tap("sign", visit_id, body, attachment=STROKES)
    else:
        phone.tap("sign", visit_id, sign_body(report, outcome, strokes=None, signer=None, reason="not on site"))
    phone.tap("complete", visit_id, {"work_summary": "Fan replaced"})
    await phone.sync()
    return visit_id
