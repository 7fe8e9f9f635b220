"""Phones of the cast, enrolled through the API."""

from mobile_contract.phone import Phone
from tests.company import Company


async def enrolled(company: Company, who: str) -> Phone:
    """A phone of a technician, with everything synced."""
    code = await company.must("mei", "POST", f"/v1/users/{company.ids[who]}/enrolment-codes")
    phone = Phone(company.http)
    await phone.enrol(code["code"])
    await phone.sync()
    return phone
