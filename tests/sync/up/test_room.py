"""What a verifier could not read again is in no record: each kind has a largest size, and so has a visit."""

import json
from uuid import UUID

import pytest
from litestar import Litestar
from sqlalchemy import text

from mobile_contract.chain import uuid7
from mobile_contract.limits import KIND_BYTES, LIMITS, OPERATION_BYTES, VISIT_BYTES
from mobile_contract.phone import Phone
from server.faults.keep import keep_fault
from server.records.canonical import canonical
from server.records.seal import trial
from server.records.seal.seal import waiting_reports
from server.records.seal.trial import MAX_RECORD, RecordTooLarge
from server.records.sealer import Sealer
from server.records.verify import all_hold
from server.records.verify.document import LARGEST
from server.sync.up import room
from tests.company import Company
from tests.phones import tap_unchecked
from tests.records.intake import begun, report_of, said, tap_signing
from tests.records.sealing import record_and_pdf, seal, verified


def large(phone: Phone, visit_id: str, kind: str, size: int) -> str:
    filler = "A" * size
    bodies = {
        "photo": {
            "photo_id": uuid7(), "slot": "before", "sha256": "a" * 64, "size": 9, "content_type": "image/jpeg",
            "taken": {"thumbnail": filler},
        },
        "note": {"note_id": uuid7(), "text": filler},
        "telemetry": {"readings": filler},
        "complete": {"work_summary": "x", "fault": {"symptom": filler}},
    }  # fmt: skip
    return tap_unchecked(phone, kind, visit_id, bodies[kind])


async def finish(company: Company, phone: Phone, visit_id: str) -> None:
    report = report_of(company, phone, visit_id)
    phone.tap("report", visit_id, report)
    signature = tap_signing(phone, visit_id, report)
    phone.tap("complete", visit_id, {"work_summary": "x"})
    await phone.sync()
    assert said(phone, signature) == ("applied", None)


@pytest.mark.parametrize("kind", ["photo", "note", "telemetry", "complete"])
async def test_what_is_too_large_for_its_kind_is_parked_and_in_no_record(
    company: Company, app: Litestar, sealer: Sealer, wei: Phone, kind: str
) -> None:
    visit_id = await begun(company, wei)
    operation = large(wei, visit_id, kind, KIND_BYTES)
    await wei.sync()
    assert said(wei, operation) == ("parked", "unknown_kind" if kind == "telemetry" else "operation_too_large")
    [waiting] = await company.must("mei", "GET", "/v1/parked")
    assert waiting["visit_id"] is None
    again = await company.call("mei", "POST", f"/v1/parked/{operation}", json={"resolution": "applied"})
    assert again.status_code == 409
    await finish(company, wei, visit_id)
    assert await seal(app, sealer, visit_id) == 1
    _, pdf = await record_and_pdf(company, visit_id)
    assert all_hold(list((await verified(pdf, sealer)).values()))
    async with app.state.sessions() as session:
        held = await session.scalar(text("select length(record) from sealed_record"))
    assert held < KIND_BYTES


@pytest.mark.parametrize("pushes", [1, 4])
async def test_what_a_visit_has_no_room_for_is_parked_and_the_rest_is_sealed(
    company: Company, app: Litestar, sealer: Sealer, wei: Phone, monkeypatch: pytest.MonkeyPatch, pushes: int
) -> None:
    visit_id = await begun(company, wei)
    report = report_of(company, wei, visit_id)
    wei.tap("report", visit_id, report)
    tap_signing(wei, visit_id, report)
    await wei.sync()
    monkeypatch.setattr(room, "VISIT_BYTES", 160_000)
    sent = [large(wei, visit_id, "telemetry", 50_000) for _ in range(3)] + [large(wei, visit_id, "note", 8000)]
    await wei.sync(batch=4 // pushes)
    assert [said(wei, one)[1] for one in sent] == ["unknown_kind"] * 3 + ["visit_full"]
    again = await company.call("mei", "POST", f"/v1/parked/{sent[3]}", json={"resolution": "applied"})
    assert again.status_code == 409, "nor has it room when the desk lets it in"
    waiting = {one["id"]: one["visit_id"] for one in await company.must("mei", "GET", "/v1/parked")}
    assert [waiting[one] for one in sent] == [visit_id] * 3 + [None]
    other = await company.visit("wei")
    assert other != visit_id
    monkeypatch.undo()
    wei.tap("complete", visit_id, {"work_summary": "x"})
    await wei.sync()
    assert await seal(app, sealer, visit_id) == 1
    _, pdf = await record_and_pdf(company, visit_id)
    assert all_hold(list((await verified(pdf, sealer)).values()))


def test_the_largest_visit_is_a_record_that_verifiers_read() -> None:
    """At worst each byte is escaped, or the operations are as small as they come and each brings its own members."""
    beside = {"signature": "x" * 86, "received_at": 2**53 - 1, "outcome": "applied"}
    for size, filler in ((OPERATION_BYTES, '"'), (330, "x")):
        whole = [{"body": filler * size, **beside} for _ in range(VISIT_BYTES // size)]
        most = len(canonical({"operations": whole})) + 2 * OPERATION_BYTES
        assert most < 0.8 * MAX_RECORD
    assert MAX_RECORD <= LARGEST
    assert (LIMITS["kind_bytes"], LIMITS["visit_bytes"]) == (KIND_BYTES, VISIT_BYTES)


async def test_a_record_that_is_too_large_already_is_told_at_once(
    company: Company, app: Litestar, sealer: Sealer, wei: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit_id = await begun(company, wei)
    await finish(company, wei, visit_id)
    monkeypatch.setattr(trial, "MAX_RECORD", 1000)
    with pytest.raises(RecordTooLarge) as raised:
        await seal(app, sealer, visit_id)
    async with app.state.sessions.begin() as session:
        [report_id] = await waiting_reports(session, UUID(visit_id))
        assert await keep_fault(session, "report_ready", report_id, raised.value) is None
    [one] = await company.must("mei", "GET", "/v1/unsealed")
    assert (one["why"], one["held"]) == ("fault", True)
    assert "End it without a sealed report" in one["sentence"]


def test_the_smallest_operation_is_not_smaller_than_counted_above() -> None:
    ids = dict.fromkeys(("id", "device_id"), "0192f6a0-0000-7000-8000-000000000001")
    clock = {"wall": 0, "monotonic": 0, "boot_id": "", "anchor": None}
    subject = {"type": "visit", "id": ids["id"]}
    least = {**ids, "seq": 1, "prev": "0" * 64, "kind": "x", "subject": subject, "base": 1, "body": {}, "clock": clock}
    assert len(json.dumps(least, separators=(",", ":"))) >= 330
