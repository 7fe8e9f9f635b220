"""Two kinds of text that say less than they seem to: one with a line break behind its pattern, and a reason that is blank."""

import importlib
import pkgutil
import re._parser as patterns
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from msgspec import inspect

import server
from mobile_contract.chain import uuid7
from mobile_contract.phone import Phone
from server.ground.texts import Exact, Written
from server.jobs.operations import Because
from server.sync.up.kinds import KINDS
from tests.company import Company
from tests.phones import enrolled
from tests.records.intake import begun, outcome, report_of, said, tap_signing


def structs() -> Iterator[type[msgspec.Struct]]:
    """Every struct of the server."""
    for module in pkgutil.walk_packages(server.__path__, "server."):
        if ".migrations" not in module.name and not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    todo, seen = [msgspec.Struct], set()
    while todo:
        for kind in todo.pop().__subclasses__():
            if kind not in seen:
                seen.add(kind)
                todo.append(kind)
                if kind.__module__.startswith(("server.", "mobile_contract.")):
                    yield kind


def texts(kind: inspect.Type) -> Iterator[inspect.StrType]:
    if isinstance(kind, inspect.Metadata):
        yield from texts(kind.type)
    elif isinstance(kind, inspect.UnionType):
        for one in kind.types:
            yield from texts(one)
    elif isinstance(kind, inspect.ListType):
        yield from texts(kind.item_type)
    elif isinstance(kind, inspect.StrType):
        yield kind


def fields() -> Iterator[tuple[type[msgspec.Struct], str, inspect.StrType]]:
    for kind in structs():
        try:
            described = inspect.type_info(kind)
        except TypeError:
            continue  # nothing can be read as it, so it is on no wire
        assert isinstance(described, inspect.StructType)
        for field in described.fields:
            for one in texts(field.type):
                yield kind, field.name, one


def in_operations() -> set[type]:
    """The structs of operations' bodies; `must_end_there` looks at all of them."""
    found: set[type] = set()

    def look(kind: inspect.Type) -> None:
        if isinstance(kind, inspect.StructType):
            found.add(kind.cls)
            for field in kind.fields:
                look(field.type)
        for one in getattr(kind, "types", ()):
            look(one)

    for operation in KINDS.values():
        look(inspect.type_info(operation.body))
    return found


def test_no_pattern_lets_a_last_line_break_through() -> None:
    """`$` stands before it in Python. So the length is that of the pattern, or the struct looks itself or trims."""
    operations, wrong = in_operations(), []
    for kind, name, one in fields():
        if not (one.pattern or "").endswith("$"):
            continue
        least, most = patterns.parse(one.pattern).getwidth()
        is_as_long = least == most == one.max_length
        if not is_as_long and not issubclass(kind, Written | Exact) and kind not in operations:
            wrong.append(f"{kind.__name__}.{name}")
    assert wrong == ["AssetPart.arrival_date"], "a day may be empty; `check_report` looks at it, and a vector holds it"


def test_every_reason_that_is_demanded_must_show_something() -> None:
    """By its struct, or in the function that demands it (`test_a_blank_reason_is_none`)."""
    wrong = [
        f"{kind.__name__}.{name}"
        for kind, name, one in fields()
        if name in ("reason", "note") and one.min_length and not issubclass(kind, Written | Because)
    ]
    assert wrong == []


@pytest.fixture
async def wei(company: Company) -> Phone:
    return await enrolled(company, "wei")


BLANK = (" ", "\n", "\u200b", "\u3164", "\ufe0f")


@pytest.mark.parametrize("blank", BLANK, ids=ascii)
async def test_a_blank_reason_is_none(company: Company, wei: Phone, blank: str) -> None:
    visit_id = await begun(company, wei)
    hold = wei.tap("hold", visit_id, {"reason": blank})
    unknown = wei.tap("telemetry", visit_id, {})
    wei.tap("complete", visit_id, {"work_summary": "x"})
    await wei.sync()
    assert outcome(wei, hold) == ("parked", "invalid", "reason is blank. Write something that can be seen.")
    photo = wei.photo(visit_id, "before", b"x")
    await wei.sync()
    for path, body in (
        (f"/v1/parked/{unknown}", {"resolution": "dismissed"}),
        (f"/v1/unsealed/{visit_id}", {"decision": "without_report"}),
        (f"/v1/photos/{photo}/decision", {"kind": "never_arrived"}),
        (f"/v1/visits/{visit_id}/cancel", {}),
    ):
        refused = await company.call("mei", "POST", path, json=body | {"reason": blank})
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid"), path


ENDED: dict[str, tuple[str, dict[str, Any]]] = {
    "an expense's kind": ("expense", {"kind": "meal\n"}),
    "an expense's currency": ("expense", {"currency": "EUR\n"}),
    "a photo's slot": ("photo", {"slot": "after\n"}),
    "a photo's hash": ("photo", {"sha256": "a" * 64 + "\n"}),
    "a report's locale": ("report", {"locale": "en\n"}),
    "a signature's outcome": ("sign", {"outcome": "refused\n"}),
    "a signature's hash of what was shown": ("sign", {"shown_sha256": "a" * 64 + "\n"}),
    "a consent's hash": ("sign", {"consent": {"id": "c", "sha256": "a" * 64 + "\n", "locale": "en"}}),
    "a consent's locale": ("sign", {"consent": {"id": "c", "sha256": "a" * 64, "locale": "en\n"}}),
}


@pytest.mark.parametrize("name", ENDED)
async def test_an_operation_with_a_line_break_behind_its_pattern_is_parked(
    company: Company, wei: Phone, name: str
) -> None:
    visit_id = await begun(company, wei)
    kind, change = ENDED[name]
    bodies: dict[str, dict[str, Any]] = {
        "expense": {"expense_id": uuid7(), "kind": "meal", "amount": 1, "currency": "EUR"},
        "photo": {
            "photo_id": uuid7(), "slot": "after", "sha256": "a" * 64, "size": 9, "content_type": "image/jpeg",
        },
        "report": report_of(company, wei, visit_id),
    }  # fmt: skip
    if kind == "sign":
        report = report_of(company, wei, visit_id)
        wei.tap("report", visit_id, report)
        operation = tap_signing(wei, visit_id, report, **change)
    else:
        operation = wei.tap(kind, visit_id, bodies[kind] | change)
    await wei.sync()
    assert said(wei, operation) == ("parked", "malformed_body")
    assert "line break" in outcome(wei, operation)[2] or "expected" in outcome(wei, operation)[2]


async def test_a_phone_of_a_platform_with_a_line_break_is_refused(company: Company) -> None:
    phone = Phone(company.http, patience=0)
    code = await company.must("mei", "POST", f"/v1/users/{company.ids['wei']}/enrolment-codes")
    with pytest.raises(Exception, match="platform"):
        await phone.enrol(code["code"], platform="web\n")
