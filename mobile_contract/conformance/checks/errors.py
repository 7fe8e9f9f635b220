"""Every error is a problem document (RFC 9457) with a code of the catalogue and a detail that says what to do."""

import json
from pathlib import Path
from typing import Any

import httpx

from mobile_contract.conformance.field import Check, Field
from mobile_contract.conformance.verdicts import Failed, NotOffered, equal, expect

Json = dict[str, Any]
CATALOGUE = Path(__file__).parent.parent.parent / "errors.json"


def known_codes() -> dict[str, int]:
    """Code and status of every problem in the contract."""
    return {row["code"]: row["status"] for row in json.loads(CATALOGUE.read_text())}


def is_problem(answer: httpx.Response, status: int, what: str) -> Json:
    """Holds an answer against RFC 9457 and the catalogue. Returns the document."""
    seen = f"{answer.status_code} {answer.headers.get('content-type')}: {answer.text[:300]}"
    equal(answer.status_code, status, f"status for {what}")
    expect(answer.headers.get("content-type", "").startswith("application/problem+json"), f"{what}: a problem", seen)
    try:
        problem: Json = answer.json()
    except ValueError as error:
        raise Failed(f"{what}: JSON", seen) from error
    equal(problem.get("status"), status, f"`status` of the document for {what}")
    for member in ("type", "title", "code", "detail"):
        expect(isinstance(problem.get(member), str) and bool(problem[member]), f"{what}: a text `{member}`", seen)
    equal(known_codes().get(problem["code"]), status, f"errors.json gives the code {problem['code']!r} the status")
    return problem


async def not_signed_in(field: Field) -> None:
    body = {"contract_version": 1, "operations": [], "cursor": None}
    for what, headers in (
        ("no token", {}), ("a token of nobody", {"authorization": "Bearer nonsense"}),
        ("another scheme", {"authorization": "Basic bm9ib2R5Og=="}),
    ):  # fmt: skip
        is_problem(await field.http.post("/v1/sync", json=body, headers=headers), 401, what)


async def not_allowed(field: Field) -> None:
    phone = await field.phone()
    is_problem(await field.desk.ask("POST", "/v1/sync", {"contract_version": 1}), 403, "an exchange by the desk")
    answer = await field.http.post("/v1/jobs", json={"title": "x"}, headers=phone.bearer())
    is_problem(answer, 403, "a job made by a technician")


async def not_understood(field: Field) -> None:
    phone = await field.phone()
    headers = {**phone.bearer(), "content-type": "application/json"}

    async def send(content: bytes) -> httpx.Response:
        return await field.http.post("/v1/sync", content=content, headers=headers)

    shapes = {
        "no JSON": b"{", "a list": b"[]", "no contract version": b"{}", "a version of 0": b'{"contract_version":0}',
        "operations that are none": b'{"contract_version":1,"operations":[1]}', "nothing": b"",
        "bytes that are no text": b"\xff\xfe\x00",
    }  # fmt: skip
    for what, content in shapes.items():
        answer = await send(content)
        expect(answer.status_code in (400, 422), f"400 or 422 for {what}", answer.status_code)
        is_problem(answer, answer.status_code, what)


async def nothing_there(field: Field) -> None:
    phone = await field.phone()
    answer = await field.http.get("/v1/no-such-thing", headers=phone.bearer())
    is_problem(answer, 404, "an unknown path")
    answer = await field.http.delete("/v1/sync", headers=phone.bearer())
    is_problem(answer, 405, "an unknown method")


async def all_seen(field: Field) -> None:
    if not field.errors:
        raise NotOffered("no check of this run had an error to look at")
    for answer in field.errors:
        what = f"{answer.request.method} {answer.request.url.path}"
        expect(
            answer.status_code < 500, f"no 5xx in the whole run ({what})", f"{answer.status_code}: {answer.text[:200]}"
        )
        is_problem(answer, answer.status_code, what)


CHECKS: dict[str, Check] = {
    "without a good token: 401 as a problem document": not_signed_in,
    "by the wrong role: 403 as a problem document": not_allowed,
    "a request that makes no sense: 400 or 422 as a problem document, never 500": not_understood,
    "what is not there: 404 and 405 as problem documents": nothing_there,
}
OF_THE_WHOLE_RUN: dict[str, Check] = {"every error of the whole run is a problem document, and none is a 5xx": all_seen}
