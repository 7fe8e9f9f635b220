"""The OpenAPI document against the application: what schemathesis makes of each route, right and wrong, as each kind of caller.

Every answer has a status and a content that the document names, no answer is a 5xx, and every failure is one problem
document. `FIELDPROOF_CASES` is how many cases a route and caller get.
"""

import os
import re
from typing import Any

import httpx
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from mobile_contract.phone import Phone
from server.contract.written import openapi
from tests.company import Company
from tests.phones import enrolled
from tests.sizes import size

CASES = int(os.environ.get("FIELDPROOF_CASES", "0")) or size(2, 4)
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
ENDLESS = re.compile(r"/stream$")


def make_cases() -> list[Case]:
    """For each route some requests that the document allows and some that it does not."""
    schema = schemathesis.openapi.from_dict(openapi())
    made: list[Case] = []
    for operation in (found.ok() for found in schema.get_all_operations()):
        if ENDLESS.search(operation.path):
            continue
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

            @settings(
                max_examples=-(-CASES // 2),
                database=None,
                derandomize=True,
                deadline=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            @given(case=operation.as_strategy(generation_mode=mode))
            def collect(case: Case) -> None:
                made.append(case)

            try:
                collect()
            except Unsatisfiable:
                assert mode is GenerationMode.NEGATIVE, operation.label  # nothing can be wrong with it
    return made


async def test_what_the_document_says_is_what_is_answered(company: Company) -> None:
    cases, known, wrong = make_cases(), await known_ids(company), []
    assert len(cases) > 200
    # The administrator comes last: what it is let do may end what the others can.
    for caller in ("nobody", "phone", "technician", "dispatcher", "admin"):
        headers = await headers_of(caller, company)
        for number, case in enumerate(cases):
            if number % 2:  # half of them about things that there are
                for name in case.path_parameters or {}:
                    case.path_parameters[name] = known.get(name, case.path_parameters[name])
            answer = await company.http.request(**request_of(case, headers))
            wrong += [f"as {caller}: {fault}" for fault in faults(case, answer)]
    assert not wrong, f"{len(wrong)} answers, of which\n" + "\n".join(wrong[:40])


async def headers_of(caller: str, company: Company) -> dict[str, str]:
    logins = {"technician": "wei", "dispatcher": "mei", "admin": "root"}
    if caller == "nobody":
        return {}
    if caller == "phone":
        phone: Phone = await enrolled(company, "wei")
        return {"authorization": f"Bearer {phone.access_token}"}
    return {"authorization": f"Bearer {company.tokens[logins[caller]]}"}


async def known_ids(company: Company) -> dict[str, Any]:
    """Values for the parameters of addresses, of what is there."""
    visit_id = await company.visit("wei")
    visit = await company.must("mei", "GET", f"/v1/visits/{visit_id}")
    return {
        "visit_id": visit_id, "job_id": visit["job_id"], "site_id": company.ids["site"], "asset_id": company.ids["asset"],
        "customer_id": company.ids["customer"], "contact_id": company.ids["contact"], "office_id": company.ids["office"],
        "user_id": company.ids["anna"],
    }  # fmt: skip


def request_of(case: Case, headers: dict[str, str]) -> dict[str, Any]:
    """What httpx sends for a case, as this caller."""
    asked = case.as_transport_kwargs(base_url="http://fieldproof.test", headers=headers)
    kept = {name: asked[name] for name in ("method", "url", "params", "headers", "json") if asked.get(name) is not None}
    if asked.get("data") is not None:
        kept["content" if isinstance(asked["data"], bytes | str) else "data"] = asked["data"]
    return kept


def faults(case: Case, answer: httpx.Response) -> list[str]:
    """What of an answer the document does not say."""
    where = f"{case.method} {case.path} -> {answer.status_code}: {answer.text[:200]}"
    found: list[str] = []
    try:
        case.validate_response(answer, checks=CHECKS)
    except schemathesis.errors.SchemathesisError as error:
        found.append(f"{where}: {error}")
    except BaseExceptionGroup as group:
        found.append(f"{where}: {group.exceptions}")
    if answer.status_code >= 400 and "html" not in answer.headers.get("content-type", ""):
        body = answer.json()
        if answer.headers["content-type"] != "application/problem+json" or body.get("status") != answer.status_code:
            found.append(f"{where}: no problem document")
    return found
