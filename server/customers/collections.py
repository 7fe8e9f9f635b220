"""What phones hold of the register and the catalogue.

Times are microseconds since the epoch, positions 1e-7 degrees, money minor units.
"""

from datetime import date
from uuid import UUID

import msgspec

from server.customers import models
from server.field.collection import Collection, Everybodys, Names, Of


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


class Product(msgspec.Struct, forbid_unknown_fields=True):
    """A model of equipment."""

    id: UUID
    code: str
    name: str
    warranty_months: int


class Part(msgspec.Struct, forbid_unknown_fields=True):
    """A spare part and its list price for one of its unit."""

    id: UUID
    number: str
    name: str
    unit_price: int
    currency: str
    unit: str


COLLECTIONS = (
    Collection(
        name="site", row=Site, table=models.Site, parent=Names("job", "site_id"),
        body={"latitude_e7": "round(r.latitude * 1e7)::bigint", "longitude_e7": "round(r.longitude * 1e7)::bigint"},
    ),
    Collection(name="customer", row=Customer, table=models.Customer, parent=Names("job", "customer_id")),
    Collection(name="contact", row=Contact, table=models.Contact, parent=Of("customer", "customer_id")),
    Collection(name="asset", row=Asset, table=models.Asset, parent=Of("site", "site_id")),
    Collection(name="product", row=Product, table=models.Product, parent=Everybodys()),
    Collection(name="part", row=Part, table=models.Part, parent=Everybodys(), since={"unit": 2}),
)  # fmt: skip
