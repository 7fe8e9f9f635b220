"""Signing in: by password, and by the device's own proof."""

import logging
import secrets
from base64 import urlsafe_b64decode
from binascii import Error as NotBase64
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from server.database.engine import Sessions
from server.ground import clock
from server.ground.pools import PASSWORDS
from server.ground.problems import Invalid, Unauthenticated
from server.ground.texts import folded
from server.identity.browser import Browser
from server.identity.models import Device, UsedChallenge, User
from server.identity.origin import NOWHERE, Origin, network_of
from server.identity.passwords import NOBODY, is_password
from server.identity.rules import WARNED_FROM
from server.identity.schemas import TokenPair
from server.identity.sessions import SHARED, begin_session, go_on
from server.identity.signing import is_signed
from server.identity.throttle import BROWSER, SignInDelayed, claim, succeeded
from server.identity.tokens import CHALLENGE_LIFETIME, Tokens

log = logging.getLogger("fieldproof.identity")
WRONG = "Name or password is wrong."


def decode_base64url(text: str, what: str) -> bytes:
    """Bytes of unpadded base64url. Raises `Invalid` with the name of the field."""
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (NotBase64, ValueError) as error:
        raise Invalid(f"{what} is not base64url.") from error


async def by_password(
    sessions: Sessions, tokens: Tokens, login: str, password: str, origin: Origin, browser: Browser | None
) -> TokenPair:
    """Sign in; an unknown name costs the same time as a wrong password.

    Two short transactions, and no connection
    to the database in between, while the password is looked at. Raises `SignInDelayed`, `Busy` or `Unauthenticated`.
    """
    network = network_of(origin.address)
    async with PASSWORDS.turn(browser.nonce if browser else network):
        async with sessions.begin() as session:
            user = await _named(session, login)
            # A browser that this user signed in with before has a lane of its own, which nobody else can fill.
            lane = f"{BROWSER}{browser.nonce}" if browser and user and user.id in browser.users else network
            claimed = await claim(session, login, lane, user.id if user else None)
        if isinstance(claimed, SignInDelayed):
            raise claimed
        kept = user.password_hash if user else NOBODY
        right = await PASSWORDS.run(is_password, kept, password)
    if user is None or not right:
        raise Unauthenticated(WRONG)
    async with sessions.begin() as session:
        user = await session.get_one(User, user.id, with_for_update=SHARED)
        if not user.active or user.password_hash != kept:
            raise Unauthenticated(WRONG)
        failed = await succeeded(session, claimed, user.id)
        if failed and (tries := failed.wrong + failed.refused) >= WARNED_FROM:
            log.warning("user %s signed in after %d failed tries: GET /v1/sign-in-warnings", user.id, tries)
        return await begin_session(session, tokens, user, origin, failed)


async def _named(session: AsyncSession, login: str) -> User | None:
    """As it is written, or as phones' keyboards write it: with a capital letter, with a space behind it."""
    users = select(User).where((User.login == login) | (User.login_key == folded(login)))
    return await session.scalar(users.order_by((User.login == login).desc()).limit(1))


def challenge(tokens: Tokens, device_id: UUID) -> str:
    """Something fresh for a device to sign; nothing is stored."""
    return tokens.make("challenge", {"device": str(device_id), "nonce": secrets.token_hex(8)}, CHALLENGE_LIFETIME)


async def by_device(
    session: AsyncSession, tokens: Tokens, signed: str, signature: str, origin: Origin = NOWHERE
) -> TokenPair:
    """A device that signed its challenge gets new tokens, however long it was away. A challenge counts once.

    A deactivated user gets them too, so that the outbox comes in; `sync` then parks what is in it. So does a revoked
    device: what it signed before still counts, and `allow` keeps everything else from it.
    """
    claims = tokens.read("challenge", signed)
    device = await session.get(Device, UUID(claims["device"]))
    if device is None:
        raise Unauthenticated("This device is not known. Enrol it again.")
    if not is_signed(device.public_key, signed.encode(), decode_base64url(signature, "signature")):
        raise Unauthenticated("The challenge was not signed by this device's key.")
    spent = insert(UsedChallenge).values(nonce=claims["nonce"], expires_at=clock.from_micros(claims["exp"] * 1_000_000))
    if not (await session.execute(spent.on_conflict_do_nothing().returning(UsedChallenge.nonce))).first():
        raise Unauthenticated("This challenge was used. Ask for a new one and sign that.")
    user = await session.get_one(User, device.user_id, with_for_update=SHARED)
    return await go_on(session, tokens, user, device, origin)
