"""Users, offices and phones as they are listed."""

from msgspec import convert
from sqlalchemy import Select, select

from server.http.listing import MOST, Listing
from server.identity.models import Device, Office, User
from server.identity.rules import DESK, Platform
from server.identity.schemas import DeviceOut, EnrolmentOut, OfficeOut, UserOut
from server.identity.tokens import Actor

USERS = Listing(
    "users",
    UserOut,
    key=User.id,
    sorts={"name": User.name, "login": User.login, "made": User.id},
    default="name",
    usual=200,
)
OFFICES = Listing("offices", OfficeOut, key=Office.id, sorts={"name": Office.name}, default="name", usual=MOST)
DEVICES = Listing(
    "devices",
    DeviceOut,
    key=Device.id,
    sorts={"enrolled_at": Device.enrolled_at, "last_heard_at": Device.last_heard_at},
    default="enrolled_at",
    usual=MOST,
)


def select_devices(actor: Actor, revoked: bool | None) -> Select[Device]:
    """The phones that an actor sees: all at a desk, a technician's own."""
    query = select(Device).join(User, User.id == Device.user_id)
    if actor.role not in DESK:
        query = query.where(Device.user_id == actor.user_id)
    if revoked is not None:
        query = query.where(Device.revoked_at.is_not(None) if revoked else Device.revoked_at.is_(None))
    return query


def office_out(row: Office) -> OfficeOut:
    """An office on the wire."""
    return OfficeOut(
        id=row.id, name=row.name, time_zone=row.time_zone, phone=row.phone, expenses_in_report=row.expenses_in_report,
        photo_long_edge=row.photo_long_edge, keep_originals=row.keep_originals,
    )  # fmt: skip


def device_out(row: Device) -> DeviceOut:
    """A phone on the wire."""
    return DeviceOut(
        row.id, row.user_id, row.label, Platform(row.platform), row.attestation, row.enrolled_at, row.revoked_at, row.revoked_by,
        row.last_seq, row.last_hash, row.last_heard_at, convert(row.enrolment, EnrolmentOut | None),
    )  # fmt: skip
