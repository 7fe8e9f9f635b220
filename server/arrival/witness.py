"""A co-witness of the time: a code that changes every half minute, read off the customer's page or the site's plate.

The code is TOTP (RFC 6238). The phone does not know the secret, so a code that is right proves that somebody saw the
page or plate at or after its step began: this end of the interval needs no trust in the phone. The other end presumes
that the code was typed in within `entry`. It proves nothing about who read it, or from where.
"""

import hmac
import re
import struct
import unicodedata
from base64 import b32encode
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Literal
from urllib.parse import quote, urlencode

import msgspec
from msgspec import Meta

from server.arrival.bounded_time import Interval, narrow_by_witness
from server.arrival.evidence import Micros, Ppm

NOT_A_TEXT = "(not a text)"
"""What is kept of a code that a client sent as a list, an object or the like."""

_SECOND = 1_000_000


class CodePlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a site's codes are made. Times in microseconds.

    `skew` is how far the page's or plate's clock may be off; `entry` how long reading and typing may take; `chance_ppm`
    the most that a guessed code may have of fitting some step of the interval before the code is refused as a witness.
    """

    step: Annotated[int, Meta(gt=0)] = 30 * _SECOND
    digits: Annotated[int, Meta(ge=6, le=8)] = 6
    algorithm: Literal["sha1", "sha256", "sha512"] = "sha1"
    skew: Annotated[int, Meta(ge=0)] = 30 * _SECOND
    entry: Annotated[int, Meta(ge=0)] = 120 * _SECOND
    chance_ppm: Ppm = 10_000


class Sighting(msgspec.Struct, frozen=True):
    """The code fits: the tap lies between these times. `chance_ppm` is what a guess had of fitting as well."""

    earliest: Micros
    latest: Micros
    matches: int
    chance_ppm: int


class NoSighting(StrEnum):
    """Why a code says nothing about the time."""

    MALFORMED = "malformed"
    WRONG = "wrong"
    INTERVAL_TOO_WIDE = "interval_too_wide"


class Outcome(StrEnum):
    """What became of a code that was typed in. None of them is an error: a wrong code is a fact like any other."""

    SEEN = "seen"
    WRONG = "wrong"
    MALFORMED = "malformed"
    INTERVAL_TOO_WIDE = "interval_too_wide"
    NOT_IN_USE = "not_in_use"


class Reading(msgspec.Struct, frozen=True):
    """A typed code and what it says. The bounds and the chance of a guess are only there when it was seen."""

    code: str
    outcome: Outcome
    earliest: Micros | None = None
    latest: Micros | None = None
    matches: int = 0
    chance_ppm: int | None = None


DEFAULT_PLAN = CodePlan()


def code_at(secret: bytes, at: Micros, plan: CodePlan = DEFAULT_PLAN) -> str:
    """The code that is shown at a time (RFC 6238 section 4.2, truncation of RFC 4226 section 5.3)."""
    return _code(secret, at // plan.step, plan)


def seen_between(secret: bytes, code: str, within: Interval, plan: CodePlan = DEFAULT_PLAN) -> Sighting | NoSighting:
    """When a code was read, searched over every step that the interval of its operation allows.

    If several steps show the same code the answer spans them all, so it holds the true one. An interval of a day has
    2,880 steps, in which a guess of six digits fits with 0.3 %; a code is refused where this passes `plan.chance_ppm`.
    """
    if len(code) != plan.digits or not (code.isascii() and code.isdigit()):
        return NoSighting.MALFORMED
    first = max(0, (within.earliest - plan.skew - plan.entry) // plan.step)
    last = max(first, (within.latest + plan.skew) // plan.step)
    chance = -(-(last - first + 1) * 1_000_000 // 10**plan.digits)
    if chance > plan.chance_ppm:
        return NoSighting.INTERVAL_TOO_WIDE
    number, modulus = int(code), 10**plan.digits
    steps = [step for step in range(first, last + 1) if _number(secret, step, plan) % modulus == number]
    if not steps:
        return NoSighting.WRONG
    return Sighting(
        earliest=steps[0] * plan.step - plan.skew,
        latest=(steps[-1] + 1) * plan.step + plan.skew + plan.entry,
        matches=len(steps),
        chance_ppm=chance,
    )


def read(secrets: Sequence[bytes], code: str, within: Interval, plan: CodePlan = DEFAULT_PLAN) -> Reading:
    """What a typed code says, when the site's secret may have been changed within the interval: any of them may fit.

    If several fit, the bounds hold all their times; the chance of a guess is that of fitting any. Spaces, hyphens and the
    full-width digits of a Chinese keyboard are read as what they stand for; `code` stays as it was typed.
    """
    if not secrets:
        return Reading(code, Outcome.NOT_IN_USE)
    plain = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", code))
    found = [seen_between(secret, plain, within, plan) for secret in secrets]
    seen = [one for one in found if isinstance(one, Sighting)]
    if not seen:
        first = next(one for one in found if isinstance(one, NoSighting))
        return Reading(code, Outcome(first))
    return Reading(
        code=code,
        outcome=Outcome.SEEN,
        earliest=min(one.earliest for one in seen),
        latest=max(one.latest for one in seen),
        matches=sum(one.matches for one in seen),
        chance_ppm=seen[0].chance_ppm * len(secrets),
    )


def narrowed(interval: Interval, reading: Reading | None) -> Interval:
    """The interval with what the code says; unchanged when it says nothing."""
    if reading is None or reading.earliest is None or reading.latest is None:
        return interval
    return narrow_by_witness(interval, reading.earliest, reading.latest)


def otpauth(secret: bytes, site: str, company: str, plan: CodePlan = DEFAULT_PLAN) -> str:
    """The address that authenticator programs read from a QR code (Google Authenticator's key URI format)."""
    label = quote(f"{company}:{site}", safe="")
    facts = {
        "secret": b32encode(secret).decode().rstrip("="), "issuer": company, "algorithm": plan.algorithm.upper(),
        "digits": plan.digits, "period": plan.step // _SECOND,
    }  # fmt: skip
    return f"otpauth://totp/{label}?{urlencode(facts, quote_via=quote)}"


def _code(secret: bytes, step: int, plan: CodePlan) -> str:
    return str(_number(secret, step, plan) % 10**plan.digits).zfill(plan.digits)


def _number(secret: bytes, step: int, plan: CodePlan) -> int:
    digest = hmac.digest(secret, struct.pack(">Q", step), plan.algorithm)
    offset = digest[-1] & 0x0F
    return int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
