"""Whatever is changed is detected and named, even what the company changes and seals again.

`FIELDPROOF_MUTATIONS=20000` runs more random changes than the normal run; `FIELDPROOF_SEED` starts elsewhere.
"""

import json
import os
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from server.records.canonical import canonical, sha256_hex, to_base64url
from server.records.verify import Claim, all_hold, lines, verify_pdf, verify_record
from tests.records.factory import Sealed, device_key, make_sealed, sealed_again, sign_text

COUNT = int(os.environ.get("FIELDPROOF_MUTATIONS", "400"))
SEED = int(os.environ.get("FIELDPROOF_SEED", "1"))
SEAL = {"proof_form", "server_signature", "log_inclusion"}
PROOF = SEAL | {"checkpoint"}


def verify(sealed: Sealed, photos: dict[str, bytes] | None = None) -> dict[str, Claim]:
    claims = verify_record(sealed.record, sealed.proof, sealed.strokes, sealed.key_file, photos)
    return {claim.id: claim for claim in claims}


def failed(claims: dict[str, Claim]) -> set[str]:
    return {name for name, claim in claims.items() if claim.ok is False}


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


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_any_change_to_the_record_breaks_its_seal(locale):
    dice, sealed = random.Random(SEED), make_sealed(locale, photos=2)
    for _ in range(COUNT // 2):
        changed = replace(sealed, record=flipped(sealed.record, dice))
        assert failed(verify(changed)) >= SEAL


def test_any_change_to_the_proof_is_named():
    dice, sealed = random.Random(SEED), make_sealed("en", photos=0)
    text, seen = canonical(sealed.proof), 0
    while seen < COUNT // 2:
        try:
            proof = json.loads(flipped(text, dice))
        except ValueError:
            continue
        if proof == sealed.proof:
            continue  # the same value in another spelling; inside a PDF the spelling is pinned too
        seen += 1
        claims = verify(replace(sealed, proof=proof))
        assert failed(claims) & PROOF, proof


def test_any_change_to_a_stroke_is_named():
    dice, sealed = random.Random(SEED), make_sealed("en", photos=0)
    assert sealed.strokes is not None
    for _ in range(COUNT // 8):
        text = flipped(sealed.strokes.encode(), dice).decode("latin-1")
        assert failed(verify(replace(sealed, strokes=text))) == {"strokes"}


def test_any_change_to_a_photo_file_is_named():
    dice, sealed = random.Random(SEED), make_sealed("en", photos=2)
    name = sorted(sealed.photos)[0]
    for _ in range(COUNT // 20):
        photos = sealed.photos | {name: flipped(sealed.photos[name], dice)}
        claims = verify(sealed, photos)
        assert failed(claims) == {"photo_files"}
        assert name in claims["photo_files"].detail


def test_any_change_to_the_pdf_is_named(sealed_pdf):
    dice = random.Random(SEED)
    sealed, pdf = sealed_pdf("zh-CN")
    for _ in range(max(COUNT // 20, 1)):
        claims = {claim.id: claim for claim in verify_pdf(flipped(pdf, dice), sealed.key_file)}
        assert claims["pdf_seal"].ok is False


def test_every_digit_of_the_seals_own_container_is_pinned(sealed_pdf):
    """The one stretch of the file that the seal cannot cover is the seal itself."""
    dice = random.Random(SEED)
    sealed, pdf = sealed_pdf("en")
    start = pdf.rindex(b"/Contents <") + len("/Contents ")
    end = pdf.index(b">", start) + 1
    head = [*range(start, start + 110), *dice.sample(range(start, end), max(COUNT // 10, 1))]
    for at in dice.sample(head, max(COUNT // 10, 1)):
        changed = bytearray(pdf)
        changed[at] ^= 1
        claims = verify_pdf(bytes(changed), sealed.key_file)
        assert claims[0].ok is False, f"digit {at - start}: {lines(claims[:1])}"


Facts = dict[str, Any]
Change = Callable[[Facts], None]


def set_in(*path: Any, to: Any) -> Change:
    """A change that sets one member; `to` may be a function of the old value."""

    def change(facts: Facts) -> None:
        inner: Any = facts
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = to(inner[path[-1]]) if callable(to) else to

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


CHECK_IN, PHOTO, REPORT, SIGN = 2, 4, -2, -1

RESEALED: list[tuple[str, Change, str]] = [
    ("another record type", set_in("type", to="fieldproof/record/v9"), "record_form"),
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
    ("a photo verified later", set_in("photos", 0, "verified_at", to=later), "times"),
    ("the verdict on time", set_in("arrival", "time", to="late"), "arrival"),
    ("the interval turned round", set_in("arrival", "latest", to=0), "arrival"),
    ("the window moved", set_in("arrival", "window", "end", to=lambda value: value - 7_000_000_000), "arrival"),
    ("another visit", set_in("visit_id", to="00000000-0000-4000-8000-000000000000"), "operation_subjects"),
    ("made an amendment", set_in("amends", to="00000000-0000-4000-8000-000000000000"), "amendment"),
]


def other_key() -> str:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    public = device_key(99).public_key()
    return to_base64url(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


@pytest.mark.parametrize(("change", "name"), [row[1:] for row in RESEALED], ids=[row[0] for row in RESEALED])
@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_what_the_company_changes_and_seals_again_is_named(locale, change, name):
    sealed = make_sealed(locale, photos=2)
    facts = sealed.facts
    change(facts)
    claims = verify(sealed_again(sealed, canonical(facts)))
    assert name in failed(claims), lines(list(claims.values()))
    assert not failed(claims) & (SEAL | {"checkpoint"}), "the seal itself is right"
    assert claims[name].detail


def test_an_operation_that_is_gone_shows_as_a_gap():
    sealed = make_sealed("en", photos=2)
    facts = sealed.facts
    facts["operations"].pop(3)
    before, after = verify(sealed)["chain_gaps"], verify(sealed_again(sealed, canonical(facts)))["chain_gaps"]
    assert "operations 43 of" in before.detail
    assert "operations 43, 45 of" in after.detail


def test_two_records_in_each_others_place_are_named():
    one, other = make_sealed("en", seed=50, photos=0), make_sealed("en", seed=51, photos=0)
    swapped = replace(one, proof={**one.proof, "leaf_index": one.proof["leaf_index"] + 1})
    assert failed(verify(swapped)) == {"log_inclusion"}
    assert failed(verify(replace(one, proof=other.proof))) == SEAL


def test_the_untouched_record_holds_beside_all_this():
    assert all_hold(list(verify(make_sealed("en", photos=2)).values()))
