"""A small company with a named cast: Mei dispatches, Wei and Anna drive, Root administers; one customer in Shanghai."""

from typing import Any, NamedTuple

import httpx
from argon2 import PasswordHasher

from server.database.engine import Sessions
from server.identity.models import Office, User

SECRET = "a secret of tests, long enough for HS256"
PASSWORD = "correct horse battery"
HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
"""As cheap to compare as there is: hundreds of tests sign in, or guess."""


class Founded(NamedTuple):
    """A company that lies in a database: its ids by name, and a token for each who signed in."""

    ids: dict[str, str]
    tokens: dict[str, str]


class Company:
    """Calls the API as one of the cast; `ids` has what was made."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http
        self.ids: dict[str, str] = {}
        self.tokens: dict[str, str] = {}

    async def log_in(self, login: str) -> None:
        answer = await self.http.post("/v1/auth/login", json={"login": login, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        self.tokens[login] = answer.json()["access_token"]

    async def call(self, who: str | None, method: str, path: str, **kwargs: Any) -> httpx.Response:
        headers = {"authorization": f"Bearer {self.tokens[who]}"} if who else {}
        return await self.http.request(method, path, headers=headers, **kwargs)

    async def must(self, who: str, method: str, path: str, **kwargs: Any) -> Any:
        answer = await self.call(who, method, path, **kwargs)
        assert answer.is_success, answer.text
        return answer.json()

    async def must_be(self, status: int, who: str, method: str, path: str, **kwargs: Any) -> None:
        """For answers without a body."""
        answer = await self.call(who, method, path, **kwargs)
        assert answer.status_code == status, answer.text

    async def visit(self, *technicians: str, start: str = "2026-03-02T09:00:00+08:00", **job: Any) -> str:
        """A repair at the customer's site; assigned when technicians are named. Returns the visit's id."""
        body = {"site_id": self.ids["site"], "asset_id": self.ids["asset"], "title": "Chiller shows E42", **job}
        made = await self.must("mei", "POST", "/v1/jobs", json=body)
        visit_id: str = made["visits"][0]["id"]
        if technicians:
            await self.assign(visit_id, *technicians, start=start)
        return visit_id

    async def assign(self, visit_id: str, *technicians: str, start: str = "2026-03-02T09:00:00+08:00") -> Any:
        end = start.replace("T09", "T11")
        plan = {"technician_ids": [self.ids[one] for one in technicians], "window_start": start, "window_end": end}
        return await self.must("mei", "POST", f"/v1/visits/{visit_id}/assign", json=plan)


async def found_company(sessions: Sessions, http: httpx.AsyncClient) -> Company:
    """Make the company: people straight in the database, everything else through the API."""
    company = Company(http)
    async with sessions.begin() as session:
        office = Office(name="Shanghai", time_zone="Asia/Shanghai")
        session.add(office)
        await session.flush()
        company.ids["office"] = str(office.id)
        for login, name, role in (
            ("root", "Root", "admin"), ("mei", "陈梅", "dispatcher"), ("wei", "李伟", "technician"),
            ("anna", "Anna Schmidt", "technician"),
        ):  # fmt: skip
            user = User(login=login, name=name, role=role, office_id=office.id, password_hash=HASH, active=True)
            session.add(user)
            await session.flush()
            company.ids[login] = str(user.id)
    for login in ("root", "mei", "wei", "anna"):
        await company.log_in(login)
    for login in ("wei", "anna"):
        body = {"user_id": company.ids[login], "skills": ["chiller"]}
        await company.must("root", "POST", "/v1/technicians", json=body)
    product = {"code": "CH-200", "name": "Chiller 200", "warranty_months": 24}
    company.ids["product"] = (await company.must("root", "POST", "/v1/products", json=product))["id"]
    part = {"number": "FAN-12", "name": "Fan 12 in", "unit_price": 45000}
    company.ids["part"] = (await company.must("root", "POST", "/v1/parts", json=part))["id"]
    customer = {"name": "华东医院", "office_id": company.ids["office"], "locale": "zh-CN"}
    company.ids["customer"] = (await company.must("mei", "POST", "/v1/customers", json=customer))["id"]
    path = f"/v1/customers/{company.ids['customer']}"
    site = {
        "name": "主楼", "address": "延安西路221号", "latitude": 31.2222, "longitude": 121.4381,
        "time_zone": "Asia/Shanghai", "geofence_radius_m": 150,
    }  # fmt: skip
    company.ids["site"] = (await company.must("mei", "POST", f"{path}/sites", json=site))["id"]
    contact = {"name": "王芳", "phone": "+86 21 6248 3180"}
    company.ids["contact"] = (await company.must("mei", "POST", f"{path}/contacts", json=contact))["id"]
    asset = {"product_id": company.ids["product"], "serial": "CH200-0007", "arrival_date": "2025-06-01"}
    path = f"/v1/sites/{company.ids['site']}/assets"
    company.ids["asset"] = (await company.must("mei", "POST", path, json=asset))["id"]
    return company
