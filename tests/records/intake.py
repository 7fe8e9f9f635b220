"""Reports and signatures as a phone sends them that does not check anything, for the tests of what the server takes in."""

import json
from collections.abc import Callable
from typing import Any

import rfc8785

from mobile_contract.chain import sha256_hex, uuid7
from mobile_contract.phone import Phone
from mobile_contract.report import make_report, sign_body
from tests.company import Company
from tests.day import SIGNER, STROKES

Json = dict[str, Any]
Outcome = tuple[str, str | None, str]
"""Outcome, code and sentence."""


def outcome(phone: Phone, operation_id: str) -> Outcome:
    found = phone.state["outcomes"][operation_id]
    return found["outcome"], found.get("code"), found.get("sentence") or ""


def said(phone: Phone, operation_id: str) -> tuple[str, str | None]:
    return outcome(phone, operation_id)[:2]


async def begun(company: Company, phone: Phone, *more: str) -> str:
    """A visit of the phone's technician (and of others) that was started and synced."""
    visit_id = await company.visit("wei", *more)
    await phone.sync()
    phone.tap("accept", visit_id)
    phone.tap("start", visit_id)
    return visit_id


def report_of(company: Company, phone: Phone, visit_id: str, **options: Any) -> Json:
    """A report as today's phone makes it."""
    technician = {"id": company.ids["wei"], "name": "李伟"}
    return make_report(
        phone, visit_id, technician=technician, work=options.pop("work", "x"), fault=None, locale="en", **options
    )


def changed(report: Json, change: Callable[[Json], object]) -> Json:
    """The report with something else in it."""
    value = json.loads(report["canonical"])
    change(value)
    return {**report, "canonical": rfc8785.dumps(value).decode()}


def tap_signing(phone: Phone, visit_id: str, report: Json, strokes: str | None = STROKES, **other: Any) -> str:
    """Tap `sign` over a report, with other members of the body as they are given; nothing is checked."""
    good = {**report, "canonical": "{}"}
    body = sign_body(good, "signed", strokes=STROKES, signer=SIGNER) | {
        "shown_sha256": sha256_hex(report["canonical"]), "signature_id": uuid7(),
        "strokes_sha256": None if strokes is None else sha256_hex(strokes), **other,
    }  # fmt: skip
    return phone.tap("sign", visit_id, body, attachment=strokes)


REFUSED: Json = {"outcome": "refused", "signer": None, "reason": "too dear"}
