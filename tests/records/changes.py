"""Ways to change a record: a byte anywhere, or one thing that a company would change and seal again with its own keys."""

import json
import random
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from server.records.canonical import canonical, sha256_hex, to_base64url
from tests.records.factory import device_key, sign_text


def flipped(data: bytes, dice: random.Random) -> bytes:
    """The data with one change: a bit, a byte gone, a byte more, two neighbours swapped."""
    while True:
        out, at = bytearray(data), dice.randrange(len(data))
        match dice.randrange(4):
            case 0:
                out[at] ^= 1 << dice.randrange(8)
            case 1:
                del out[at]
            case 2:
                out.insert(at, dice.randrange(256))
            case _:
                out[at - 1], out[at] = out[at], out[at - 1]
        if out != data:
            return bytes(out)


Facts = dict[str, Any]
Change = Callable[[Facts], None]


def set_in(*path: Any, to: Any, new: bool = False) -> Change:
    """A change that sets one member, a `new` one if need be; `to` may be a function of the old value."""

    def change(facts: Facts) -> None:
        inner: Any = facts
        for step in path[:-1]:
            inner = inner[step]
        assert (path[-1] not in inner) == new if isinstance(inner, dict) else not new
        inner[path[-1]] = to(inner[path[-1]]) if callable(to) else to

    return change


def enrolled_as(whole: Any = (), **said: Any) -> Change:
    """Another enrolment of the first device: `whole`, or a good one with these members."""

    def change(facts: Facts) -> None:
        device = facts["devices"][0]
        at = device["enrolled_at"]
        good = {"made_by": "陈梅", "made_by_id": "x", "made_at": at, "delivery": "call", "used_at": at}
        told = {name: value(at) if callable(value) else value for name, value in said.items()}
        device["enrolment"] = good | told if whole == () else whole

    return change


def report_says(change: Change) -> Change:
    """A report that was edited, with its new hash written into the record."""

    def edit(facts: Facts) -> None:
        report = json.loads(facts["report"]["canonical"])
        change(report)
        text = canonical(report).decode()
        facts["report"] = {"canonical": text, "sha256": sha256_hex(text)}

    return edit


def operation_says(index: int, change: Change, *, signed_again: bool = False) -> Change:
    """An operation that was edited; `signed_again` by its device's real key."""

    def edit(facts: Facts) -> None:
        operation = facts["operations"][index]
        said = json.loads(operation["body"])
        change(said)
        operation["body"] = canonical(said).decode()
        if signed_again:
            operation["signature"] = sign_text(operation["body"], device_key(1))

    return edit


def swap(name: str, one: int, other: int) -> Change:
    def change(facts: Facts) -> None:
        facts[name][one], facts[name][other] = facts[name][other], facts[name][one]

    return change


def other_hash(value: str) -> str:
    return sha256_hex(value)


def later(value: int) -> int:
    return value + 10**12


def without(name: str, at: int, member: str) -> Change:
    """A change that takes one member away."""

    def change(facts: Facts) -> None:
        del facts[name][at][member]

    return change


def both(*changes: Change) -> Change:
    def change(facts: Facts) -> None:
        for each in changes:
            each(facts)

    return change


CHECK_IN, PHOTO, REPORT, SIGN = 2, 4, -2, -1
V1, V2 = "fieldproof/record/v1", "fieldproof/record/v2"

RESEALED: list[tuple[str, Change, str]] = [
    ("another record type", set_in("type", to="fieldproof/record/v9"), "record_form"),
    ("called version 2", set_in("type", to=V2), "photo_custody"),
    ("a state that version 1 does not have", set_in("photos", 0, "state", to="verified", new=True), "photo_custody"),
    ("a reason that version 1 does not have", set_in("photos", 0, "reason", to="Lost", new=True), "photo_custody"),
    ("a photo's verification gone", without("photos", 0, "verified_at"), "photo_custody"),
    ("a photo's verification as text", set_in("photos", 0, "verified_at", to=str), "photo_custody"),
    ("the work text", report_says(set_in("work", to="Nothing was done.")), "report_bound"),
    ("the total", report_says(set_in("total", "amount", to=1)), "report_bound"),
    ("a part", report_says(lambda report: report["parts"].pop()), "report_bound"),
    ("the consent text", report_says(set_in("consent", "text", to="I agree to everything.")), "consent"),
    (
        "the report without its hash",
        set_in("report", "canonical", to=lambda text: text.replace("108", "101")),
        "report_hash",
    ),
    ("the report's hash", set_in("report", "sha256", to=other_hash), "report_hash"),
    (
        "an operation's position",
        operation_says(CHECK_IN, set_in("body", "fixes", 0, "latitude", to=313_050_000)),
        "operation_signatures",
    ),
    ("an operation's clock", operation_says(CHECK_IN, set_in("clock", "wall", to=later)), "operation_signatures"),
    (
        "an operation's order of members",
        set_in("operations", 0, "body", to=lambda text: " " + text),
        "operation_signatures",
    ),
    (
        "a signed operation, by its own device",
        operation_says(CHECK_IN, set_in("base", to=1), signed_again=True),
        "chain_links",
    ),
    (
        "an operation's link",
        operation_says(CHECK_IN + 1, set_in("prev", to=other_hash), signed_again=True),
        "chain_links",
    ),
    (
        "an operation's link removed",
        operation_says(CHECK_IN, set_in("prev", to=None), signed_again=True),
        "chain_links",
    ),
    (
        "an operation's signature",
        set_in("operations", 1, "signature", to=lambda text: "A" + text[1:]),
        "operation_signatures",
    ),
    ("a swap of two operations", swap("operations", 0, 1), "operation_order"),
    ("an operation twice", lambda facts: facts["operations"].insert(1, facts["operations"][0]), "operation_order"),
    ("all operations gone", lambda facts: facts["operations"].clear(), "operation_signatures"),
    ("the report operation gone", lambda facts: facts["operations"].pop(REPORT), "report_bound"),
    ("the signature operation gone", lambda facts: facts["operations"].pop(SIGN), "signature"),
    ("the device's key", set_in("devices", 0, "public_key", to=lambda _: other_key()), "operation_signatures"),
    (
        "the device's key as text",
        set_in("devices", 0, "public_key", to=lambda text: text + "="),
        "operation_signatures",
    ),
    ("the device gone", lambda facts: facts["devices"].clear(), "operation_signatures"),
    ("the customer's decision", set_in("signature", "kind", to="refused"), "signature"),
    ("the signer's name", set_in("signature", "signer", "name", to="Somebody Else"), "signature"),
    ("the signer gone", set_in("signature", "signer", to=None), "signature"),
    ("a reason", set_in("signature", "reason", to="was in a hurry"), "signature"),
    ("the strokes' hash", set_in("signature", "strokes_sha256", to=other_hash), "strokes"),
    ("the strokes' hash gone", set_in("signature", "strokes_sha256", to=None), "signature"),
    (
        "the signature's operation",
        set_in("signature", "operation_id", to="00000000-0000-4000-8000-000000000000"),
        "signature",
    ),
    ("the consent's hash", set_in("signature", "consent", "sha256", to=other_hash), "consent"),
    ("the consent's language", set_in("signature", "consent", "locale", to="fr"), "consent"),
    ("a photo's hash", set_in("photos", 0, "sha256", to=other_hash), "photo_manifest"),
    ("a photo's slot", set_in("photos", 0, "slot", to="after"), "photo_manifest"),
    ("a photo's size", set_in("photos", 0, "size", to=1), "photo_manifest"),
    ("a photo's type", set_in("photos", 0, "content_type", to="image/png"), "photo_manifest"),
    ("a photo gone", lambda facts: facts["photos"].pop(), "photos_report"),
    ("a photo twice", lambda facts: facts["photos"].append(facts["photos"][0]), "photo_manifest"),
    ("a photo's operation gone", lambda facts: facts["operations"].pop(PHOTO), "photo_manifest"),
    ("an earlier sealing", set_in("sealed_at", to=lambda value: value - 10**11), "times"),
    ("a later receipt", set_in("operations", 3, "received_at", to=later), "times"),
    (
        "a receipt before the one before it",
        set_in("operations", 3, "received_at", to=lambda value: value - 10**9),
        "times",
    ),
    ("a later enrolment", set_in("devices", 0, "enrolled_at", to=lambda value: value + 10**14), "times"),
    ("an enrolment of nobody", enrolled_as(made_by=" "), "operation_signatures"),
    ("an enrolment that says nothing", enrolled_as(None), "operation_signatures"),
    ("an enrolment at no time", enrolled_as(made_at="yesterday"), "operation_signatures"),
    ("an enrolment by a code that was used later", enrolled_as(used_at=later), "operation_signatures"),
    ("an enrolment that somebody confirmed at no time", enrolled_as(confirmed_by="Root"), "operation_signatures"),
    ("a photo verified later", set_in("photos", 0, "verified_at", to=later), "times"),
    ("the verdict on time", set_in("arrival", "time", to="late"), "arrival"),
    ("the interval turned round", set_in("arrival", "latest", to=0), "arrival"),
    ("the window moved", set_in("arrival", "window", "end", to=lambda value: value - 7_000_000_000), "arrival"),
    ("another visit", set_in("visit_id", to="00000000-0000-4000-8000-000000000000"), "operation_subjects"),
    ("made an amendment", set_in("amends", to="00000000-0000-4000-8000-000000000000"), "amendment"),
    ("a claim's strength", set_in("claims", 1, "strength", to="attested"), "modesty"),
    (
        "a claim that nothing holds",
        lambda facts: facts["claims"].append({**facts["claims"][0], "id": "qes"}),
        "modesty",
    ),
    ("a claim gone", lambda facts: facts["claims"].pop(), "modesty"),
    ("the signature's level", set_in("signature", "level", to="QES"), "modesty"),
    ("an attestation that was not given", set_in("devices", 0, "attestation", to="android_key"), "modesty"),
    ("no time to answer", set_in("answer_until", to=lambda value: value - 10**13), "times"),
]


LOST, DAMAGED, HELD = 0, 1, 2
"""The photos of a record that was decided about: never arrived, damaged and kept, verified."""
NOW_VERIFIED = both(
    set_in("photos", LOST, "state", to="verified"), set_in("photos", LOST, "verified_at", to=1, new=True),
    *(without("photos", LOST, name) for name in ("decided_at", "decided_by", "reason")),
)  # fmt: skip
NEVER_DAMAGED = both(
    set_in("photos", DAMAGED, "state", to="verified"), set_in("photos", DAMAGED, "verified_at", to=1, new=True),
    *(without("photos", DAMAGED, name) for name in ("decided_at", "decided_by", "reason", "finding")),
)  # fmt: skip

DECIDED: list[tuple[str, Change, str]] = [
    ("called version 1", set_in("type", to=V1), "photo_custody"),
    ("a decision without a reason", without("photos", LOST, "reason"), "photo_custody"),
    ("a decision with a blank reason", set_in("photos", LOST, "reason", to=" \n"), "photo_custody"),
    ("a decision with an empty reason", set_in("photos", DAMAGED, "reason", to=""), "photo_custody"),
    ("a decision by nobody", without("photos", LOST, "decided_by"), "photo_custody"),
    ("a decision by a blank", set_in("photos", DAMAGED, "decided_by", to="\t"), "photo_custody"),
    ("a decision by a number", set_in("photos", LOST, "decided_by", to=7), "photo_custody"),
    ("a decision without a time", without("photos", LOST, "decided_at"), "photo_custody"),
    ("a decision after the sealing", set_in("photos", LOST, "decided_at", to=later), "times"),
    ("a decision's time as text", set_in("photos", DAMAGED, "decided_at", to=str), "photo_custody"),
    ("what was found gone", without("photos", DAMAGED, "finding"), "photo_custody"),
    ("a finding of what never came", set_in("photos", LOST, "finding", to="none", new=True), "photo_custody"),
    ("a lost photo called damaged", set_in("photos", LOST, "state", to="damaged_kept"), "photo_custody"),
    ("a damaged photo called lost", set_in("photos", DAMAGED, "state", to="never_arrived"), "photo_custody"),
    ("a lost photo called verified", set_in("photos", LOST, "state", to="verified"), "photo_custody"),
    ("a verified photo called lost", set_in("photos", HELD, "state", to="never_arrived"), "photo_custody"),
    ("a lost photo verified", NOW_VERIFIED, "modesty"),
    ("all photos verified", both(NOW_VERIFIED, NEVER_DAMAGED), "photo_custody"),
    ("a verification beside a decision", set_in("photos", LOST, "verified_at", to=1, new=True), "photo_custody"),
    ("a state that nobody knows", set_in("photos", LOST, "state", to="fine"), "photo_custody"),
    ("a state that is none", set_in("photos", LOST, "state", to=None), "photo_custody"),
    ("a state gone", without("photos", HELD, "state"), "photo_custody"),
    ("a verified photo's time gone", without("photos", HELD, "verified_at"), "photo_custody"),
    ("a lost photo's hash", set_in("photos", LOST, "sha256", to=other_hash), "photo_manifest"),
    ("a lost photo gone", lambda facts: facts["photos"].pop(LOST), "photos_report"),
    ("all hashed again, it says", set_in("claims", 4, "strength", to="hashed_again"), "modesty"),
    ("none hashed, it says", set_in("claims", 4, "strength", to="not_hashed"), "modesty"),
]
"""Changes of a record of version 2, whose photos stand as LOST, DAMAGED and HELD."""


def other_key() -> str:
    public = device_key(99).public_key()
    return to_base64url(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
