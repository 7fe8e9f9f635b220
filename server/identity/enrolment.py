"""How a phone is enrolled: a code that somebody at the desk makes, perhaps a second person confirms, and one phone uses once.

Whoever holds a code enrols a key that signs in the technician's name. So who made it, how it was handed over and when it
was used first stay with the phone and stand in each sealed record, and the technician's other phones are told.
"""

import secrets
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from server.actions.log_action import Of, log_action
from server.actions.rules import Thing, Verb
from server.ground import clock
from server.ground.clock import to_micros
from server.ground.ids import uuid7
from server.ground.problems import Conflict, Forbidden, Invalid, NotFound, Unauthenticated
from server.http.listing import MOST, Listing
from server.identity.models import Device, EnrolmentCode, User
from server.identity.origin import NOWHERE, Origin
from server.identity.rules import DESK, Delivery, Role
from server.identity.schemas import Enrol, OpenCodeOut, TokenPair
from server.identity.sessions import digest, go_on
from server.identity.signin import decode_base64url
from server.identity.signing import is_signed, load_public_key
from server.identity.tokens import Actor, Tokens

AUTHOR, TECHNICIAN = aliased(User), aliased(User)
OPEN_CODES = Listing(
    "enrolment-codes",
    OpenCodeOut,
    key=EnrolmentCode.id,
    sorts={"made_at": EnrolmentCode.made_at, "expires_at": EnrolmentCode.expires_at},
    default="-made_at",
    usual=MOST,
)
ENROLMENT_LIFETIME = timedelta(hours=24)
MOST_UNTOLD = 20
"""Other phones that one phone is told of at a time, the newest."""


class CodeVoid(Forbidden):
    """This code does not count any more"""

    code = "enrolment_code_void"


class NotConfirmed(Forbidden):
    """A second person has to confirm this code"""

    code = "enrolment_not_confirmed"


async def make_code(
    session: AsyncSession, user_id: UUID, made_by: UUID, delivery: Delivery
) -> tuple[str, EnrolmentCode]:
    """A code for one phone of this technician, good for a day and one use. Raises `Invalid`."""
    user = await session.get(User, user_id)
    if user is None or not _may_enrol(user):
        raise Invalid("Only an active technician enrols a phone. Check the user id.")
    code, moment = secrets.token_hex(5).upper(), clock.now()
    row = EnrolmentCode(
        sha256=digest(code), id=uuid7(), user_id=user_id, made_by=made_by, made_at=moment, delivery=delivery,
        expires_at=moment + ENROLMENT_LIFETIME, used_at=None,
    )  # fmt: skip
    session.add(row)
    await session.flush()
    of, after = (
        Of(Thing.USER, user.id, user.office_id),
        {"code_id": row.id, "delivery": delivery, "expires_at": row.expires_at},
    )
    log_action(session, made_by, Verb.MAKE_ENROLMENT_CODE, of, after=after)
    return code, row


def select_open_codes(office_id: UUID | None, technician_id: UUID | None) -> Select[EnrolmentCode, str, str]:
    """The codes that can still be used, each with its technician and its author."""
    query = (
        select(EnrolmentCode, TECHNICIAN.name, AUTHOR.name)
        .join(TECHNICIAN, TECHNICIAN.id == EnrolmentCode.user_id)
        .join(AUTHOR, AUTHOR.id == EnrolmentCode.made_by)
        .where(EnrolmentCode.used_at.is_(None), EnrolmentCode.expires_at > clock.now())
    )
    if office_id is not None:
        query = query.where(TECHNICIAN.office_id == office_id)
    return query if technician_id is None else query.where(TECHNICIAN.id == technician_id)


def open_code_out(row: EnrolmentCode, technician: str, author: str) -> OpenCodeOut:
    """A code that can still be used, on the wire."""
    return OpenCodeOut(
        row.id,
        row.user_id,
        technician,
        row.made_by,
        author,
        row.made_at,
        Delivery(row.delivery),
        row.expires_at,
        row.confirmed_by,
    )


async def confirm(session: AsyncSession, code_id: UUID, actor: Actor) -> EnrolmentCode:
    """Say that this phone is to be enrolled, as a second person. The first confirmation stays.

    Raises `NotFound`, `Forbidden` to its own author, `Conflict` once it was used.
    """
    query = select(EnrolmentCode).where(EnrolmentCode.id == code_id, EnrolmentCode.expires_at > clock.now())
    row = await session.scalar(query.with_for_update())
    if row is None:
        raise NotFound("No code has this id, or it is too old. Make a new one.")
    if row.made_by == actor.user_id:
        raise Forbidden("You made this code yourself. Somebody else at the desk confirms it.")
    if row.used_at is not None:
        raise Conflict("The code was used already. Look at GET /v1/devices.")
    if row.confirmed_by is None:
        row.confirmed_by, row.confirmed_at = actor.user_id, clock.now()
        of = Of(Thing.USER, row.user_id, await office_of_code(session, code_id))
        log_action(session, actor.user_id, Verb.CONFIRM_ENROLMENT_CODE, of, after={"code_id": row.id})
        await session.flush()
    return row


async def enrol(
    session: AsyncSession, tokens: Tokens, wanted: Enrol, origin: Origin = NOWHERE, *, people: int = 1
) -> TokenPair:
    """Turn a one-time code and a proof of the key's possession into a device and its tokens.

    `people` is how many at the desk stand for a code. Raises `Unauthenticated`, `CodeVoid`, `NotConfirmed` and `Invalid`.
    """
    row = await session.get(EnrolmentCode, digest(wanted.code.strip().upper()), with_for_update=True)
    if row is None or row.used_at or row.expires_at <= clock.now():
        raise Unauthenticated("The code is wrong, used or too old. Ask the dispatcher for a new one.")
    spki = decode_base64url(wanted.public_key, "public_key")
    load_public_key(spki)
    if not is_signed(spki, wanted.code.encode(), decode_base64url(wanted.proof, "proof")):
        raise Invalid("proof is not this key's signature over the code.")
    user, desk = await _people(session, row)
    if people > 1 and len(desk) < people:
        raise NotConfirmed(
            "Another person at the desk has to confirm this code first. Ask the dispatcher, then try again."
        )
    moment = clock.now()
    row.used_at = moment
    device = Device(
        id=uuid7(), user_id=user.id, label=wanted.label, platform=wanted.platform, public_key=spki, attestation="none",
        last_seq=0, enrolled_at=moment, enrolment=_facts(row, desk),
    )  # fmt: skip
    session.add(device)
    await _tell(session, device)
    await session.flush()
    return await go_on(session, tokens, user, device, origin)


def _may_enrol(user: User) -> bool:
    return user.active and user.role == Role.TECHNICIAN


async def _people(session: AsyncSession, row: EnrolmentCode) -> tuple[User, list[User]]:
    """The technician, and those at the desk who stand for the code: its author first. Raises `CodeVoid` unless all still may.

    Their rows are held, in one order, so that nobody is deactivated while the phone comes in.
    """
    ids = {row.user_id, row.made_by} | ({row.confirmed_by} if row.confirmed_by else set())
    held = await session.scalars(select(User).where(User.id.in_(ids)).order_by(User.id).with_for_update(read=True))
    found = {user.id: user for user in held}
    user = found[row.user_id]
    desk = [found[one] for one in (row.made_by, row.confirmed_by) if one is not None]
    if not _may_enrol(user) or not all(one.active and one.role in DESK for one in desk):
        raise CodeVoid(
            "The technician, or who stands for the code at the desk, is not active any more or has another role. "
            "Ask the dispatcher for a new code."
        )
    return user, desk


def _facts(row: EnrolmentCode, desk: list[User]) -> dict[str, Any]:
    """What is known of a phone's enrolment: names as they were, times in microseconds."""
    assert row.used_at is not None
    facts: dict[str, Any] = {
        "made_by": _name(desk[0]), "made_by_id": str(desk[0].id), "made_at": to_micros(row.made_at),
        "delivery": row.delivery, "used_at": to_micros(row.used_at),
    }  # fmt: skip
    if len(desk) > 1 and row.confirmed_at is not None:
        facts |= {
            "confirmed_by": _name(desk[1]), "confirmed_by_id": str(desk[1].id),
            "confirmed_at": to_micros(row.confirmed_at),
        }  # fmt: skip
    return facts


def _name(user: User) -> str:
    return user.name.strip() or user.login


async def _tell(session: AsyncSession, new: Device) -> None:
    """Have each other phone of the technician told of the new one, and the new one of all others."""
    others = (
        await session.scalars(
            select(Device)
            .where(Device.user_id == new.user_id, Device.id != new.id, Device.revoked_at.is_(None))
            .order_by(Device.id)
            .with_for_update()
        )
    ).all()
    for other in others:
        other.untold = [*(other.untold or []), _told(new)][-MOST_UNTOLD:]
    new.untold = [_told(other) for other in others][-MOST_UNTOLD:] or None


def _told(device: Device) -> dict[str, Any]:
    by = (device.enrolment or {}).get("made_by")
    return {
        "device_id": str(device.id), "label": device.label, "platform": device.platform,
        "enrolled_at": to_micros(device.enrolled_at), "code_made_by": by,
    }  # fmt: skip


async def was_told(session: AsyncSession, device_id: UUID) -> None:
    """The phone has shown its technician what it was told."""
    device = await session.get(Device, device_id, with_for_update=True)
    if device is not None:
        device.untold = None


async def office_of_code(session: AsyncSession, code_id: UUID) -> UUID | None:
    """Where the technician works whose phone a code enrols."""
    query = select(User.office_id).join(EnrolmentCode, EnrolmentCode.user_id == User.id)
    return await session.scalar(query.where(EnrolmentCode.id == code_id))
