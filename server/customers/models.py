"""Tables of customers and what they own: contacts, sites with a position, products, assets, parts and their prices."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Double, ForeignKey, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from server.customers.rules import Datum, FaultRole, Tier, Unit
from server.database.tables import Id, Json, Made, Table, one_of
from server.ground.texts import folded
from server.ground.words import Language


def _key(column: str) -> Callable[[Any], str | None]:
    """The default of a key: what all spellings of the code in another column have in common."""
    return lambda context: folded(context.get_current_parameters()[column]) or None


class Customer(Table):
    """A company or person that we serve."""

    __tablename__ = "customer"
    __table_args__ = (one_of("tier", Tier), one_of("locale", Language))
    id: Mapped[Id]
    name: Mapped[str]
    tier: Mapped[str] = mapped_column(default=Tier.STANDARD)
    locale: Mapped[str] = mapped_column(default=Language.EN)
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"), index=True)
    note: Mapped[str] = mapped_column(default="")
    created_at: Mapped[Made]


class Contact(Table):
    """A person at a customer."""

    __tablename__ = "contact"
    id: Mapped[Id]
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"), index=True)
    name: Mapped[str]
    phone: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    role: Mapped[str] = mapped_column(default="")


class Site(Table):
    """A place where equipment stands. The position is in degrees under the datum that is named, never guessed."""

    __tablename__ = "site"
    __table_args__ = (
        CheckConstraint("latitude between -90 and 90 and longitude between -180 and 180", name="position"),
        one_of("datum", Datum),
        CheckConstraint("geofence_radius_m between 10 and 5000", name="geofence_radius"),
    )
    id: Mapped[Id]
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"), index=True)
    name: Mapped[str]
    address: Mapped[str]
    latitude: Mapped[float] = mapped_column(Double)
    longitude: Mapped[float] = mapped_column(Double)
    datum: Mapped[str] = mapped_column(default=Datum.WGS84)
    geofence_radius_m: Mapped[int] = mapped_column(default=150)
    time_zone: Mapped[str]
    access_note: Mapped[str] = mapped_column(default="")


class SitePosition(Table):
    """A position that a site had, and why it got it. Only ever appended to; the first one has no author."""

    __tablename__ = "site_position"
    __table_args__ = (one_of("datum", Datum),)
    id: Mapped[Id]
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"), index=True)
    latitude: Mapped[float] = mapped_column(Double)
    longitude: Mapped[float] = mapped_column(Double)
    datum: Mapped[str]
    geofence_radius_m: Mapped[int]
    reason: Mapped[str]
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[Made]


class Product(Table):
    """A model of equipment that we make; its warranty runs from the day an asset arrives.

    `code_key` is the code without what tells its spellings apart. It has none where another row had the same one before
    such rows were refused. So do the keys of assets and parts. `names` has the name by language, `name` what is read where that has
    nothing better; so have parts.
    """

    __tablename__ = "product"
    id: Mapped[Id]
    code: Mapped[str] = mapped_column(unique=True)
    code_key: Mapped[str | None] = mapped_column(unique=True, default=_key("code"))
    name: Mapped[str]
    names: Mapped[Json] = mapped_column(default=dict, server_default="{}")
    warranty_months: Mapped[int]


class Asset(Table):
    """One piece of equipment with its serial number, at a site."""

    __tablename__ = "asset"
    __table_args__ = (UniqueConstraint("product_id", "serial"), UniqueConstraint("product_id", "serial_key"))
    id: Mapped[Id]
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"), index=True)
    product_id: Mapped[UUID] = mapped_column(ForeignKey("product.id"), index=True)
    serial: Mapped[str]
    serial_key: Mapped[str | None] = mapped_column(default=_key("serial"))
    arrival_date: Mapped[date]


class AssetHistory(Table):
    """What the last visits to an asset came to, as phones hold it; `server/jobs/past` writes it anew from the visits."""

    __tablename__ = "asset_history"
    asset_id: Mapped[UUID] = mapped_column(ForeignKey("asset.id"), primary_key=True)
    last_visits: Mapped[list[Json]] = mapped_column(JSONB)


class MeterReading(Table):
    """What a counter of an asset showed, in thousandths of its unit. Only ever appended to.

    `photo_id` is what the technician named as the photo of it, whether or not it has arrived.
    """

    __tablename__ = "meter_reading"
    id: Mapped[Id]
    asset_id: Mapped[UUID] = mapped_column(ForeignKey("asset.id"), index=True)
    counter: Mapped[str]
    value_milli: Mapped[int]
    unit: Mapped[str]
    photo_id: Mapped[UUID | None]
    read_by: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    read_at: Mapped[datetime]
    operation_id: Mapped[UUID]
    created_at: Mapped[Made]


class Part(Table):
    """A spare part and its list price in minor units of a currency, for one of its unit."""

    __tablename__ = "part"
    __table_args__ = (CheckConstraint("unit_price >= 0", name="price"), one_of("unit", Unit))
    id: Mapped[Id]
    number: Mapped[str] = mapped_column(unique=True)
    number_key: Mapped[str | None] = mapped_column(unique=True, default=_key("number"))
    name: Mapped[str]
    names: Mapped[Json] = mapped_column(default=dict, server_default="{}")
    unit_price: Mapped[int]
    currency: Mapped[str] = mapped_column(default="CNY")
    unit: Mapped[str] = mapped_column(default=Unit.PIECE, server_default=Unit.PIECE)


class FaultWord(Table):
    """A word for what is wrong, out of a list: a symptom, a component or a cause, of one product or of all.

    `labels` has its text by language; where it has none the code is read. What is retired is offered no more, and stays where it was said.
    """

    __tablename__ = "fault_word"
    __table_args__ = (
        one_of("role", FaultRole),
        UniqueConstraint("role", "product_id", "code_key", postgresql_nulls_not_distinct=True),
    )
    id: Mapped[Id]
    code: Mapped[str]
    code_key: Mapped[str] = mapped_column(default=_key("code"))
    role: Mapped[str]
    product_id: Mapped[UUID | None] = mapped_column(ForeignKey("product.id"), index=True)
    labels: Mapped[Json] = mapped_column(default=dict, server_default="{}")
    retired_at: Mapped[datetime | None]
    created_at: Mapped[Made]
