"""Passwords: hashed with argon2id, in threads of their own, and refused when they are easy to guess."""

import re
import secrets
from collections.abc import Iterable

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from server.ground.pools import PASSWORDS
from server.ground.problems import Problem
from server.identity.rules import MINIMUM_PASSWORD

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)  # OWASP's minimum for argon2id
NOBODY = _hasher.hash(secrets.token_urlsafe())
"""The hash that a login which nobody has is compared with, so that it takes the same time."""

ENOUGH = 3
"""Of zxcvbn's scores: more than 10^8 guesses, "safely unguessable" where guessing is slowed down."""
LOOKED_AT = 72
"""Characters; the estimate's time grows with the square and more."""
WORDS = (
    "fieldproof", "password", "passwort", "kennwort", "geheim", "willkommen", "kundendienst", "sommer", "winter", "herbst",
    "frühling", "fruehling", "hallo", "mima", "woaini", "woaizhongguo", "zhongguo", "beijing", "shanghai", "fuwu",
    "shouhou", "chuntian", "xiatian", "qiutian", "dongtian", "密码", "我爱你", "中国", "service", "technician", "dispatcher",
    "admin", "administrator", "manager",
)  # fmt: skip
"""Words of this field, and of languages that the estimate's own lists (English) do not have."""


class WeakPassword(Problem):
    """This password is easy to guess"""

    status, code = 422, "weak_password"


def hash_password(password: str) -> str:
    """An argon2id hash with its parameters and salt. It takes a processor for 25 ms: in a request use `hashed`."""
    return _hasher.hash(password)


async def hashed(password: str, *about: str) -> str:
    """The hash of a new password, made in the threads for passwords. Raises `WeakPassword`, or `Busy`.

    `about` is what others know of the user, such as login and name. Call it before the first statement of a request, so that no connection to the
    database waits for it.
    """
    async with PASSWORDS.turn("new"):
        await PASSWORDS.run(must_be_strong, password, *about)
        return await PASSWORDS.run(hash_password, password)


def is_password(kept: str, password: str) -> bool:
    """Whether the hash is this password's; 25 ms, for the threads for passwords. What is no hash is nobody's."""
    try:
        return _hasher.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False


def must_be_strong(password: str, *about: str) -> None:
    """Raises `WeakPassword`: it says what is wrong and what would do (NIST SP 800-63B: length and known ones, no composition)."""
    if len(password) < MINIMUM_PASSWORD:
        raise WeakPassword(f"A password has at least {MINIMUM_PASSWORD} characters. Take three or four words.")
    found = zxcvbn(password[:LOOKED_AT], user_inputs=[*_parts(about), *WORDS])
    if found["score"] < ENOUGH:
        warning = found["feedback"]["warning"].rstrip(".")
        reason = f"{warning}. " if warning else ""
        raise WeakPassword(
            f"{reason}This password would be guessed soon. Take three or four words that do not belong together, "
            "or let your browser make one."
        )


def _parts(about: Iterable[str]) -> list[str]:
    """Names and logins, and the words in them."""
    return [word for text in about for word in {text, *re.split(r"[\W_]+", text)} if len(word) > 1]


def generated() -> str:
    """A password that nobody has to think of: 100 random bits, in groups that can be read out."""
    letters = "abcdefghijkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(5)) for _ in range(4))
