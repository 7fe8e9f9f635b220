"""How a phone makes the service report that the customer is shown: canonical JSON from the rows it holds, offline.

What is made is checked before the customer sees it or signs (`shapes/check.py`), so that the server never parks it for its
shape. Raises `Unfit` with the field and a sentence.
"""

import json
from collections.abc import Sequence
from importlib import resources
from typing import Any

import rfc8785

from mobile_contract.chain import sha256_hex, uuid7
from mobile_contract.phone import Phone
from mobile_contract.shapes.amounts import MILLI, milli_of, part_amount, sums_of, totals_of
from mobile_contract.shapes.check import check_report, check_signing, check_strokes
from mobile_contract.shapes.fit import Unfit
from mobile_contract.shapes.report import REPORT_TYPE

CONSENT = {
    file.name.removesuffix(".json"): json.loads(file.read_text("utf-8"))["phone"]["consent"]
    for file in (resources.files("mobile_contract") / "words").iterdir()
}
"""What the customer confirms, by language."""
CONSENT_ID = "work-confirmation-1"
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
    warranty: Json | None = None,
    agreement: Json | None = None,
    report_id: str | None = None,
    at: int | None = None,
) -> Json:
    """The report's fields `report_id`, `locale`, `canonical` and `amends_id`, as the report operation carries them.

    `technician` is {id, name}; `amends` is the id of the report that this one corrects. Times are microseconds, money minor units.
    `charges` are beside the parts, each {label, amount, currency}; `warranty` is {status, reason}; `agreement` is a consent text of
    the company's own, {id, text}. `report_id` for a report that was shown and changed before it was signed; `at` is when the work
    was finished, where the visit does not say.
    """
    visit = _held(phone, "visit", visit_id)
    job = _held(phone, "job", visit["job_id"])
    site = _held(phone, "site", job["site_id"])
    customer = _held(phone, "customer", job["customer_id"])
    contact = phone.row("contact", job["contact_id"] or "").get("body")
    report_id = report_id or uuid7()
    pending = [json.loads(wire["body"]) for wire in phone.state["outbox"]]
    pending = [operation for operation in pending if operation["subject"]["id"] == visit_id]
    taps = {operation["kind"]: operation["clock"]["wall"] for operation in pending}
    parts = _parts(phone, visit_id, pending)
    value = {
        "type": REPORT_TYPE,
        "report_id": report_id,
        "amends": amends,
        "locale": locale,
        "number": f"{job['number']}-{visit['plan_version']}",
        "visit": {"id": visit_id, "kind": job["kind"], "title": job["title"]},
        "customer": {
            "name": customer["name"], "address": site["address"],
            "contact": contact["name"] if contact else None,
        },
        "asset": _asset(phone, job["asset_id"]),
        "technician": technician,
        "window": {"start": visit["window_start"], "end": visit["window_end"]},
        "arrived_at": taps.get("check_in", visit["arrived_at"]),
        "started_at": taps.get("start", visit["started_at"]),
        "finished_at": visit["finished_at"] or at or phone.micros(),
        "work": work,
        "fault": fault,
        "checklist": _checklist(phone, visit_id, pending),
        "parts": parts,
        "charges": list(charges),
        **_totals(parts, charges),
        "photos": shown_photos(phone, visit_id),
        "consent": _agreed(locale, agreement),
        "time_zone": site["time_zone"],
        **({} if warranty is None else {"warranty": warranty}),
    }  # fmt: skip
    canonical = rfc8785.dumps(value).decode()
    check_report(canonical)
    return {"report_id": report_id, "amends_id": amends, "locale": locale, "canonical": canonical}


def consent(locale: str) -> Json:
    """The consent text by id and hash, as the signature operation names it."""
    return {"id": CONSENT_ID, "sha256": sha256_hex(CONSENT[locale]), "locale": locale}


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
    signature_id: str | None = None,
) -> Json:
    """The body of a signature operation; `strokes` travels beside it as the attachment. It names the consent of the report."""
    shown = json.loads(report["canonical"])
    named = {name: said for name, said in (shown.get("consent") or {}).items() if name in ("id", "sha256") and said}
    body = {
        "signature_id": signature_id or uuid7(), "report_id": report["report_id"], "outcome": outcome,
        "shown_sha256": sha256_hex(report["canonical"]), "consent": {**consent(report["locale"]), **named},
        "strokes_sha256": sha256_hex(strokes) if strokes else None, "signer": signer, "reason": reason,
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
        if photo["visit_id"] != visit_id or unknown:
            continue
        same = (photo["slot"], photo["sha256"])
        before = shown.get(same)
        if before is None or phone.state["photos"][before["photo_id"]]["state"] != "verified":
            shown[same] = {"photo_id": photo_id, "slot": photo["slot"], "sha256": photo["sha256"]}
    return list(shown.values())


def _held(phone: Phone, collection: str, row_id: str) -> Json:
    found: Json | None = phone.row(collection, row_id).get("body")
    if found is None:
        raise Unfit(collection, f"The phone does not hold the {collection} that the report is about. Sync it first.")
    return found


def _agreed(locale: str, agreement: Json | None) -> Json:
    """What the customer agrees to: the text of the contract in their language, or one of the company's own."""
    if locale not in CONSENT:
        raise Unfit("locale", f"locale should be {' or '.join(sorted(CONSENT))}.")
    own = agreement or {"id": CONSENT_ID, "text": CONSENT[locale]}
    return {"id": own["id"], "sha256": sha256_hex(own["text"]), "text": own["text"]}


def _checklist(phone: Phone, visit_id: str, pending: list[Json]) -> list[Json]:
    """The lines in their order, with what was answered last."""
    answers = {
        operation["body"]["item_id"]: operation["body"]["answer"]
        for operation in pending
        if operation["kind"] == "checklist_answer"
    }
    rows = [row for row in phone.rows("checklist_item") if row["visit_id"] == visit_id]
    return [
        {"label": row["label"], "answer": answers.get(row["id"], (row["answer"] or {}).get("value"))}
        for row in sorted(rows, key=lambda row: (row["position"], row["id"]))
    ]


def _totals(parts: Sequence[Json], charges: Sequence[Json]) -> Json:
    """A total for each currency, and `total` for who reads one: None where lines are in several currencies."""
    lines = {"parts": parts, "charges": charges}
    totals = totals_of(lines)
    currencies = [each["currency"] for each in [*totals, *charges, *parts]] or ["CNY"]
    one = {"amount": sum(each["amount"] for each in totals), "currency": currencies[0]}
    return {"total": None if len(sums_of(lines)) > 1 else one, "totals": totals}


def _parts(phone: Phone, visit_id: str, pending: list[Json]) -> list[Json]:
    """Parts that have landed and parts that are still in the outbox, at the catalogue's price."""
    landed = [row for row in phone.rows("part_used") if row["visit_id"] == visit_id]
    used = sorted(landed, key=lambda row: str(row["id"]))
    used += [operation["body"] for operation in pending if operation["kind"] == "part_used"]
    found = []
    for row in used:
        part = _held(phone, "part", row["part_id"])
        line = {
            "number": part["number"], "name": part["name"], "quantity": row["quantity"],
            "unit_price": row.get("unit_price", part["unit_price"]), "currency": row.get("currency", part["currency"]),
            "charged": row.get("charged", True),
        }  # fmt: skip
        milli, unit = milli_of(row) or 0, row.get("unit", part.get("unit", "piece"))
        if unit != "piece" or milli % MILLI:
            line |= {"quantity_milli": milli, "unit": unit}
        found.append(line | {"amount": part_amount(line)})
    return found


def _asset(phone: Phone, asset_id: str | None) -> Json | None:
    asset = phone.row("asset", asset_id or "").get("body")
    if not asset:
        return None
    product = _held(phone, "product", asset["product_id"])
    return {"product": product["name"], "serial": asset["serial"], "arrival_date": asset["arrival_date"]}
