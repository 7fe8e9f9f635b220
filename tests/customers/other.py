"""Another customer beside the company's first: with a contact, a site and an asset of its own."""

from tests.company import Company


async def another_customer(company: Company, **changed: str) -> dict[str, str]:
    """Makes one. Returns the ids by name."""
    customer = {"name": "Bergwerk", "office_id": company.ids["office"], **changed}
    made = {"customer": (await company.must("root", "POST", "/v1/customers", json=customer))["id"]}
    path = f"/v1/customers/{made['customer']}"
    site = {"name": "Tor 2", "address": "1", "latitude": 52.5, "longitude": 13.4, "time_zone": "Europe/Berlin"}
    made["site"] = (await company.must("root", "POST", f"{path}/sites", json=site))["id"]
    made["contact"] = (await company.must("root", "POST", f"{path}/contacts", json={"name": "Anke"}))["id"]
    asset = {"product_id": company.ids["product"], "serial": "OTHER-1", "arrival_date": "2025-06-01"}
    made["asset"] = (await company.must("root", "POST", f"/v1/sites/{made['site']}/assets", json=asset))["id"]
    return made
