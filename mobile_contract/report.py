"""How a phone makes the service report that the customer is shown, and what is signed under it, offline.

What a report says of the rows is worked out in `shapes/build.py`; here is what of the phone goes in. What is made is checked
before the customer sees it or signs (`shapes/check.py`), so that the server never parks it for its shape. Raises `Unfit` with
the field and a sentence.
"""

import json
from collections.abc import Sequence
from typing import Any

import rfc8785

from mobile_contract.chain import sha256_hex, uuid7
from mobile_contract.phone import Phone
from mobile_contract.shapes.build import CONSENT, CONSENT_ID, consent, report_of
from mobile_contract.shapes.check import check_signing, check_strokes
from mobile_contract.shapes.fit import Unfit

__all__ = [
    "CONSENT",
    "CONSENT_ID",
    "consent",
    "make_report",
    "report_of",
    "shown_photos",
    "sign_body",
    "strokes_text",
    "unsent_taps",
]
Json = dict[str, Any]


def make_report(
    phone: Phone,
    visit_id: str,
    *,
    technician: Json,
    work: str,
    fault: Json | None,
    locale: str,
    amends: str | None = None,
    charges: Sequence[Json] = (),
    expenses: Sequence[Json] = (),
    warranty: Json | None = None,
    agreement: Json | None = None,
    report_id: str | None = None,
    at: int | None = None,
) -> Json:
    """The report's fields `report_id`, `locale`, `canonical` and `amends_id`, as the report operation carries them.

    `technician` is {id, name}; `amends` is the id of the report that this one corrects. Times are microseconds, money minor units.
    `charges` are beside the parts, each {label, amount, currency}; `expenses` are shown, each {label, amount, currency, charged}; `warranty` is {status, reason}; `agreement` is a consent text of
    the company's own, {id, text}. `report_id` for a report that was shown and changed before it was signed; `at` is when the work
    was finished, where the visit does not say.
    """
    said = {
        "technician": technician, "work": work, "fault": fault, "locale": locale, "amends": amends, "charges": charges,
        "expenses": expenses,
        "warranty": warranty, "agreement": agreement, "report_id": report_id or uuid7(), "at": at or phone.micros(),
    }  # fmt: skip
    held: dict[str, list[Json]] = {}
    for key, row in phone.state["rows"].items():
        held.setdefault(key.partition("/")[0], []).append(row["body"])
    photos = shown_photos(phone, visit_id)
    return report_of(held, visit_id, said, taps=unsent_taps(phone), who=phone.state["user_id"] or "", photos=photos)


def unsent_taps(phone: Phone) -> list[Json]:
    """What was tapped and is not sent yet, as `projected` takes it."""
    unsent = [json.loads(wire["body"]) for wire in phone.state["outbox"]]
    return [
        {"kind": one["kind"], "subject": one["subject"]["id"], "body": one["body"], "at": one["clock"]["wall"]}
        for one in unsent
    ]


def strokes_text(lines: Sequence[Sequence[Sequence[float]]], width: float, height: float) -> str:
    """The attachment of a signature, from what the pad drew: lines of points, each x, y, milliseconds and pressure from 0 to 1000.

    Width and height are the pad's, in the unit of its points. Canonical JSON, so that the same drawing is the same text everywhere.
    """
    try:
        text = rfc8785.dumps({"width": width, "height": height, "strokes": lines}).decode()
    except rfc8785.CanonicalizationError as error:
        raise Unfit("strokes", "strokes holds a number that no text can keep.") from error
    check_strokes(text)
    return text


def sign_body(
    report: Json,
    outcome: str,
    *,
    strokes: str | None,
    signer: Json | None,
    reason: str = "",
    reason_id: str | None = None,
    signature_id: str | None = None,
) -> Json:
    """The body of a signature operation; `strokes` travels beside it as the attachment. It names the consent of the report.

    `reason_id` is one out of the office's list of why not, beside the words."""
    shown = json.loads(report["canonical"])
    named = {name: said for name, said in (shown.get("consent") or {}).items() if name in ("id", "sha256") and said}
    body = {
        "signature_id": signature_id or uuid7(), "report_id": report["report_id"], "outcome": outcome,
        "shown_sha256": sha256_hex(report["canonical"]), "consent": {**consent(report["locale"]), **named},
        "strokes_sha256": sha256_hex(strokes) if strokes else None, "signer": signer, "reason": reason,
        **({"reason_id": reason_id} if reason_id else {}),
    }  # fmt: skip
    check_signing(shown, body, strokes)
    return body


def shown_photos(phone: Phone, visit_id: str) -> list[Json]:
    """The photos of a visit as a report lists them: each once, although it was promised again because the first promise was
    wrong, and none whose promise the server has parked, because its manifest has no such photo."""
    outcomes = phone.state["outcomes"]
    shown: dict[tuple[str, str], Json] = {}
    for photo_id, photo in phone.state["photos"].items():
        said = outcomes.get(photo.get("operation_id"), {})
        nobody_knows = photo["state"] == "refused" and str(photo["finding"]).startswith("not_found:")
        unknown = (said.get("outcome") == "parked" or nobody_knows) and not phone.row("photo", photo_id)
        if photo["visit_id"] != visit_id or unknown or phone.is_withdrawn(photo_id):
            continue
        same = (photo["slot"], photo["sha256"])
        before = shown.get(same)
        if before is None or phone.state["photos"][before["photo_id"]]["state"] != "verified":
            shown[same] = {"photo_id": photo_id, "slot": photo["slot"], "sha256": photo["sha256"]}
    return list(shown.values())
