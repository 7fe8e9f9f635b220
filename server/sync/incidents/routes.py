"""HTTP: incidents of the phones' chains, for the desk to see and to answer for."""

from base64 import urlsafe_b64encode
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from server.ground.problems import NotFound
from server.ground.texts import Written
from server.http.list_pages import listed
from server.http.listing import AsAsked, Listed, Listing, listed_by
from server.identity.audience import DESKS
from server.identity.models import Device, User
from server.identity.offices import seen_office
from server.identity.tokens import Actor
from server.sync.chain import SequenceGap
from server.sync.incidents.incidents import (
    acknowledge,
    acknowledgements,
    office_of_incident,
    select_incidents,
)
from server.sync.models import Incident, IncidentAcknowledgement
from server.sync.rules import IncidentCode

Caller = Request[Actor, str, State]


class AcknowledgeIn(Written):
    """What the desk found out about an incident."""

    note: Annotated[str, msgspec.Meta(min_length=1, max_length=2000, examples=["The phone was restored from a backup"])]
    alike: Annotated[bool, msgspec.Meta(description="of all of this kind from the same phone")] = False


class AcknowledgementOut(msgspec.Struct):
    """Who looked at an incident, when, and what they say."""

    author_id: UUID
    author: str
    note: str
    created_at: datetime


class IncidentOut(msgspec.Struct):
    """Something in a device's chain that must not happen.

    `mended` says of a gap that the missing operations have come since. `signed_by_device` says whether the refused text
    carries the device's own signature. `times` counts how often the same text was sent. `alike` is how many of this kind from the same phone
    this line stands for.
    """

    id: UUID
    code: str
    detail: str
    device_id: UUID
    device_label: str
    technician_id: UUID
    technician: str
    visit_id: UUID | None
    operation_id: UUID | None
    seq: int | None
    expected_seq: int | None
    mended: bool
    signed_by_device: bool | None
    times: int
    alike: int
    created_at: datetime
    last_at: datetime
    acknowledgements: list[AcknowledgementOut]


class EvidenceOut(msgspec.Struct):
    """The text that was refused, as it came, with its signature (base64url) and the device's key to check it."""

    body: str
    signature: str
    public_key: str


INCIDENTS = Listing(
    "incidents",
    IncidentOut,
    key=Incident.id,
    sorts={"created_at": Incident.created_at, "last_at": Incident.last_at},
    default="-created_at",
)


class Incidents(Controller):
    """Gaps, forks, broken links, wrong signatures, and what came from a revoked phone."""

    path = "/v1/incidents"
    tags = ("sync",)
    guards = (DESKS,)

    @get(**listed_by(INCIDENTS))
    async def list_incidents(
        self,
        request: Caller,
        session: NamedDependency[AsyncSession],
        asked: AsAsked,
        device_id: FromQuery[UUID | None] = None,
        technician_id: FromQuery[UUID | None] = None,
        visit_id: FromQuery[UUID | None] = None,
        unacknowledged: FromQuery[bool] = False,
        code: FromQuery[IncidentCode | None] = None,
        each: FromQuery[bool] = False,
        office_id: FromQuery[UUID | None] = None,
    ) -> Listed[IncidentOut]:
        """Incidents, newest first: one line for all of a kind from one phone, or `each` by itself.

        `unacknowledged` leaves out those that somebody has answered for.
        """
        office = (User.office_id, seen_office(request.user, office_id))
        wanted = (Incident.device_id, device_id), (Device.user_id, technician_id), (Incident.visit_id, visit_id)
        query = select_incidents(office, *wanted, (Incident.code, code), unacknowledged=unacknowledged, each=each)
        return await listed(asked, session, query, _incidents)

    @get("/{incident_id:uuid}/evidence", guards=[DESKS.of("incident_id", office_of_incident)])
    async def get_incident_evidence(
        self, incident_id: FromPath[UUID], session: NamedDependency[AsyncSession]
    ) -> EvidenceOut:
        """What shows the incident, for whoever wants to check it."""
        row = await session.get(Incident, incident_id)
        if row is None:
            raise NotFound(f"No incident has the id {incident_id}.")
        device = await session.get_one(Device, row.device_id)
        return EvidenceOut(
            row.evidence.decode(errors="replace"), _base64url(row.signature or b""), _base64url(device.public_key)
        )

    @post("/{incident_id:uuid}/acknowledgements", guards=[DESKS.of("incident_id", office_of_incident)])
    async def acknowledge_incident(
        self,
        incident_id: FromPath[UUID],
        data: JSONBody[AcknowledgeIn],
        request: Caller,
        session: NamedDependency[AsyncSession],
    ) -> IncidentOut:
        """Say what an incident was. Each word stays beside those before it."""
        await acknowledge(session, incident_id, request.user.user_id, data.note, alike=data.alike)
        query = select_incidents(each=True).where(Incident.id == incident_id)
        found = (await session.execute(query)).first()
        if found is None:
            raise NotFound(f"No incident has the id {incident_id}.")
        row, device, name, alike = found
        return _incident(row, device, name, alike, (await acknowledgements(session, [row.id]))[row.id])


async def _incidents(session: AsyncSession, rows: Sequence[Any]) -> list[IncidentOut]:
    said = await acknowledgements(session, [row.id for row, *_ in rows])
    return [_incident(row, device, name, alike, said[row.id]) for row, device, name, alike in rows]


def _incident(
    row: Incident, device: Device, technician: str, alike: int, said: list[tuple[IncidentAcknowledgement, str]]
) -> IncidentOut:
    return IncidentOut(
        id=row.id, code=row.code, detail=row.detail, device_id=device.id, device_label=device.label,
        technician_id=device.user_id, technician=technician, visit_id=row.visit_id, operation_id=row.operation_id,
        seq=row.seq, expected_seq=row.expected_seq,
        mended=row.code == SequenceGap.code and row.seq is not None and device.last_seq >= row.seq,
        signed_by_device=row.signed_by_device, times=row.times, alike=alike, created_at=row.created_at, last_at=row.last_at,
        acknowledgements=[AcknowledgementOut(one.author_id, name, one.note, one.created_at) for one, name in said],
    )  # fmt: skip


def _base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
