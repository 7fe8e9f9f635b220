"""The rows that phones hold, collection by collection: the shapes of what `sync_body` in the database answers.

These structs are the documentation and the schema of the contract; a test holds real rows against them.
Times are microseconds since the epoch, positions 1e-7 degrees, money minor units.
"""

from datetime import date
from typing import Any
from uuid import UUID

import msgspec

Micros = int


class CrewMember(msgspec.Struct, forbid_unknown_fields=True):
    """Somebody who goes."""

    technician_id: UUID
    name: str
    lead: bool


class Visit(msgspec.Struct, forbid_unknown_fields=True):
    """One trip with one agreed arrival window; `plan_version` goes back with the check-in."""

    id: UUID
    job_id: UUID
    state: str
    window_start: Micros | None
    window_end: Micros | None
    plan_version: int
    minutes: int
    arrived_at: Micros | None
    started_at: Micros | None
    finished_at: Micros | None
    work_summary: str
    custody: dict[str, Any]
    crew: list[CrewMember]


class Job(msgspec.Struct, forbid_unknown_fields=True):
    """The work that a visit is for."""

    id: UUID
    number: int
    customer_id: UUID
    contact_id: UUID | None
    site_id: UUID
    asset_id: UUID | None
    kind: str
    title: str
    description: str


class Site(msgspec.Struct, forbid_unknown_fields=True):
    """Where: the position is under the datum that is named."""

    id: UUID
    customer_id: UUID
    name: str
    address: str
    latitude_e7: int
    longitude_e7: int
    datum: str
    geofence_radius_m: int
    time_zone: str
    access_note: str


class Customer(msgspec.Struct, forbid_unknown_fields=True):
    """For whom."""

    id: UUID
    name: str
    tier: str
    locale: str


class Contact(msgspec.Struct, forbid_unknown_fields=True):
    """Whom to ask for."""

    id: UUID
    customer_id: UUID
    name: str
    phone: str
    email: str
    role: str


class Asset(msgspec.Struct, forbid_unknown_fields=True):
    """A piece of equipment at the site; its warranty runs from `arrival_date`."""

    id: UUID
    site_id: UUID
    product_id: UUID
    serial: str
    arrival_date: date


class ChecklistItem(msgspec.Struct, forbid_unknown_fields=True):
    """A line of the checklist; `answer` is {value, others}."""

    id: UUID
    visit_id: UUID
    position: int
    label: str
    kind: str
    required: bool
    answer: dict[str, Any] | None


class Note(msgspec.Struct, forbid_unknown_fields=True):
    """Something written down."""

    id: UUID
    visit_id: UUID
    text: str
    author_id: UUID
    occurred_at: Micros


class Photo(msgspec.Struct, forbid_unknown_fields=True):
    """A photo: `promised`, `verified`, `quarantined`, or `kept`: whole, but not to be shown (`finding` says why)."""

    id: UUID
    visit_id: UUID
    slot: str
    sha256: str
    size: int
    content_type: str
    state: str
    finding: str


class PartUsed(msgspec.Struct, forbid_unknown_fields=True):
    """A part that went into the work."""

    id: UUID
    visit_id: UUID
    part_id: UUID
    quantity: int
    charged: bool
    unit_price: int
    currency: str


class Expense(msgspec.Struct, forbid_unknown_fields=True):
    """Money spent on a visit."""

    id: UUID
    visit_id: UUID
    kind: str
    amount: int
    currency: str
    note: str


class CheckIn(msgspec.Struct, forbid_unknown_fields=True):
    """An arrival and the newest verdict on it: {verdict, place, time, words}."""

    id: UUID
    visit_id: UUID
    technician_id: UUID
    earliest: Micros
    latest: Micros
    verdict: dict[str, Any] | None


class Report(msgspec.Struct, forbid_unknown_fields=True):
    """A report that was shown, what the customer did with it, and when it was sealed."""

    id: UUID
    visit_id: UUID
    amends_id: UUID | None
    locale: str
    sha256: str
    signature: str | None
    sealed_at: Micros | None


class Operation(msgspec.Struct, forbid_unknown_fields=True):
    """A parked operation that waits for a decision."""

    id: UUID
    kind: str
    subject: dict[str, Any]
    visit_id: UUID | None
    code: str
    sentence: str
    received_at: Micros


class Product(msgspec.Struct, forbid_unknown_fields=True):
    """A model of equipment."""

    id: UUID
    code: str
    name: str
    warranty_months: int


class Part(msgspec.Struct, forbid_unknown_fields=True):
    """A spare part and its list price."""

    id: UUID
    number: str
    name: str
    unit_price: int
    currency: str


COLLECTIONS: dict[str, type[msgspec.Struct]] = {
    "visit": Visit, "job": Job, "site": Site, "customer": Customer, "contact": Contact, "asset": Asset,
    "checklist_item": ChecklistItem, "note": Note, "photo": Photo, "part_used": PartUsed, "expense": Expense,
    "check_in": CheckIn, "report": Report, "operation": Operation, "product": Product, "part": Part,
}  # fmt: skip
