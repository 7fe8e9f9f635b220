"""Every route of the application, as each kind of caller: who is not of its audience gets nothing of it, nor who is of another office."""

import re
from datetime import timedelta
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import httpx
import pytest
from litestar import Litestar, get
from litestar.handlers import HTTPRouteHandler

from server.identity import tokens as token_times
from server.identity.audience import Audience, Undeclared, audience_of, must_be_declared
from server.identity.models import Office, User
from server.identity.rules import DESK, Role
from tests.company import HASH, Company
from tests.phones import enrolled

ENDLESS = ("/v1/sync/stream", "/sync/stream", "/v1/desk/stream")
"""A stream is not waited for; who may open one is asked before it begins."""

COMPANY_WIDE = {
    "retry_fault", "add_user", "add_office", "change_user", "deactivate_user", "reactivate_user", "reset_password",
    "acknowledge_sign_in_warning", "end_session", "revoke_device", "change_product", "change_part", "change_fault_word",
    "retire_fault_word", "reinstate_fault_word", "add_consent_text", "retire_consent_text", "send_test_mail", "set_notification_rule", "add_webhook_endpoint",
    "change_webhook_endpoint", "rotate_webhook_secret", "retire_webhook_endpoint", "test_webhook_endpoint",
}  # fmt: skip
"""What a desk may change of any office, or what is only an administrator's or one's own."""

LOGINS = {
    Role.TECHNICIAN: "anna", Role.DISPATCHER: "mei", Role.MANAGER: "lin", Role.ADMIN: "root",
}  # fmt: skip


def doors(app: Litestar) -> list[tuple[str, str, HTTPRouteHandler, Audience]]:
    """Method, path with its parameters in braces, handler and audience of each route that is no file and no page of Litestar's own."""
    found = []
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            if handler.http_methods == {"OPTIONS"} or route.path.startswith(("/schema", "/verify/files")):
                continue
            audience = audience_of(handler.resolve_guards())
            assert audience is not None
            path = re.sub(r"\{(\w+):\w+\}", r"{\1}", route.path)
            found += [(method, path, handler, audience) for method in handler.http_methods - {"OPTIONS", "HEAD"}]
    return found


def filled(path: str, known: dict[str, str] | None = None) -> str:
    """The path with ids of things that there are, else of nothing."""
    odd = {"leaf_index": "0", "task": "seal", "kind": "confirmed", "token": "nobody-knows-it"}
    return re.sub(r"\{(\w+)\}", lambda m: (known or {}).get(m[1]) or odd.get(m[1]) or str(uuid4()), path)


async def ask(company: Company, token: str | None, method: str, path: str) -> httpx.Response:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    body = {"json": {}} if method in ("POST", "PUT", "PATCH") else {}
    return await company.http.request(method, path, headers=headers, **body)  # type: ignore[arg-type]


async def with_a_manager(app: Litestar, company: Company, office_id: str | None = None, login: str = "lin") -> None:
    async with app.state.sessions.begin() as session:
        session.add(
            User(
                login=login, name=login, role="manager", office_id=office_id or company.ids["office"],
                password_hash=HASH, active=True,
            )
        )  # fmt: skip
    await company.log_in(login)


def test_a_route_without_an_audience_stops_the_start() -> None:
    @get("/forgotten")
    async def forgotten() -> str:
        """Nobody thought of who may call it."""
        return "everything"

    with pytest.raises(Undeclared, match="/forgotten"):
        must_be_declared(Litestar([forgotten], openapi_config=None))


async def test_who_is_not_of_the_audience_gets_nothing(app: Litestar, company: Company) -> None:
    await with_a_manager(app, company)
    with patch.object(token_times, "ACCESS_LIFETIME", timedelta(seconds=-1)):
        await company.log_in("wei")
    expired = company.tokens["wei"]
    revoked = await enrolled(company, "anna")
    await company.must("root", "POST", f"/v1/devices/{revoked.state['device_id']}/revoke")
    wrong = []
    for method, path, handler, audience in doors(app):
        where, at = f"{method} {path}", filled(path)
        if audience.roles is None:
            continue
        expected = {None: 401, expired: 401}
        expected |= {company.tokens[LOGINS[role]]: 403 for role in Role if role not in audience.roles}
        for token, status in expected.items():
            answer = await ask(company, token, method, at)
            if answer.status_code != status:
                wrong.append(f"{where} answers {answer.status_code}, not {status}: {answer.text[:120]}")
        if not handler.opt.get("revoked_too"):
            answer = await ask(company, revoked.access_token, method, at)
            if answer.status_code not in (401, 403):
                wrong.append(f"{where} answers a revoked phone {answer.status_code}")
    assert not wrong, "\n".join(wrong)


async def test_who_is_of_the_audience_is_let_in(app: Litestar, company: Company) -> None:
    await with_a_manager(app, company)
    wrong = []
    for method, path, handler, audience in doors(app):
        if path in ENDLESS or handler.handler_name in ("end_other_sessions", "change_own_password"):
            continue
        callers = [None] if audience.roles is None else [company.tokens[LOGINS[role]] for role in audience.roles]
        for token in callers:
            answer = await ask(company, token, method, filled(path))
            # A phone's only, an administrator's or one's own only: the route itself says so.
            said = "enrolled phone" in answer.text or handler.handler_name in COMPANY_WIDE or audience.roles is None
            if answer.status_code >= 500 or (answer.status_code in (401, 403) and not said):
                wrong.append(f"{method} {path} answers {answer.status_code}: {answer.text[:160]}")
    assert not wrong, "\n".join(wrong)


async def another_office(app: Litestar, company: Company) -> None:
    async with app.state.sessions.begin() as session:
        office = Office(name="Shenzhen", time_zone="Asia/Shanghai")
        session.add(office)
        await session.flush()
        company.ids["other_office"] = str(office.id)
        session.add(
            User(login="yan", name="严", role="dispatcher", office_id=office.id, password_hash=HASH, active=True)
        )
    await company.log_in("yan")
    await with_a_manager(app, company, company.ids["other_office"], "bo")


async def of_the_first_office(company: Company) -> dict[str, str]:
    """Things of the first office, by the name of the parameter that has their id."""
    visit_id = await company.visit("wei")
    visit = await company.must("mei", "GET", f"/v1/visits/{visit_id}")
    ticket = {"customer_id": company.ids["customer"], "kind": "repair", "channel": "phone", "subject": "E42"}
    code = await company.must("mei", "POST", f"/v1/users/{company.ids['wei']}/enrolment-codes")
    return {
        "visit_id": visit_id, "job_id": visit["job_id"], "site_id": company.ids["site"],
        "customer_id": company.ids["customer"], "office_id": company.ids["office"], "user_id": company.ids["wei"],
        "ticket_id": (await company.must("mei", "POST", "/v1/tickets", json=ticket))["id"], "code_id": code["id"],
    }  # fmt: skip


def of_an_office(app: Litestar) -> list[tuple[str, str, HTTPRouteHandler, Audience]]:
    return [door for door in doors(app) if door[3].office_of is not None]


def test_each_change_at_a_desk_says_whose_office_it_is_about(application: Litestar) -> None:
    undecided = [
        f"{method} {path}"
        for method, path, handler, audience in doors(application)
        if audience.roles is not None and audience.roles & DESK - {Role.ADMIN} and method != "GET" and "{" in path
        if audience.office_of is None and handler.handler_name not in COMPANY_WIDE
        if not path.startswith("/v1/photos/") or "decision" in path  # one's own visit, asked where the photo is found
    ]
    assert not undecided


async def test_a_desk_changes_its_own_office_and_sees_the_company(app: Litestar, company: Company) -> None:
    await another_office(app, company)
    known, wrong = await of_the_first_office(company), []
    for method, path, _, audience in of_an_office(app):
        if audience.thing not in known:
            continue
        for who in ("yan", "bo"):
            if who == "yan" and audience.roles is not None and Role.DISPATCHER not in audience.roles:
                continue
            answer = await ask(company, company.tokens[who], method, filled(path, known))
            refused = answer.status_code == 403 and "another office" in answer.text
            if refused != (method != "GET"):
                wrong.append(f"{who}: {method} {path} answers {answer.status_code}: {answer.text[:100]}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/tickets", {"customer_id": "customer", "kind": "repair", "channel": "phone", "subject": "E42"}),
        ("/v1/jobs", {"site_id": "site", "title": "E42"}),
        ("/v1/customers", {"name": "Neu", "office_id": "office"}),
    ],
)
async def test_nothing_is_made_for_another_office(
    app: Litestar, company: Company, path: str, body: dict[str, Any]
) -> None:
    await another_office(app, company)
    sent = {name: company.ids.get(value, value) for name, value in body.items()}
    refused = await company.call("yan", "POST", path, json=sent)
    assert (refused.status_code, "another office" in refused.text) == (403, True), refused.text
    assert (await company.call("root", "POST", path, json=sent)).status_code == 201


async def test_a_desk_may_be_narrowed_to_its_own_office(app: Litestar, company: Company) -> None:
    await another_office(app, company)
    known, wrong = await of_the_first_office(company), []
    app.state.narrow = True
    try:
        for method, path, _, audience in of_an_office(app):
            if method == "GET" and audience.thing in known:
                theirs = await ask(company, company.tokens["yan"], method, filled(path, known))
                own = await ask(company, company.tokens["mei"], method, filled(path, known))
                anybody = await ask(company, company.tokens["root"], method, filled(path, known))
                if theirs.status_code != 404 or "of your office" not in theirs.text:
                    wrong.append(f"{path} answers another office {theirs.status_code}: {theirs.text[:100]}")
                if {own.status_code, anybody.status_code} - {200, 404} or "of your office" in own.text + anybody.text:
                    wrong.append(
                        f"{path} answers its own office {own.status_code}, an administrator {anybody.status_code}"
                    )
        photos = await ask(company, company.tokens["yan"], "GET", f"/v1/visits/{known['visit_id']}/photos")
        assert photos.status_code == 404
    finally:
        app.state.narrow = False
    assert not wrong, "\n".join(wrong)
