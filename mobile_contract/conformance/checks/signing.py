"""The customer's signature is bound to the report that was shown, byte for byte."""

from typing import Any

from mobile_contract.chain import sha256_hex
from mobile_contract.conformance.field import Check, Field
from mobile_contract.conformance.verdicts import equal
from mobile_contract.phone import Phone
from mobile_contract.report import make_report, sign_body

Json = dict[str, Any]
STROKES = '{"height":100,"strokes":[[[10,20,0,500],[30,60,16,600],[60,20,32,500]]],"width":200}'
SIGNER = {"name": "王芳", "role": "设备主管", "contact": "+86 21 6248 3180"}


async def reported(field: Field) -> tuple[str, Phone, Json]:
    """A visit, the reference phone that has it, and a report that was shown."""
    visit_id = await field.desk.visit(field.technician)
    phone = Phone(field.http)
    await phone.enrol(await field.desk.code(field.technician))
    await phone.sync()
    phone.tap("start", visit_id)
    technician = {"id": field.technician, "name": "Conformance"}
    report = make_report(phone, visit_id, technician=technician, work="Fan replaced", fault=None, locale="en")
    phone.tap("report", visit_id, report)
    return visit_id, phone, report


def outcome(phone: Phone, tap: str) -> tuple[str, str | None]:
    """Outcome and code of a tap."""
    found = phone.state["outcomes"].get(tap, {})
    return found.get("outcome", "none"), found.get("code")


async def bound(field: Field) -> None:
    visit_id, phone, report = await reported(field)
    good = sign_body(report, "signed", strokes=STROKES, signer=SIGNER)
    other_report = phone.tap("sign", visit_id, {**good, "shown_sha256": sha256_hex("another")}, attachment=STROKES)
    other_strokes = phone.tap("sign", visit_id, good, attachment=STROKES.replace("10,20", "11,20"))
    no_strokes = phone.tap("sign", visit_id, good)
    right = phone.tap("sign", visit_id, good, attachment=STROKES)
    await phone.sync()
    equal(outcome(phone, other_report), ("parked", "not_what_was_shown"), "a signature under another report is")
    equal(outcome(phone, other_strokes)[0], "parked", "a signature with other strokes is")
    equal(outcome(phone, no_strokes)[0], "parked", "a signature without strokes is")
    equal(outcome(phone, right), ("applied", None), "the right one is")
    row = phone.row("report", report["report_id"]).get("body", {})
    equal(
        (row.get("sha256"), row.get("signature")), (sha256_hex(report["canonical"]), "signed"), "the report's row has"
    )


async def not_signed(field: Field) -> None:
    visit_id, phone, report = await reported(field)
    refused = sign_body(report, "refused", strokes=None, signer=None, reason="too dear")
    silent = phone.tap("sign", visit_id, {**refused, "reason": ""})
    absent = phone.tap("sign", visit_id, sign_body(report, "customer_absent", strokes=None, signer=None, reason="left"))
    await phone.sync()
    equal(outcome(phone, silent)[0], "parked", "a refusal without a reason is")
    equal(outcome(phone, absent), ("applied", None), "an absence with its reason is")


async def changed_report(field: Field) -> None:
    visit_id, phone, report = await reported(field)
    changed = phone.tap("report", visit_id, {**report, "canonical": report["canonical"].replace(":", ": ", 1)})
    await phone.sync()
    equal(outcome(phone, changed), ("parked", "report_mismatch"), "a report that is not canonical is")


CHECKS: dict[str, Check] = {
    "a signature counts only under the report that was shown, with its own strokes": bound,
    "`refused` and `customer_absent` are outcomes of their own, with a reason": not_signed,
    "a report that is not canonical JSON is parked": changed_report,
}
