"""The dispatcher's side of a check, through the API that any desk uses: customers, sites, jobs, visits, orders."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from mobile_contract.conformance.verdicts import NotOffered

Json = dict[str, Any]
INBOX = 500
"""Parked operations that the API shows at once, oldest first."""
SITE = {
    "name": "主楼 Main building", "address": "延安西路221号", "latitude": 31.2222, "longitude": 121.4381,
    "time_zone": "Asia/Shanghai",
}  # fmt: skip


class DeskRefused(Exception):
    """The desk asked for something ordinary and did not get it: the server cannot be checked like this."""

    def __init__(self, answer: httpx.Response) -> None:
        request = answer.request
        super().__init__(f"{request.method} {request.url.path} answered {answer.status_code}: {answer.text[:300]}")
        self.status = answer.status_code


class Desk:
    """Signed in as a dispatcher. `site_id` is a customer's site of this run's own."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http
        self.user_id = ""
        self.site_id = ""
        self.customer_id = ""
        self._headers: dict[str, str] = {}
        self._password: tuple[str, str] = ("", "")
        self._visits: list[str] = []

    async def sign_in(self, login: str, password: str) -> None:
        """By password; then make the customer and the site that all visits of this run are for."""
        self._password = (login, password)
        await self._log_in()
        me = await self.call("GET", "/v1/me")
        self.user_id = me["id"]
        customer = {"name": f"Conformance {time.strftime('%Y-%m-%d %H:%M')}", "office_id": me["office_id"]}
        self.customer_id = (await self.call("POST", "/v1/customers", customer))["id"]
        self.site_id = (await self.call("POST", f"/v1/customers/{self.customer_id}/sites", SITE))["id"]

    async def ask(self, method: str, path: str, body: Json | None = None) -> httpx.Response:
        """A request as the dispatcher, who signs in again when the token has expired."""
        answer = await self.http.request(method, path, json=body, headers=self._headers)
        if answer.status_code == 401:
            await self._log_in()
            answer = await self.http.request(method, path, json=body, headers=self._headers)
        return answer

    async def call(self, method: str, path: str, body: Json | None = None) -> Any:
        """A request that must go well."""
        answer = await self.ask(method, path, body)
        if answer.is_error:
            raise DeskRefused(answer)
        return answer.json()

    async def technicians(self, wanted: str, other: str | None) -> tuple[str, str | None]:
        """The ids of the technician to check with (by login, name or id) and of another one, if there is one."""
        users = {user["id"]: user for user in await self.call("GET", "/v1/users?limit=500")}
        known = {row["id"] for row in await self.call("GET", "/v1/technicians")}

        def find(name: str) -> str:
            for user_id in known:
                user = users.get(user_id, {})
                if name in (user_id, user.get("login"), user.get("name")):
                    return str(user_id)
            raise NotOffered(f"no technician has the login, name or id {name!r}")

        first = find(wanted)
        if other is not None:
            return first, find(other)
        active = sorted(one for one in known - {first} if users.get(one, {}).get("active"))
        return first, active[0] if active else None

    async def code(self, technician_id: str) -> str:
        """A one-time code for a phone."""
        code: str = (await self.call("POST", f"/v1/users/{technician_id}/enrolment-codes"))["code"]
        return code

    async def visit(self, *technicians: str, **job: Any) -> str:
        """A job with one visit, assigned when technicians are named. Returns the visit's id."""
        body = {"site_id": self.site_id, "title": "Chiller shows E42", **job}
        visit_id: str = (await self.call("POST", "/v1/jobs", body))["visits"][0]["id"]
        self._visits.append(visit_id)
        if technicians:
            await self.assign(visit_id, *technicians)
        return visit_id

    async def assign(self, visit_id: str, *technicians: str) -> Json:
        """Assign or reassign, for tomorrow morning."""
        start = (datetime.now(UTC) + timedelta(days=1)).replace(hour=1, minute=0, second=0, microsecond=0)
        plan = {
            "technician_ids": list(technicians), "window_start": start.isoformat(),
            "window_end": (start + timedelta(hours=2)).isoformat(),
        }  # fmt: skip
        ordered: Json = await self.call("POST", f"/v1/visits/{visit_id}/assign", plan)
        return ordered

    async def cancel(self, visit_id: str) -> None:
        """The visit will not take place."""
        await self.call("POST", f"/v1/visits/{visit_id}/cancel", {"reason": "conformance check"})

    async def look(self, visit_id: str) -> Json:
        """A visit as the desk sees it."""
        seen: Json = await self.call("GET", f"/v1/visits/{visit_id}")
        return seen

    async def recorded(self, visit_id: str) -> list[str]:
        """The ids of operations in a visit's history, in the order they were recorded."""
        history = await self.call("GET", f"/v1/visits/{visit_id}/history")
        return [line["operation_id"] for line in history if line["operation_id"]]

    async def parked(self) -> dict[str, Json]:
        """What waits for a decision, by operation id."""
        rows = await self.call("GET", f"/v1/parked?each=true&limit={INBOX}")
        if len(rows) == INBOX:
            raise NotOffered(f"{INBOX} or more operations are parked on this server; decide some of them first")
        return {row["id"]: row for row in rows}

    async def change_site(self, note: str) -> None:
        """Change something that every phone with a visit at the site holds."""
        await self.call("PATCH", f"/v1/sites/{self.site_id}", {"access_note": note})

    def made(self, visit_id: str) -> None:
        """A visit that was made past `visit`, to be tidied up too."""
        self._visits.append(visit_id)

    async def _log_in(self) -> None:
        login, password = self._password
        answer = await self.http.post("/v1/auth/login", json={"login": login, "password": password})
        if answer.is_error:
            raise DeskRefused(answer)
        self._headers = {"authorization": f"Bearer {answer.json()['access_token']}"}

    async def tidy(self) -> None:
        """Cancel what this run made and decide what it left parked, so that phones do not carry it along."""
        for visit_id in self._visits:
            await self.ask("POST", f"/v1/visits/{visit_id}/cancel", {"reason": "conformance check is over"})
        mine = set(self._visits)
        self._visits = []
        for operation_id, row in (await self.parked()).items():
            if row["visit_id"] in mine:
                body = {"resolution": "dismissed", "reason": "conformance check is over"}
                await self.ask("POST", f"/v1/parked/{operation_id}", body)
