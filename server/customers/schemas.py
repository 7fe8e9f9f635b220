"""What the customer register sends and takes on the wire."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec

from server.customers.rules import Datum, FaultRole, Tier, Unit, Warranty
from server.ground.by_language import Labels, Names
from server.ground.texts import CODE, Written
from server.ground.words import Language

Text = Annotated[str, msgspec.Meta(max_length=4000)]
Short = Annotated[str, msgspec.Meta(max_length=200)]
Code = Annotated[str, msgspec.Meta(min_length=1, max_length=200, extra=CODE)]


class CustomerIn(Written):
    """A new customer."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200, examples=["华东医院"])]
    office_id: UUID
    tier: Tier = Tier.STANDARD
    locale: Language = Language.EN
    note: Text = ""


class CustomerOut(msgspec.Struct):
    """A customer."""

    id: UUID
    name: str
    office_id: UUID
    tier: Tier
    locale: Language
    note: str


class ContactIn(Written):
    """A new contact of a customer."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200, examples=["王芳"])]
    phone: Short = ""
    email: Short = ""
    role: Short = ""


class ContactOut(msgspec.Struct):
    """A person at a customer."""

    id: UUID
    customer_id: UUID
    name: str
    phone: str
    email: str
    role: str


class SiteIn(Written):
    """A new site; say under which datum its position was measured."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200, examples=["主楼 Main building"])]
    address: Annotated[str, msgspec.Meta(min_length=1, max_length=200, examples=["延安西路221号"])]
    latitude: Annotated[float, msgspec.Meta(ge=-90, le=90, examples=[31.2222])]
    longitude: Annotated[float, msgspec.Meta(ge=-180, le=180, examples=[121.4381])]
    time_zone: Annotated[str, msgspec.Meta(max_length=60, examples=["Asia/Shanghai"])]
    datum: Datum = Datum.WGS84
    geofence_radius_m: Annotated[int, msgspec.Meta(ge=10, le=5000)] = 150
    access_note: Text = ""


class SiteOut(msgspec.Struct):
    """A place where equipment stands."""

    id: UUID
    customer_id: UUID
    name: str
    address: str
    latitude: float
    longitude: float
    datum: Datum
    geofence_radius_m: int
    time_zone: str
    access_note: str


class SiteChange(Written):
    """What changes of a site. A new position, datum or radius needs a reason: arrivals there are judged again."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)] | None = None
    address: Annotated[str, msgspec.Meta(min_length=1, max_length=200)] | None = None
    access_note: Text | None = None
    latitude: Annotated[float, msgspec.Meta(ge=-90, le=90)] | None = None
    longitude: Annotated[float, msgspec.Meta(ge=-180, le=180)] | None = None
    datum: Datum | None = None
    geofence_radius_m: Annotated[int, msgspec.Meta(ge=10, le=5000)] | None = None
    reason: Annotated[str, msgspec.Meta(max_length=500, examples=["The pin was on the wrong gate"])] | None = None


class SitePositionOut(msgspec.Struct):
    """A position that a site had from a moment on; without an author it is how the site was first entered."""

    id: UUID
    latitude: float
    longitude: float
    datum: Datum
    geofence_radius_m: int
    reason: str
    author_id: UUID | None
    created_at: datetime


class ProductIn(Written):
    """A new product. `name` is what is read where `names` has nothing better."""

    code: Annotated[Code, msgspec.Meta(examples=["CH-200"])]
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200, examples=["Chiller CH-200 冷水机组"])]
    warranty_months: Annotated[int, msgspec.Meta(ge=0, le=240, examples=[24])]
    names: Names = msgspec.field(default_factory=Names)


class NameChange(Written):
    """What changes of a name in the catalogue; `names` replaces the texts of all languages."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)] | None = None
    names: Names | None = None


class ProductOut(msgspec.Struct):
    """A model of equipment."""

    id: UUID
    code: str
    name: str
    warranty_months: int
    names: dict[str, str]


class AssetIn(Written):
    """A piece of equipment that arrived at a site."""

    product_id: UUID
    serial: Annotated[Code, msgspec.Meta(examples=["CH200-0007"])]
    arrival_date: date


class AssetOut(msgspec.Struct):
    """A piece of equipment and where its warranty stands today."""

    id: UUID
    site_id: UUID
    product_id: UUID
    serial: str
    arrival_date: date
    warranty_until: date
    warranty: Warranty


class PartIn(Written):
    """A new spare part; price in minor units. `name` is what is read where `names` has nothing better."""

    number: Annotated[Code, msgspec.Meta(examples=["FAN-12"])]
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200, examples=["Condenser fan 冷凝风机"])]
    unit_price: Annotated[int, msgspec.Meta(ge=0, le=10**12, examples=[45000])]
    currency: Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$", max_length=3)] = "CNY"
    unit: Unit = Unit.PIECE
    names: Names = msgspec.field(default_factory=Names)


class PartOut(msgspec.Struct):
    """A spare part and its list price for one of its unit."""

    id: UUID
    number: str
    name: str
    unit_price: int
    currency: str
    unit: Unit
    names: dict[str, str]


class FaultWordIn(Written):
    """A new word for what is wrong: of one product, or of all."""

    code: Annotated[Code, msgspec.Meta(examples=["E42"])]
    role: FaultRole
    labels: Labels
    product_id: UUID | None = None


class FaultWordChange(Written):
    """The texts of a fault word, in place of those of before. Code, role and product stay: what was said with it means the same."""

    labels: Labels


class FaultWordOut(msgspec.Struct):
    """A word for what is wrong. With `retired_at` it is not offered any more."""

    id: UUID
    code: str
    role: FaultRole
    product_id: UUID | None
    labels: dict[str, str]
    retired_at: datetime | None


class MeterReadingOut(msgspec.Struct):
    """What a counter of an asset showed, in thousandths of its unit; `photo_id` is the photo that the technician named."""

    id: UUID
    asset_id: UUID
    counter: str
    value_milli: int
    unit: str
    photo_id: UUID | None
    read_by: UUID
    read_at: datetime
