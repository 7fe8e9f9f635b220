"""Signing in and staying in: passwords, rotating refresh tokens, one-time enrolment and the device's own proof."""

import asyncio
import hashlib
import secrets
from base64 import urlsafe_b64decode
from binascii import Error as NotBase64
from datetime import timedelta
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from server import clock
from server.identity.models import Device, EnrolmentCode, RefreshToken, User
from server.identity.rules import Role
from server.identity.schemas import Enrol, TokenPair
from server.identity.signing import is_signed, load_public_key
from server.identity.tokens import ACCESS_LIFETIME, CHALLENGE_LIFETIME, REFRESH_LIFETIME, Actor, Tokens
from server.ids import uuid7
from server.problems import Invalid, Unauthenticated
from server.texts import folded

ENROLMENT_LIFETIME = timedelta(hours=24)
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)  # OWASP's minimum for argon2id
_nobody = _hasher.hash(secrets.token_urlsafe())


class RefreshReused(Unauthenticated):
    """This refresh token was used before"""

    code = "refresh_reused"


def hash_password(password: str) -> str:
    """An argon2id hash with its parameters and salt."""
    return _hasher.hash(password)


def decode_base64url(text: str, what: str) -> bytes:
    """Bytes of unpadded base64url. Raises `Invalid` with the name of the field."""
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (NotBase64, ValueError) as error:
        raise Invalid(f"{what} is not base64url.") from error


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


async def by_password(session: AsyncSession, tokens: Tokens, login: str, password: str) -> TokenPair:
    """Sign in; an unknown name costs the same time as a wrong password."""
    # As it is written, or as phones' keyboards write it: with a capital letter, with a space behind it.
    users = select(User).where((User.login == login) | (User.login_key == folded(login)))
    user = await session.scalar(users.order_by((User.login == login).desc()).limit(1))
    try:
        await asyncio.to_thread(_hasher.verify, user.password_hash if user else _nobody, password)
    except VerificationError as error:
        raise Unauthenticated("Name or password is wrong.") from error
    if user is None or not user.active:
        raise Unauthenticated("Name or password is wrong.")
    return await _issue(session, tokens, user, None, uuid7())


async def by_refresh(session: AsyncSession, tokens: Tokens, token: str) -> TokenPair | RefreshReused:
    """Rotate. A token used twice revokes its family, which must be committed: so that problem is returned, not raised."""
    row = await session.get(RefreshToken, _digest(token), with_for_update=True)
    if row is None or row.revoked_at or row.expires_at <= clock.now():
        raise Unauthenticated("The refresh token is not valid any more. Sign in again.")
    if row.used_at:
        await session.execute(
            update(RefreshToken).where(RefreshToken.family == row.family).values(revoked_at=clock.now())
        )
        return RefreshReused("Somebody used this refresh token before; all that follow from it are revoked.")
    row.used_at = clock.now()
    user = await session.get_one(User, row.user_id)
    if not user.active and row.device_id is None:
        raise Unauthenticated("This user is not active any more. Ask an administrator.")
    device = await session.get(Device, row.device_id) if row.device_id else None
    return await _issue(session, tokens, user, device, row.family)


async def make_enrolment_code(session: AsyncSession, user_id: UUID, made_by: UUID) -> tuple[str, EnrolmentCode]:
    """A code for one phone of this technician, good for a day and one use."""
    user = await session.get(User, user_id)
    if user is None or user.role != Role.TECHNICIAN or not user.active:
        raise Invalid("Only an active technician enrols a phone. Check the user id.")
    code = secrets.token_hex(5).upper()
    row = EnrolmentCode(
        sha256=_digest(code),
        user_id=user_id,
        made_by=made_by,
        expires_at=clock.now() + ENROLMENT_LIFETIME,
        used_at=None,
    )
    session.add(row)
    return code, row


async def enrol(session: AsyncSession, tokens: Tokens, wanted: Enrol) -> TokenPair:
    """Turn a one-time code and a proof of the key's possession into a device and its tokens."""
    row = await session.get(EnrolmentCode, _digest(wanted.code.strip().upper()), with_for_update=True)
    if row is None or row.used_at or row.expires_at <= clock.now():
        raise Unauthenticated("The code is wrong, used or too old. Ask the dispatcher for a new one.")
    spki = decode_base64url(wanted.public_key, "public_key")
    load_public_key(spki)
    if not is_signed(spki, wanted.code.encode(), decode_base64url(wanted.proof, "proof")):
        raise Invalid("proof is not this key's signature over the code.")
    row.used_at = clock.now()
    user = await session.get_one(User, row.user_id)
    device = Device(
        id=uuid7(), user_id=user.id, label=wanted.label, platform=wanted.platform, public_key=spki, attestation="none",
        last_seq=0, enrolled_at=clock.now(),
    )  # fmt: skip
    session.add(device)
    await session.flush()
    return await _issue(session, tokens, user, device, uuid7())


def challenge(tokens: Tokens, device_id: UUID) -> str:
    """Something fresh for a device to sign; nothing is stored."""
    return tokens.make("challenge", {"device": str(device_id), "nonce": secrets.token_hex(8)}, CHALLENGE_LIFETIME)


async def by_device(session: AsyncSession, tokens: Tokens, signed: str, signature: str) -> TokenPair:
    """A device that signed its challenge gets new tokens, however long it was away.

    A deactivated user gets them too, so that the outbox comes in; `sync` then parks what is in it. So does a revoked
    device: what it signed before still counts, and `allow` keeps everything else from it.
    """
    claims = tokens.read("challenge", signed)
    device = await session.get(Device, UUID(claims["device"]))
    if device is None:
        raise Unauthenticated("This device is not known. Enrol it again.")
    if not is_signed(device.public_key, signed.encode(), decode_base64url(signature, "signature")):
        raise Unauthenticated("The challenge was not signed by this device's key.")
    user = await session.get_one(User, device.user_id)
    return await _issue(session, tokens, user, device, uuid7())


async def _issue(session: AsyncSession, tokens: Tokens, user: User, device: Device | None, family: UUID) -> TokenPair:
    secret = secrets.token_urlsafe(32)
    moment = clock.now()
    session.add(
        RefreshToken(
            sha256=_digest(secret), family=family, user_id=user.id, device_id=device.id if device else None,
            issued_at=moment, expires_at=moment + REFRESH_LIFETIME,
        )
    )  # fmt: skip
    actor = Actor(user.id, Role(user.role), user.office_id, device.id if device else None, user.active)
    return TokenPair(
        access_token=tokens.access(actor),
        refresh_token=secret,
        expires_in=int(ACCESS_LIFETIME.total_seconds()),
        user_id=user.id,
        role=actor.role,
        device_id=actor.device_id,
    )
