"""Sentences for people: which field, and what is expected there; never a pattern, a constraint or a number of the standard."""

import re
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

import httpx
import msgspec
import pytest
from litestar import Litestar
from msgspec import Meta
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from mobile_contract.chain import uuid7
from mobile_contract.phone import Phone
from server.contract.written import openapi
from server.database.refusals import refusal
from server.ground.plain import in_words
from server.sync.up.kinds import KINDS
from tests.company import Company
from tests.phones import enrolled

NOT_FOR_PEOPLE = re.compile(
    r"[\^`$]|\bregex|\b(?:uq|ck|pk|fk|ix)_|SQLSTATE|\b(?:22|23)[0-9A-Z]{3}\b|Expected |ORM|asyncpg|Traceback"
)
NOBODY = "0192f6a0-0000-7000-8000-000000000000"
WRONG: tuple[Any, ...] = (None, "", "x", "x\0", -1, 0, 2**63, 1.5, True, [], [None], {}, {"a": "b"}, "9" * 9000)


class Colour(StrEnum):
    RED = "red"
    GREEN = "green"


class Line(msgspec.Struct, forbid_unknown_fields=True):
    amount: Annotated[int, Meta(gt=0, le=5)]
    colour: Colour | None = None


class Form(msgspec.Struct):
    sha256: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")] = "0" * 64
    odd: Annotated[str, Meta(pattern="^x+y?$")] = "x"
    id: UUID | None = None
    lines: Annotated[list[Line], Meta(max_length=2)] = []
    by_name: dict[str, Line] = {}
    note: Annotated[str, Meta(min_length=1)] = "x"
    at: datetime | None = None
    colour: Colour = Colour.RED
    way: Literal["down"] = "down"
    pair: tuple[Colour, Colour] | None = None


def test_a_place_without_a_name_is_not_told() -> None:
    with pytest.raises(msgspec.DecodeError) as caught:
        msgspec.json.decode(b"[[" + b"9" * 6000 + b"]]", type=list[list[int]])
    assert "[]" not in in_words(caught.value)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"sha256": "x"}, "sha256: 64 hexadecimal digits, in small letters, are expected"),
        ({"odd": "z"}, "odd: it is not written as the API documentation at /schema says"),
        ({"id": "x"}, "id: an id (a UUID) is expected"),
        ({"id": 7}, "id: an id (a UUID) or nothing is expected, not a whole number"),
        ({"lines": [{"amount": 1}, {"amount": None}]}, "lines[1].amount: a whole number is expected, not nothing"),
        ({"lines": [{}]}, "lines[0]: amount is missing"),
        ({"lines": [{"amount": 1, "tip": 2}]}, "lines[0]: tip is not known here"),
        ({"lines": [{"amount": 6}]}, "lines[0].amount: at most 5 is expected"),
        ({"lines": [1, 2, 3]}, "lines: at most 2 entries are expected"),
        ({"by_name": {"a": {"amount": "x"}}}, "by_name[].amount: a whole number is expected, not a text"),
        ({"note": ""}, "note: at least 1 character is expected"),
        ({"at": "soon"}, "at: a date and time such as 2026-03-02T09:00:00+08:00 is expected"),
        ({"colour": "x\0y"}, "colour: one of red, green is expected, not 'x[U+0000]y'"),
        ({"lines": [{"amount": 1, "colour": "x"}]}, "lines[0].colour: one of red, green is expected, not 'x'"),
        ({"by_name": {"a": {"amount": 1, "colour": ""}}}, "by_name[].colour: one of red, green is expected, not ''"),
        ({"way": "up"}, "way: down is expected, not 'up'"),
        ({"pair": ["red", "a\nb"]}, "pair[1]: one of red, green is expected, not 'a\nb'"),
        ([], "an object is expected, not a list"),
    ],
)
def test_a_wrong_value_is_named_by_its_field_and_by_what_is_expected(value: Any, words: str) -> None:
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.convert(value, Form)
    assert in_words(caught.value, Form) == words


async def test_a_refused_choice_names_the_choices_in_a_body_and_in_a_query(company: Company) -> None:
    ticket = {"customer_id": company.ids["customer"], "kind": "repair", "channel": "fax", "subject": "E42"}
    answer = await company.call("mei", "POST", "/v1/tickets", json=ticket)
    said = "channel: one of phone, letter, email, web, in_person is expected, not 'fax'."
    assert answer.json()["detail"] == f"{said} Mend the request and send it again."
    answer = await company.call("mei", "GET", "/v1/tickets", params={"status": "opened"})
    assert answer.json()["detail"].startswith("status: 'opened' is none of open, responded, in_progress, ")


async def test_a_parked_operation_names_the_choices(company: Company) -> None:
    wei: Phone = await enrolled(company, "wei")
    visit_id = await company.visit("wei")
    await wei.sync()
    tap = wei.tap("expense", visit_id, {"expense_id": uuid7(), "kind": "fuel", "amount": 100, "currency": "CNY"})
    await wei.sync()
    assert (
        "kind: one of travel, parking, lodging, meal, material, other is expected"
        in (wei.state["outcomes"][tap]["sentence"])
    )


@pytest.mark.parametrize(
    "body", [b"{", b'{"a":}', b'{"a":"\\ud800"}', b'{"a":"\xff"}', b"\xff", b'{"a":1e999}', b"[" * 5000]
)
async def test_a_body_that_cannot_be_read_is_said_in_words(company: Company, body: bytes) -> None:
    answer = await company.http.post("/v1/auth/login", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400
    assert not NOT_FOR_PEOPLE.search(answer.json()["detail"]), answer.text


def bad_bodies(schema: dict[str, Any], names: dict[str, Any]) -> Iterator[Any]:
    """A body of the schema with one member wrong at a time, and bodies that are none."""
    while "$ref" in schema:
        schema = names[schema["$ref"].rpartition("/")[2]]
    yield from ([], None, "x", {}, {"odd": 1})
    whole = {name: _right(part, names) for name, part in schema.get("properties", {}).items()}
    yield from ({**whole, name: wrong} for name in whole for wrong in WRONG)


def _right(schema: dict[str, Any], names: dict[str, Any]) -> Any:
    while "$ref" in schema:
        schema = names[schema["$ref"].rpartition("/")[2]]
    if "enum" in schema:
        return schema["enum"][0]
    if some := schema.get("oneOf") or schema.get("anyOf"):
        return _right(some[0], names)
    by_type = {
        "string": "x" * schema.get("minLength", 1),
        "integer": schema.get("minimum", 1),
        "boolean": True,
        "array": [],
    }
    by_format = {"uuid": NOBODY, "date-time": "2026-03-02T09:00:00+08:00", "date": "2026-03-02"}
    return by_format.get(schema.get("format", ""), by_type.get(schema.get("type", ""), {}))


async def test_no_route_answers_a_wrong_body_in_the_words_of_a_library(company: Company) -> None:
    """Every route with a body, as the one who may call it, with thousands of bodies that are wrong in one place."""
    document = openapi()
    names, asked = document["components"]["schemas"], 0
    await enrolled(company, "wei")
    for path, methods in document["paths"].items():
        for method, said in methods.items():
            content = said.get("requestBody", {}).get("content", {}) if isinstance(said, dict) else {}
            schema = content.get("application/json", {}).get("schema")
            if schema is None or path.endswith(("/login", "/sync", "/stream")):
                continue
            address = re.sub(r"\{[^}]*\}", NOBODY, path)
            for body in bad_bodies(schema, names):
                answer: httpx.Response = await company.call("root", method.upper(), address, json=body)
                detail = answer.json()["detail"] if answer.status_code >= 400 else ""
                assert answer.status_code < 500, (method, path, body, answer.text)
                assert not NOT_FOR_PEOPLE.search(detail), (method, path, body, detail)
                asked += 1
    assert asked > 500


async def test_no_route_answers_a_wrong_query_in_the_words_of_a_library(company: Company) -> None:
    asked = 0
    for path, methods in openapi()["paths"].items():
        names = [one["name"] for one in methods.get("get", {}).get("parameters", []) if one["in"] == "query"]
        for name in names if path.startswith("/v1") and not path.endswith("/stream") else ():
            for value in ("x", "-1", "", "999999999999999999999", "1.5", "x\x01", "2026-02-30"):
                address = re.sub(r"\{[^}]*\}", NOBODY, path)
                answer = await company.call("root", "GET", address, params={name: value})
                assert answer.status_code < 500, (path, name, value, answer.text)
                if answer.status_code >= 400:
                    assert not NOT_FOR_PEOPLE.search(answer.json()["detail"]), (path, name, value, answer.text)
                    asked += 1
    assert asked > 30


async def test_no_operation_is_parked_in_the_words_of_a_library(company: Company) -> None:
    """Every kind, its body wrong in one place at a time, whole batches of them; those of an own id would fork."""
    wei: Phone = await enrolled(company, "wei")
    visit_id = await company.visit("wei")
    await wei.sync()
    for name, kind in KINDS.items():
        (schema,), names = msgspec.json.schema_components([kind.body], ref_template="#/{name}")
        for body in bad_bodies(schema, names):
            if isinstance(body, dict) and not any(isinstance(one, float) or one == 2**63 for one in body.values()):
                wei.tap(name, visit_id, body)
    await wei.sync(batch=500)
    parked = [one for one in wei.state["outcomes"].values() if one["outcome"] == "parked"]
    assert len(parked) > 300
    assert {one["code"] for one in parked if one["code"] == "not_understood"} == set()
    shown = {one["sentence"] for one in parked if NOT_FOR_PEOPLE.search(one["sentence"])}
    assert shown == set()


async def test_what_the_database_refuses_is_said_by_what_it_is_about(company: Company, app: Litestar) -> None:
    broken = {
        "insert into part (id, number, name, unit_price, currency) select gen_random_uuid(), number, name, 1, 'EUR' from part":
            "Something with the same number exists already; use that, or choose another value.",
        "update part set unit_price = -1": "A price is not below 0.",
        "update part set name = null": "name is missing; add it.",
        f"update site set customer_id = '{uuid7()}'": "An id refers to something that does not exist; check the ids.",
        "delete from customer": "Other things refer to this; remove those first.",
        "insert into part select * from part": "Something with this id exists already, with other content. Send it again under a new id.",
        "select 1 / 0": "A value cannot be stored: it is out of range, or a text holds a NUL. Check the values.",
    }  # fmt: skip
    for statement, sentence in broken.items():
        async with app.state.sessions() as session:
            with pytest.raises(DBAPIError) as caught:
                await session.execute(text(statement))
            found = refusal(caught.value)
            assert found is not None, statement
            assert found.detail == sentence
