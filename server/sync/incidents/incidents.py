"""Incidents of a device's chain: noted with their evidence, shown to the desk, and acknowledged by somebody with a name.

A phone that tries the same thing again makes no new incident; `times` counts. Nothing here is taken back, and each is kept for its term.

A phone can make up as much as it likes. So the list has one line for each phone and kind of incident, and of one kind the texts of
`MOST_KEPT` are kept; what comes beyond is counted in one more.
"""

import hashlib
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from server.actions.log_action import Of, log_action
from server.actions.rules import Thing, Verb, Word
from server.ground import clock
from server.ground.ids import uuid7
from server.ground.problems import NotFound, Problem
from server.http.list_pages import narrowed
from server.http.listing import Column
from server.identity.models import Device, User
from server.identity.signing import is_signed
from server.sync.chain import Link
from server.sync.models import Incident, IncidentAcknowledgement
from server.sync.subjects import SUBJECTS

MOST_KEPT = 20
"""Texts of one kind of incident that are kept of a phone."""
BEYOND = "beyond what is kept"
"""The fingerprint of the incident that counts the rest."""


async def note(
    session: AsyncSession, device: Device, link: Link, problem: Problem, *, once_for: str | None = None
) -> None:
    """Keep an incident of a device with the operation that shows it, or count it once more.

    The same text is the same incident; with `once_for`, so is everything of this kind about that one thing.
    """
    subject = link.envelope.subject
    known = SUBJECTS.get(subject.type)
    visit_id = None
    if known is not None and known.recorded and await session.get(known.table, subject.id) is not None:
        visit_id = subject.id
    await keep(
        session, device.id, problem.code, problem.detail, link.raw,
        fingerprint=once_for, seq=link.envelope.seq or None, expected_seq=problem.facts.get("expected_seq"), visit_id=visit_id,
        operation_id=None if link.fault else link.envelope.id, signature=link.signature,
        signed_by_device=is_signed(device.public_key, link.raw, link.signature),
    )  # fmt: skip


async def keep(session: AsyncSession, device_id: UUID, code: str, detail: str, evidence: bytes, **more: Any) -> None:
    """Keep an incident, or count it once more when the same evidence (or the same `fingerprint`) was kept before.

    Of a kind that has `MOST_KEPT` already (those about one thing each, by a `fingerprint`, are few) it is only counted.
    """
    moment = clock.now()
    values = {
        **more, "id": uuid7(), "device_id": device_id, "code": code, "detail": detail, "evidence": evidence,
        "fingerprint": more.get("fingerprint") or hashlib.sha256(evidence).hexdigest(), "times": 1,
        "created_at": moment, "last_at": moment,
    }  # fmt: skip
    if not more.get("fingerprint") and await _is_beyond(session, device_id, code, values["fingerprint"]):
        told = f"More of this kind came than the {MOST_KEPT} whose texts are kept; they are counted here. The first: {detail}"
        values |= {"fingerprint": BEYOND, "detail": told, "evidence": b"", "signature": None, "operation_id": None}
    await session.execute(
        insert(Incident)
        .values(**values)
        .on_conflict_do_update(
            index_elements=[Incident.device_id, Incident.code, Incident.fingerprint],
            set_={"times": Incident.times + 1, "last_at": moment},
        )
    )


async def _is_beyond(session: AsyncSession, device_id: UUID, code: str, fingerprint: str) -> bool:
    """Whether as many of a phone's incidents of a kind are kept as may be, and this is none of them."""
    known = func.count().filter(Incident.fingerprint == fingerprint)
    query = select(func.count(), known).where(Incident.device_id == device_id, Incident.code == code)
    kept, known_before = (await session.execute(query)).one()
    return kept >= MOST_KEPT and not known_before


def select_incidents(
    *filters: tuple[Column, Any], unacknowledged: bool = False, each: bool = False
) -> Select[Incident, Device, str, int]:
    """Incidents with their device, its technician, and how many are alike.

    Of those that one phone made of one kind only the newest, unless `each` by itself is wanted. The filters hold before they are counted.
    """
    kind = (Incident.device_id, Incident.code)
    newest = func.row_number().over(partition_by=kind, order_by=(Incident.created_at.desc(), Incident.id.desc()))
    alike = select(Incident.id, newest.label("place"), func.count().over(partition_by=kind).label("alike"))
    alike = alike.join(Device, Device.id == Incident.device_id).join(User, User.id == Device.user_id)
    if unacknowledged:
        alike = alike.where(~_answered())
    found = narrowed(alike, *filters).subquery()
    query = (
        select(Incident, Device, User.name, found.c.alike)
        .join(found, found.c.id == Incident.id)
        .join(Device, Device.id == Incident.device_id)
        .join(User, User.id == Device.user_id)
        .options(defer(Incident.evidence, raiseload=True))
    )
    return query if each else query.where(found.c.place == 1)


def _answered() -> ColumnElement[bool]:
    return select(IncidentAcknowledgement.id).where(IncidentAcknowledgement.incident_id == Incident.id).exists()


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


async def acknowledge(
    session: AsyncSession, incident_id: UUID, author_id: UUID, note: str, *, alike: bool = False
) -> None:
    """Say what an incident was. A second word does not replace the first. Raises `NotFound`.

    With `alike` it is said of everything of this kind from the same phone that nobody has answered for.
    """
    kind = (await session.execute(select(Incident.device_id, Incident.code).where(Incident.id == incident_id))).first()
    if kind is None:
        raise NotFound(f"No incident has the id {incident_id}.")
    about = {incident_id}
    if alike:
        more = select(Incident.id).where(Incident.device_id == kind.device_id, Incident.code == kind.code, ~_answered())
        about |= set(await session.scalars(more))
    session.add_all(IncidentAcknowledgement(incident_id=one, author_id=author_id, note=note) for one in sorted(about))
    of = Of(Thing.INCIDENT, incident_id, await office_of_incident(session, incident_id))
    after = {"device_id": kind.device_id, "code": Word(kind.code), "note": note, "alike": len(about) - 1 or None}
    log_action(session, author_id, Verb.ACKNOWLEDGE_INCIDENT, of, after=after)
    await session.flush()


async def office_of_incident(session: AsyncSession, incident_id: UUID) -> UUID | None:
    """Where the technician works whose phone an incident is about."""
    query = select(User.office_id).join(Device, Device.user_id == User.id)
    return await session.scalar(query.join(Incident, Incident.device_id == Device.id).where(Incident.id == incident_id))
