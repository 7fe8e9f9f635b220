"""Gathers what a sealed record states: the report, the device's operations, devices, arrival, photos and signature."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from server.arrival.models import ArrivalVerdict, CheckIn
from server.customers.models import Site
from server.ground.clock import to_micros
from server.ground.problems import Busy
from server.identity.models import Device, Office, User
from server.jobs.models import Job, Visit
from server.media.models import IN_FORCE, Photo, PhotoDecision
from server.records.canonical import to_base64url
from server.records.models import SealedRecord, ServiceReport, Signature

# What is read here of operations are the bytes as they were received.
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
        "site": await _site(session, visit),
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
                "enrolled_at": to_micros(device.enrolled_at), "attestation": device.attestation, **_enrolment(device),
            }
            for device in devices
        ],
        "arrival": await _arrival(session, visit),
        **await _arrivals(session, visit),
        "photos": await _photos(session, report, [row.raw for row in operations]),
        "signature": {
            "kind": signature.outcome, "operation_id": _signed_id(operations, signature.operation_id), "signer": signature.signer,
            "reason": signature.reason or None, "consent": signature.consent,
            "strokes_sha256": signature.strokes_sha256, "level": "SES" if signature.outcome == "signed" else None,
        },
    }  # fmt: skip


def _enrolment(device: Device) -> dict[str, Any]:
    """By whose code the phone came in; phones of before do not say."""
    return {"enrolment": device.enrolment} if device.enrolment else {}


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


async def _site(session: AsyncSession, visit: Visit) -> dict[str, str]:
    """The zone of the site: where people were, every page writes its times as their clocks showed them."""
    zone = await session.scalar(select(Site.time_zone).join(Job, Job.site_id == Site.id).where(Job.id == visit.job_id))
    assert zone is not None  # a job's site is a foreign key
    return {"time_zone": zone}


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


async def _arrivals(session: AsyncSession, visit: Visit) -> dict[str, Any]:
    """Where several of a crew checked in: the newest verdict on the first check-in of each. Records of one who went alone do not have it."""
    rows = await session.execute(
        select(CheckIn, ArrivalVerdict, User.name)
        .join(ArrivalVerdict, ArrivalVerdict.check_in_id == CheckIn.id)
        .join(User, User.id == CheckIn.technician_id)
        .where(CheckIn.visit_id == visit.id)
        .order_by(CheckIn.earliest, CheckIn.id, ArrivalVerdict.judged_at.desc(), ArrivalVerdict.id.desc())
    )
    found: dict[UUID, dict[str, Any]] = {}
    for check_in, verdict, name in rows:
        of = {"technician_id": str(check_in.technician_id), "technician": name, "check_in_id": str(check_in.id)}
        between = {"earliest": to_micros(check_in.earliest), "latest": to_micros(check_in.latest)}
        judged = {"verdict": verdict.verdict, "place": verdict.place, "time": verdict.time}
        found.setdefault(check_in.technician_id, of | between | judged)
    return {"arrivals": list(found.values())} if len(found) > 1 else {}


async def _photos(session: AsyncSession, report: ServiceReport, operations: Iterable[bytes]) -> list[dict[str, Any]]:
    """The photos that the report shows. Each stands under the id that the report gives it, unless that promise was wrong:
    a photo that was promised with a wrong size or type is promised again under another id, and then the true promise counts.
    A report that shows it under both ids shows one photo: it stands here once.

    Where the desk decided about one of them, each says how it stands. Raises `Busy` when one stands otherwise by now than
    when custody was complete.
    """
    shown = msgspec.json.decode(report.canonical).get("photos", [])
    rows = await session.execute(
        select(Photo, PhotoDecision, User)
        .outerjoin(PhotoDecision, IN_FORCE)
        .outerjoin(User, User.id == PhotoDecision.decided_by)
        .where(Photo.visit_id == report.visit_id)
    )
    stored = {(photo.slot, photo.sha256): (photo, decision, by) for photo, decision, by in rows}
    held = [stored[photo["slot"], photo["sha256"]] for photo in shown]
    plain = all(decision is None for _, decision, _ in held)
    promises = list(_promises(operations))
    found: dict[str, dict[str, Any]] = {}
    for told, (photo, decision, by) in zip(shown, held, strict=True):
        photo_id = _signed_as(told["photo_id"], photo, promises)
        entry = {
            "photo_id": photo_id, "slot": photo.slot, "sha256": photo.sha256,
            "size": photo.size, "content_type": photo.content_type,
        }  # fmt: skip
        found[photo_id] = entry | (_verified(photo) if plain else _stands(photo, decision, by))
    return list(found.values())


def _verified(photo: Photo) -> dict[str, Any]:
    if photo.verified_at is None or photo.state != "verified":
        raise Busy("A photo of the report changed while it was to be sealed. It is looked at again.")
    return {"verified_at": to_micros(photo.verified_at)}


def _stands(photo: Photo, decision: PhotoDecision | None, by: User | None) -> dict[str, Any]:
    """How a photo of a record of version 2 stands; a verified one says that too."""
    if decision is None or by is None:
        return {"state": "verified", **_verified(photo)}
    finding = {"finding": decision.finding} if decision.kind == "damaged_kept" else {}
    return {
        "state": decision.kind, "decided_at": to_micros(decision.decided_at), "decided_by": by.name.strip() or by.login,
        "reason": decision.reason, **finding,
    }  # fmt: skip


def _signed_as(photo_id: str, photo: Photo, promises: Iterable[tuple[str, "Promise"]]) -> str:
    true = Promise(photo.slot, photo.sha256, photo.size, photo.content_type)
    ids = [known for known, promise in promises if promise == true]
    return photo_id if photo_id in ids or not ids else ids[-1]


class Promise(NamedTuple):
    """What a signed operation says of a photo."""

    slot: str
    sha256: str
    size: int
    content_type: str


def _promises(operations: Iterable[bytes]) -> Iterator[tuple[str, Promise]]:
    for raw in operations:
        said = msgspec.json.decode(raw)
        if said["kind"] == "photo":
            body = said["body"]
            with suppress(LookupError):  # a parked one may lack anything
                yield body["photo_id"], Promise(*(body[name] for name in Promise._fields))
