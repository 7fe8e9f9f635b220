"""Serial numbers, part numbers, product codes and logins: kept as one reads them, and made once whatever their spelling."""

import asyncio
from typing import Any

import pytest

from tests.company import PASSWORD, Company

SPELLINGS = ["CH200-0007", "ch200-0007", " CH200-0007", "CH200-0007\u00a0", "ＣＨ２００－０００７", "CH200\u200b-0007"]
BLANKS = ["", " ", "\u200b", "\u00a0\u3000", "\u3164"]


def asset(company: Company, serial: str) -> tuple[str, dict[str, Any]]:
    body = {"product_id": company.ids["product"], "serial": serial, "arrival_date": "2025-06-01"}
    return f"/v1/sites/{company.ids['site']}/assets", body


@pytest.mark.parametrize("typed", [" 000123", "000123\u00a0", "000\u200b123", "０００１２３\n"])
async def test_a_serial_number_is_kept_as_one_reads_it(company: Company, typed: str) -> None:
    path, body = asset(company, typed)
    assert (await company.must("mei", "POST", path, json=body))["serial"] == "000123"


async def test_a_piece_that_is_known_is_named_with_where_it_stands(company: Company) -> None:
    for spelling in SPELLINGS:
        path, body = asset(company, spelling)
        answer = await company.call("mei", "POST", path, json=body)
        problem = answer.json()
        told = (answer.status_code, problem["code"], problem["existing_id"])
        assert told == (409, "already_exists", company.ids["asset"])
        assert problem["detail"].startswith("CH-200 CH200-0007 is known already: it stands at 主楼 of 华东医院.")


async def test_the_same_serial_number_of_another_product_is_another_piece(company: Company) -> None:
    product = {"code": "CH-300", "name": "Chiller 300", "warranty_months": 24}
    other = (await company.must("root", "POST", "/v1/products", json=product))["id"]
    path, body = asset(company, "CH200-0007")
    assert (await company.must("mei", "POST", path, json=body | {"product_id": other}))["serial"] == "CH200-0007"


async def test_of_two_desks_that_enter_one_piece_at_once_one_is_told(company: Company) -> None:
    first, second = asset(company, "ab-1"), asset(company, "AB-1")
    answers = await asyncio.gather(*(company.call("mei", "POST", path, json=body) for path, body in (first, second)))
    assert sorted(answer.status_code for answer in answers) == [201, 409]


@pytest.mark.parametrize("number", ["fan-12", "ＦＡＮ－１２", "FAN-12 ", "Fan - 12"])
async def test_a_part_that_is_known_is_named(company: Company, number: str) -> None:
    answer = await company.call("root", "POST", "/v1/parts", json={"number": number, "name": "Fan", "unit_price": 1})
    assert (answer.status_code, answer.json()["existing_id"]) == (409, company.ids["part"])


async def test_a_product_that_is_known_is_named(company: Company) -> None:
    body = {"code": "ch-200 ", "name": "Chiller", "warranty_months": 24}
    answer = await company.call("root", "POST", "/v1/products", json=body)
    assert (answer.status_code, answer.json()["existing_id"]) == (409, company.ids["product"])


@pytest.mark.parametrize(
    ("who", "path", "field", "body"),
    [
        ("mei", "/v1/sites/{site}/assets", "serial", {"product_id": "{product}", "arrival_date": "2025-06-01"}),
        ("root", "/v1/parts", "number", {"name": "Fan", "unit_price": 1}),
        ("root", "/v1/parts", "name", {"number": "X", "unit_price": 1}),
        ("root", "/v1/products", "code", {"name": "Chiller", "warranty_months": 24}),
        ("mei", "/v1/customers", "name", {"office_id": "{office}"}),
        ("mei", "/v1/customers/{customer}/contacts", "name", {}),
        ("mei", "/v1/jobs", "title", {"site_id": "{site}"}),
        (
            "root",
            "/v1/users",
            "login",
            {"name": "X", "role": "technician", "office_id": "{office}", "password": PASSWORD},
        ),
    ],
)
async def test_a_blank_is_refused(company: Company, who: str, path: str, field: str, body: dict[str, Any]) -> None:
    filled = {name: value.format(**company.ids) if isinstance(value, str) else value for name, value in body.items()}
    for blank in BLANKS:
        answer = await company.call(who, "POST", path.format(**company.ids), json=filled | {field: blank})
        assert answer.status_code in ((400, 422) if blank == "" else (422,)), repr(blank)


async def test_a_login_is_nobody_elses_in_another_spelling_and_signs_in_as_phones_write_it(company: Company) -> None:
    user = {
        "login": "Wei ",
        "name": "Other",
        "role": "technician",
        "office_id": company.ids["office"],
        "password": PASSWORD,
    }
    answer = await company.call("root", "POST", "/v1/users", json=user)
    assert (answer.status_code, answer.json()["existing_id"]) == (409, company.ids["wei"])
    login = await company.http.post("/v1/auth/login", json={"login": "Wei ", "password": PASSWORD})
    assert (login.status_code, login.json()["user_id"]) == (200, company.ids["wei"])


async def test_a_skill_is_named_once(company: Company) -> None:
    job = {"site_id": company.ids["site"], "title": "E42", "skills": ["chiller", "Chiller ", "ｃｈｉｌｌｅｒ", "gas"]}
    assert (await company.must("mei", "POST", "/v1/jobs", json=job))["skills"] == ["chiller", "gas"]
    assert (await company.call("mei", "POST", "/v1/jobs", json=job | {"skills": [" "]})).status_code == 422


@pytest.mark.parametrize("code", ["ZZZ", "XXX", "XTS", "XAU", "ITL"])
async def test_a_price_is_in_a_currency_that_there_is(company: Company, code: str) -> None:
    part = {"number": f"P-{code}", "name": "Fan", "unit_price": 100, "currency": code}
    refused = await company.call("root", "POST", "/v1/parts", json=part)
    assert (refused.status_code, refused.json()["field"]) == (422, "currency")
    assert code in refused.json()["detail"]
    taken = await company.must("root", "POST", "/v1/parts", json={**part, "currency": "UGX"})
    assert taken["currency"] == "UGX"
