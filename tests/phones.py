"""Phones of the cast, enrolled through the API."""

from typing import Any
from unittest.mock import patch

from mobile_contract.phone import Phone
from tests.company import Company


async def enrolled(company: Company, who: str) -> Phone:
    """A phone of a technician, with everything synced."""
    code = await company.must("mei", "POST", f"/v1/users/{company.ids[who]}/enrolment-codes")
    phone = Phone(company.http, patience=0)
    await phone.enrol(code["code"])
    await phone.sync()
    return phone


def tap_unchecked(
    phone: Phone, kind: str, visit_id: str, body: dict[str, Any] | None = None, *, attachment: str | None = None
) -> str:
    """Tap as the phone of an older version did, which looked at nothing: what no server takes goes into the outbox."""
    with patch("mobile_contract.phone.must_be_sendable"):
        return phone.tap(kind, visit_id, body, attachment=attachment)
