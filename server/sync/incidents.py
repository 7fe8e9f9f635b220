"""Incidents of a device's chain: noted with their evidence, shown to the desk, and acknowledged by somebody with a name.

A phone that tries the same thing again makes no new incident; `times` counts. Nothing here is ever taken back.
"""

import hashlib
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from server import clock
from server.identity.models import Device, User
from server.identity.signing import is_signed
from server.ids import uuid7
from server.jobs.models import Visit
from server.problems import NotFound, Problem
from server.sync.chain import Link
from server.sync.models import Incident, IncidentAcknowledgement


async def note(
    session: AsyncSession, device: Device, link: Link, problem: Problem, *, once_for: str | None = None
) -> None:
    """Keep an incident of a device with the operation that shows it, or count it once more.

    The same text is the same incident; with `once_for`, so is everything of this kind about that one thing.
    """
    subject = link.envelope.subject
    visit_id = None
    if subject.type == "visit":
        visit_id = await session.scalar(select(Visit.id).where(Visit.id == subject.id))
    await keep(
        session, device.id, problem.code, problem.detail, link.raw,
        fingerprint=once_for, seq=link.envelope.seq or None, expected_seq=problem.facts.get("expected_seq"), visit_id=visit_id,
        operation_id=None if link.fault else link.envelope.id, signature=link.signature,
        signed_by_device=is_signed(device.public_key, link.raw, link.signature),
    )  # fmt: skip


async def keep(session: AsyncSession, device_id: UUID, code: str, detail: str, evidence: bytes, **more: Any) -> None:
    """Keep an incident, or count it once more when the same evidence (or the same `fingerprint`) was kept before."""
    moment = clock.now()
    values = {
        **more, "id": uuid7(), "device_id": device_id, "code": code, "detail": detail, "evidence": evidence,
        "fingerprint": more.get("fingerprint") or hashlib.sha256(evidence).hexdigest(), "times": 1,
        "created_at": moment, "last_at": moment,
    }  # fmt: skip
    await session.execute(
        insert(Incident)
        .values(**values)
        .on_conflict_do_update(
            index_elements=[Incident.device_id, Incident.code, Incident.fingerprint],
            set_={"times": Incident.times + 1, "last_at": moment},
        )
    )


def select_incidents(
    *, device_id: UUID | None, visit_id: UUID | None, unacknowledged: bool
) -> Select[Incident, Device, str]:
    """Incidents with their device, its technician and whether somebody has answered for them; newest first."""
    answered = select(IncidentAcknowledgement.id).where(IncidentAcknowledgement.incident_id == Incident.id).exists()
    query = (
        select(Incident, Device, User.name)
        .join(Device, Device.id == Incident.device_id)
        .join(User, User.id == Device.user_id)
        .order_by(Incident.created_at.desc(), Incident.id.desc())
        .options(defer(Incident.evidence, raiseload=True))
    )
    if device_id is not None:
        query = query.where(Incident.device_id == device_id)
    if visit_id is not None:
        query = query.where(Incident.visit_id == visit_id)
    if unacknowledged:
        query = query.where(~answered)
    return query


async def acknowledgements(
    session: AsyncSession, incident_ids: Sequence[UUID]
) -> dict[UUID, list[tuple[IncidentAcknowledgement, str]]]:
    """What was said of each incident, oldest first, with the author's name."""
    found: dict[UUID, list[tuple[IncidentAcknowledgement, str]]] = {one: [] for one in incident_ids}
    rows = await session.execute(
        select(IncidentAcknowledgement, User.name)
        .join(User, User.id == IncidentAcknowledgement.author_id)
        .where(IncidentAcknowledgement.incident_id.in_(incident_ids))
        .order_by(IncidentAcknowledgement.created_at, IncidentAcknowledgement.id)
    )
    for row, name in rows:
        found[row.incident_id].append((row, name))
    return found


async def acknowledge(session: AsyncSession, incident_id: UUID, author_id: UUID, note: str) -> None:
    """Say what an incident was. A second word does not replace the first. Raises `NotFound`."""
    if await session.scalar(select(func.count()).where(Incident.id == incident_id)) == 0:
        raise NotFound(f"No incident has the id {incident_id}.")
    session.add(IncidentAcknowledgement(incident_id=incident_id, author_id=author_id, note=note))
    await session.flush()
