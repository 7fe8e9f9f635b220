"""What phones hold of the register and the catalogue.

Times are microseconds since the epoch, positions 1e-7 degrees, money minor units.
"""

from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from server.customers import models
from server.field.collection import Collection, Everybodys, Micros, Names, Of


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


class LastVisit(msgspec.Struct, forbid_unknown_fields=True):
    """What a visit came to: whether the work was done, what was said to be wrong (the field's codes), and thousandths of each part."""

    visit_id: UUID
    kind: str
    done: bool
    finished_at: Micros
    summary: str
    fault: dict[str, str]
    parts: list[dict[str, Any]]


class Asset(msgspec.Struct, forbid_unknown_fields=True):
    """A piece of equipment at the site; its warranty runs from `arrival_date` (`shapes/warranty.py`).

    `last_visits` are the last three that have ended, newest first; `GET /v1/assets/{asset_id}/visits` has all.
    """

    id: UUID
    site_id: UUID
    product_id: UUID
    serial: str
    arrival_date: date
    last_visits: list[LastVisit]


class Product(msgspec.Struct, forbid_unknown_fields=True):
    """A model of equipment. `names` has its name by language (`shapes/texts.py` says which is read)."""

    id: UUID
    code: str
    name: str
    warranty_months: int
    names: dict[str, str]


class Part(msgspec.Struct, forbid_unknown_fields=True):
    """A spare part and its list price for one of its unit. `names` has its name by language."""

    id: UUID
    number: str
    name: str
    unit_price: int
    currency: str
    unit: str
    names: dict[str, str]


class FaultWord(msgspec.Struct, forbid_unknown_fields=True):
    """A word for a symptom, a component or a cause, of one product or of all; where `labels` has no text the code is read.

    With `retired_at` it is not to be offered any more.
    """

    id: UUID
    code: str
    role: str
    product_id: UUID | None
    labels: dict[str, str]
    retired_at: Micros | None


COLLECTIONS = (
    Collection(
        name="site", row=Site, table=models.Site, parent=Names("job", "site_id"),
        body={"latitude_e7": "round(r.latitude * 1e7)::bigint", "longitude_e7": "round(r.longitude * 1e7)::bigint"},
    ),
    Collection(name="customer", row=Customer, table=models.Customer, parent=Names("job", "customer_id")),
    Collection(name="contact", row=Contact, table=models.Contact, parent=Of("customer", "customer_id")),
    Collection(
        name="asset", row=Asset, table=models.Asset, parent=Of("site", "site_id"), since={"last_visits": 2},
        body={"last_visits": "coalesce((select h.last_visits from asset_history h where h.asset_id = r.id), '[]')"},
        parts=(("asset_history", "asset_id"),),
    ),
    Collection(name="product", row=Product, table=models.Product, parent=Everybodys(), since={"names": 2}),
    Collection(name="part", row=Part, table=models.Part, parent=Everybodys(), since={"unit": 2, "names": 2}),
    Collection(name="fault_word", row=FaultWord, table=models.FaultWord, parent=Everybodys(), came=2),
)  # fmt: skip
