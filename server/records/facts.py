"""Gathers what a sealed record states: the report, the device's operations, devices, arrival, photos and signature."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from server.arrival.models import ArrivalVerdict, CheckIn
from server.clock import to_micros
from server.identity.models import Device, Office
from server.jobs.models import Job, Visit
from server.media.models import Photo
from server.records.canonical import to_base64url
from server.records.models import SealedRecord, ServiceReport, Signature

# Operations belong to sync, a room above this one; what is read of them here are the bytes as they were received.
OPERATIONS = text("""
select id, device_id, raw, signature, received_at, outcome from operation
where visit_id = :visit_id order by device_id, seq
""")


async def facts_of(session: AsyncSession, visit: Visit, report: ServiceReport, signature: Signature) -> dict[str, Any]:
    """Everything but the record's id, time and issuer's name. Photos are those that the report shows."""
    operations = (await session.execute(OPERATIONS, {"visit_id": visit.id})).all()
    devices = await session.scalars(
        select(Device).where(Device.id.in_({row.device_id for row in operations})).order_by(Device.id)
    )
    return {
        "visit_id": str(visit.id),
        "amends": await _amended(session, report),
        "locale": report.locale,
        "issuer": await _office(session, visit),
        "report": {"canonical": report.canonical.decode(), "sha256": report.sha256},
        "operations": [
            {
                "body": row.raw.decode(), "signature": to_base64url(row.signature),
                "received_at": to_micros(row.received_at), "outcome": row.outcome,
            }
            for row in operations
        ],
        "devices": [
            {
                "device_id": str(device.id), "public_key": to_base64url(device.public_key),
                "enrolled_at": to_micros(device.enrolled_at), "attestation": device.attestation,
            }
            for device in devices
        ],
        "arrival": await _arrival(session, visit),
        "photos": await _photos(session, report),
        "signature": {
            "kind": signature.outcome, "operation_id": _signed_id(operations, signature.operation_id), "signer": signature.signer,
            "reason": signature.reason or None, "consent": signature.consent,
            "strokes_sha256": signature.strokes_sha256, "level": "SES" if signature.outcome == "signed" else None,
        },
    }  # fmt: skip


def _signed_id(operations: Sequence[Any], operation_id: UUID) -> str:
    """An operation's id as its phone wrote and signed it, perhaps in capitals: verifiers look for it by its letters."""
    raw = next(row.raw for row in operations if row.id == operation_id)
    return str(msgspec.json.decode(raw)["id"])


async def _amended(session: AsyncSession, report: ServiceReport) -> str | None:
    if report.amends_id is None:
        return None
    record_id = await session.scalar(select(SealedRecord.id).where(SealedRecord.report_id == report.amends_id))
    return str(record_id) if record_id else None


async def _office(session: AsyncSession, visit: Visit) -> dict[str, Any]:
    office = await session.scalar(select(Office).join(Job, Job.office_id == Office.id).where(Job.id == visit.job_id))
    assert office is not None  # a job's office is a foreign key
    return {"office": office.name, "time_zone": office.time_zone}


async def _arrival(session: AsyncSession, visit: Visit) -> dict[str, Any] | None:
    """The newest verdict on the first check-in."""
    found = (
        await session.execute(
            select(CheckIn, ArrivalVerdict)
            .join(ArrivalVerdict, ArrivalVerdict.check_in_id == CheckIn.id)
            .where(CheckIn.visit_id == visit.id)
            .order_by(CheckIn.earliest, CheckIn.id, ArrivalVerdict.judged_at.desc(), ArrivalVerdict.id.desc())
            .limit(1)
        )
    ).first()
    if found is None:
        return None
    check_in, verdict = found
    held = verdict.inputs["held"]  # the window that was judged against, as it was corrected by then
    return {
        "verdict": verdict.verdict, "place": verdict.place, "time": verdict.time,
        "probability_ppm": verdict.probability_ppm, "earliest": to_micros(check_in.earliest),
        "latest": to_micros(check_in.latest), "words": verdict.words, "inputs": verdict.inputs,
        "window": {name: held[name] for name in ("start", "end", "plan_version")} if held else None,
    }  # fmt: skip


async def _photos(session: AsyncSession, report: ServiceReport) -> list[dict[str, Any]]:
    """The photos that the report shows, under the ids that it shows: the same photo may have been taken in twice."""
    shown = msgspec.json.decode(report.canonical).get("photos", [])
    rows = await session.scalars(select(Photo).where(Photo.visit_id == report.visit_id))
    stored = {(row.slot, row.sha256): row for row in rows}
    found = []
    for photo in shown:
        row = stored[photo["slot"], photo["sha256"]]
        assert row.verified_at is not None  # a visit is sealed only when all its photos are
        found.append(
            {
                "photo_id": photo["photo_id"], "slot": row.slot, "sha256": row.sha256, "size": row.size,
                "content_type": row.content_type, "verified_at": to_micros(row.verified_at),
            }
        )  # fmt: skip
    return found
