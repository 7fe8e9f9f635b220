"""Bad input at the API: the right status, a problem document that says what to do, and no effect."""

from typing import Any

import pytest

from mobile_contract.phone import Phone, SyncRefused
from tests.company import Company

NOBODY = "0192f6a0-0000-7000-8000-000000000000"
WINDOW = {"window_start": "2026-03-02T11:00:00+08:00", "window_end": "2026-03-02T09:00:00+08:00"}


async def refused(company: Company, who: str | None, method: str, path: str, **kwargs: Any) -> tuple[int, str]:
    """Status and code; the document must be whole."""
    answer = await company.call(who, method, path, **kwargs)
    problem = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert {"type", "title", "status", "code", "detail"} <= problem.keys()
    assert problem["status"] == answer.status_code
    assert problem["detail"]
    return answer.status_code, problem["code"]


@pytest.mark.parametrize(
    ("who", "method", "path", "body", "expected"),
    [
        (None, "GET", "/v1/customers", None, (401, "unauthenticated")),
        ("wei", "GET", "/v1/customers", None, (403, "forbidden")),
        ("mei", "POST", "/v1/users", {"login": "x"}, (403, "forbidden")),
        ("mei", "GET", f"/v1/visits/{NOBODY}", None, (404, "not_found")),
        ("mei", "GET", "/v1/visits/not-an-id", None, (404, "not_found")),
        ("mei", "GET", "/nowhere", None, (404, "not_found")),
        ("mei", "DELETE", "/v1/customers", None, (405, "method_not_allowed")),
        ("mei", "POST", "/v1/customers", {"name": 7}, (400, "malformed")),
        ("mei", "POST", "/v1/customers", {"name": "A", "office_id": NOBODY, "odd": 1}, (400, "malformed")),
        ("root", "POST", "/v1/customers", {"name": "A", "office_id": NOBODY}, (422, "invalid")),
        ("mei", "POST", "/v1/jobs", {"site_id": NOBODY, "title": "x"}, (422, "invalid")),
        ("mei", "POST", "/v1/auth/login", {"login": "mei", "password": "wrong"}, (401, "unauthenticated")),
        ("mei", "POST", "/v1/sync", {"contract_version": 1}, (403, "forbidden")),
        ("wei", "POST", "/v1/sync", {"contract_version": 1}, (403, "forbidden")),
        ("mei", "POST", f"/v1/parked/{NOBODY}", {"resolution": "applied"}, (404, "not_found")),
    ],
)
async def test_a_wrong_request_is_refused_with_a_problem(
    company: Company, who: str | None, method: str, path: str, body: Any, expected: tuple[int, str]
) -> None:
    assert await refused(company, who, method, path, json=body) == expected


async def test_a_body_that_is_no_json_is_malformed(company: Company) -> None:
    headers = {"content-type": "application/json"}
    assert (await company.http.post("/v1/auth/login", content=b"{", headers=headers)).json()["code"] == "malformed"


@pytest.mark.parametrize(
    ("kind", "deep"),
    [
        ("application/json", b'{"login":' + b"[" * 3000 + b"]" * 3000 + b"}"),
        ("application/msgpack", b"\x91" * 3000 + b"\x01"),
    ],
)
async def test_a_body_that_is_nested_too_deeply_is_malformed(company: Company, kind: str, deep: bytes) -> None:
    answer = await company.http.post("/v1/auth/login", content=deep, headers={"content-type": kind})
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


@pytest.mark.parametrize("token", ["x", "a.b.c", "eyJhbGciOiJub25lIn0.eyJ1c2UiOiJhY2Nlc3MifQ."])
async def test_a_forged_token_is_refused(company: Company, token: str) -> None:
    company.tokens["forger"] = token
    assert await refused(company, "forger", "GET", "/v1/me") == (401, "unauthenticated")


async def test_an_expired_token_says_so(company: Company, app: Any) -> None:
    from datetime import timedelta

    tokens = app.state.tokens
    claims = tokens.read("access", company.tokens["mei"])
    company.tokens["mei"] = tokens.make("access", claims, timedelta(seconds=-1))
    assert await refused(company, "mei", "GET", "/v1/me") == (401, "token_expired")


async def test_a_cursor_does_not_pass_as_an_access_token(company: Company, app: Any) -> None:
    company.tokens["mei"] = app.state.tokens.make("cursor", {"sub": company.ids["mei"]})
    assert await refused(company, "mei", "GET", "/v1/me") == (401, "unauthenticated")


async def test_a_window_that_ends_before_it_starts_changes_nothing(company: Company) -> None:
    visit_id = await company.visit()
    plan = {"technician_ids": [company.ids["wei"]], **WINDOW}
    assert await refused(company, "mei", "POST", f"/v1/visits/{visit_id}/assign", json=plan) == (422, "invalid")
    visit = await company.must("mei", "GET", f"/v1/visits/{visit_id}")
    assert (visit["state"], visit["plan_version"], visit["crew"]) == ("unscheduled", 0, [])


async def test_a_dispatcher_is_no_crew(company: Company) -> None:
    visit_id = await company.visit()
    plan = {
        "technician_ids": [company.ids["mei"]], "window_start": WINDOW["window_end"], "window_end": WINDOW["window_start"],
    }  # fmt: skip
    assert await refused(company, "mei", "POST", f"/v1/visits/{visit_id}/assign", json=plan) == (422, "invalid")


async def test_the_same_serial_number_twice_is_said_to_exist(company: Company) -> None:
    asset = {"product_id": company.ids["product"], "serial": "CH200-0007", "arrival_date": "2025-06-01"}
    path = f"/v1/sites/{company.ids['site']}/assets"
    assert await refused(company, "mei", "POST", path, json=asset) == (409, "already_exists")


async def test_an_enrolment_code_is_good_once(company: Company) -> None:
    code = (await company.must("mei", "POST", f"/v1/users/{company.ids['wei']}/enrolment-codes"))["code"]
    await Phone(company.http).enrol(code)
    with pytest.raises(SyncRefused, match="used"):
        await Phone(company.http).enrol(code)


@pytest.mark.parametrize(
    ("path", "body", "sentence"),
    [
        ("/v1/tickets", {"received_at": 1_772_000_000}, "received_at: a time or nothing is expected, not a whole number"),
        ("/v1/tickets", {"received_at": "1772000000"}, "received_at: a date and time such as 2026-03-02T09:00:00+08:00"),
        ("/v1/visits/{visit}/assign", {"window_start": 0}, "window_start: a time or nothing is expected, not a whole number"),
        ("/v1/visits/{visit}/assign", {"window_start": 0.5}, "window_start: a time or nothing is expected, not a number"),
        ("/v1/parts", {"unit_price": "100"}, "unit_price: a whole number is expected, not a text"),
        ("/v1/sites/{site}/assets", {"arrival_date": 0}, "arrival_date: a date is expected, not a whole number"),
    ],
)  # fmt: skip
async def test_a_value_of_another_type_is_refused_by_its_field(
    company: Company, path: str, body: dict[str, Any], sentence: str
) -> None:
    ids = company.ids
    whole = {
        "/v1/tickets": {"customer_id": ids["customer"], "kind": "repair", "channel": "phone", "subject": "E42"},
        "/v1/visits/{visit}/assign": {"technician_ids": [ids["wei"]], "window_end": "2026-03-02T11:00:00+08:00"},
        "/v1/parts": {"number": "FAN-12", "name": "Fan", "currency": "CNY"},
        "/v1/sites/{site}/assets": {"product_id": ids["product"], "serial": "CH200-0042"},
    }[path]
    address = path.format(visit=await company.visit(), site=ids["site"])
    answer = await company.call("mei" if "parts" not in path else "root", "POST", address, json={**whole, **body})
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
    assert sentence in answer.json()["detail"]


async def test_a_query_is_text_and_still_read_as_numbers_and_days(company: Company) -> None:
    await company.must("mei", "GET", "/v1/parked", params={"limit": "7"})
    await company.must("mei", "GET", "/v1/board", params={"day": "2026-03-02"})
