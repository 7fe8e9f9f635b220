"""The shape of a service report: what is inside the `canonical` text of a `report` operation.

Members that are not named here may be there, at every level; they are kept, sealed and not printed. Times are microseconds
since 1970 in UTC, money is minor units.
"""

from typing import Annotated, Literal

import msgspec

from mobile_contract.shapes.limits import CURRENCIES, LARGEST, LINES, NUMBER, PHOTOS, WORDS

REPORT_TYPE = "fieldproof/report/v1"

Id = Annotated[
    str,
    msgspec.Meta(
        pattern="^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
        max_length=36,
        description="an id in lower case, like 0192f6a0-0000-7000-8000-0000000000f1",
    ),
]
Hash = Annotated[
    str,
    msgspec.Meta(pattern="^[0-9a-f]{64}$", max_length=64, description="a SHA-256 of 64 lower-case hex digits"),
]
Whole = Annotated[int, msgspec.Meta(ge=-LARGEST, le=LARGEST, description="a whole number up to 9007199254740991")]
Micros = Annotated[
    int,
    msgspec.Meta(ge=-LARGEST, le=LARGEST, description="a time in whole microseconds since 1970, like 1772413200000000"),
]
Amount = Annotated[
    int, msgspec.Meta(ge=-LARGEST, le=LARGEST, description="a whole number of minor units, like 45000 for 450.00")
]
Quantity = Annotated[int, msgspec.Meta(ge=-LARGEST, le=LARGEST, description="a whole number, like 2")]
Milli = Annotated[
    int,
    msgspec.Meta(ge=-LARGEST, le=LARGEST, description="a whole number of thousandths of the unit, like 2500 for 2.5"),
]
Unit = Literal["piece", "kg", "m", "h"]
"""What a quantity counts."""

Text = Annotated[str, msgspec.Meta(max_length=WORDS, description=f"a text of up to {WORDS} characters")]
Name = Text | Whole | None
"""What is printed as it stands: a number of a report, a part or a machine, whether it was sent as text or as a number."""

Number = (
    Annotated[str, msgspec.Meta(max_length=NUMBER, description=f"a text of up to {NUMBER} characters")] | Whole | None
)
"""What a report is called by."""

Currency = Annotated[
    str,
    msgspec.Meta(pattern="^[A-Z]{3}$", max_length=3, description="a currency code of three capital letters, like EUR"),
]
Day = Annotated[
    str,
    msgspec.Meta(
        pattern="^([0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01]))?$",
        max_length=10,
        description="a date like 2026-03-14",
    ),
]


Tag = Annotated[
    str, msgspec.Meta(max_length=35, description="a language's tag like en, or `und` for one that nobody wrote down")
]
"""Beside a text that is in another language than the report, for want of one in its own."""


class VisitPart(msgspec.Struct):
    """The visit that the report is about."""

    id: Id
    number: Name = None
    kind: Text | None = None
    title: Text | None = None


class ContactPart(msgspec.Struct):
    """A person at the customer's."""

    name: Text | None = None
    phone: Text | Whole | None = None
    email: Text | None = None
    role: Text | None = None


class CustomerPart(msgspec.Struct):
    """For whom the work was done."""

    name: Text | None = None
    address: Text | None = None
    contact: Text | ContactPart | None = None


class AssetPart(msgspec.Struct):
    """The equipment."""

    product: Text | None = None
    product_locale: Tag | None = None
    serial: Name = None
    arrival_date: Day | None = None


class TechnicianPart(msgspec.Struct):
    """Who did the work."""

    id: Text | None = None
    name: Text | None = None


class CrewLine(msgspec.Struct):
    """One of several who did the work, and their hours. Who goes alone is the technician."""

    id: Text | None = None
    name: Text | None = None
    arrived_at: Micros | None = None
    started_at: Micros | None = None
    finished_at: Micros | None = None


class WindowPart(msgspec.Struct):
    """The agreed window."""

    start: Micros | None = None
    end: Micros | None = None


class FaultPart(msgspec.Struct):
    """What was wrong."""

    symptom: Text | None = None
    cause: Text | None = None
    component: Text | None = None
    symptom_locale: Tag | None = None
    cause_locale: Tag | None = None
    component_locale: Tag | None = None


class ChecklistLine(msgspec.Struct):
    """A line of the checklist with its answer."""

    label: Text
    answer: Text | Whole | bool | list[Text | Whole | bool | None] | None = None
    label_locale: Tag | None = None


class PartLine(msgspec.Struct):
    """A part that went in or, with a negative quantity, was taken back. A price needs its currency.

    A fraction is `quantity_milli`, in thousandths of the unit; `quantity` is then the next whole number up, for who reads whole
    numbers only. `amount` is the price times the quantity, half up, whether it is charged or not.
    """

    number: Name = None
    name: Text | None = None
    quantity: Quantity | None = None
    unit_price: Amount | None = None
    currency: Currency | None = None
    charged: bool = True
    quantity_milli: Milli | None = None
    unit: Unit | None = None
    amount: Amount | None = None
    name_locale: Tag | None = None


class ChargeLine(msgspec.Struct):
    """A line of what is to be paid: labour, travel, tax, a discount, a rounding, or the parts together."""

    label: Text
    amount: Amount
    currency: Currency


class ExpenseLine(msgspec.Struct):
    """Money that was spent on the visit, where the office wants it shown. What is charged counts like a charged part."""

    label: Text
    amount: Amount
    currency: Currency
    charged: bool = False


class Total(msgspec.Struct):
    """What is to be paid in a currency: charged parts, expenses and charges together, or the charges alone where their lines hold the others.

    `totals` has one for each currency; `total` is there where there is but one.
    """

    amount: Amount
    currency: Currency


class WarrantyPart(msgspec.Struct):
    """Whether the work is under warranty."""

    status: Text | None = None
    reason: Text | None = None


class PhotoLine(msgspec.Struct):
    """A photo that the report shows, as its `photo` operation promised it; none twice. `by` names a crew-mate who took it."""

    photo_id: Id
    slot: Text
    sha256: Hash
    by: Text | None = None


class ConsentPart(msgspec.Struct):
    """What the customer agrees to by signing; the `sign` operation names the same id and hash."""

    id: Text | None = None
    sha256: Hash | None = None
    text: str | None = None


class Report(msgspec.Struct):
    """A service report as it is shown to the customer."""

    type: Literal["fieldproof/report/v1"]
    report_id: Id
    visit: VisitPart
    amends: Id | None = None
    locale: Text | None = None
    number: Number = None
    customer: CustomerPart | None = None
    asset: AssetPart | None = None
    technician: TechnicianPart | None = None
    crew: Annotated[list[CrewLine], msgspec.Meta(max_length=LINES)] = []
    window: WindowPart | None = None
    arrived_at: Micros | None = None
    started_at: Micros | None = None
    finished_at: Micros | None = None
    work: str | None = None
    fault: FaultPart | None = None
    checklist: Annotated[list[ChecklistLine], msgspec.Meta(max_length=LINES)] = []
    parts: Annotated[list[PartLine], msgspec.Meta(max_length=LINES)] = []
    expenses: Annotated[list[ExpenseLine], msgspec.Meta(max_length=LINES)] = []
    charges: Annotated[list[ChargeLine], msgspec.Meta(max_length=LINES)] = []
    total: Total | None = None
    totals: Annotated[list[Total], msgspec.Meta(max_length=CURRENCIES)] = []
    warranty: WarrantyPart | None = None
    photos: Annotated[list[PhotoLine], msgspec.Meta(max_length=PHOTOS)] = []
    consent: ConsentPart | None = None
    time_zone: Annotated[str, msgspec.Meta(max_length=60, description="a zone like Asia/Shanghai")] | None = None
