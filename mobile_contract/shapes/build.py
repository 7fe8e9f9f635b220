"""What a service report says: a pure function of the rows that a phone holds, its unsent taps, and what its technician says.

The taps are laid over the rows by `projection.py`, so a report says what the phone shows. The TypeScript client has its own;
`vectors/reports.json` holds the two together, byte for byte.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from importlib import resources
from typing import Any

import rfc8785

from mobile_contract.shapes.amounts import MILLI, milli_of, part_amount, sums_of, totals_of
from mobile_contract.shapes.check import check_report, sha256
from mobile_contract.shapes.fit import Unfit
from mobile_contract.shapes.projection import projected
from mobile_contract.shapes.report import REPORT_TYPE
from mobile_contract.shapes.texts import line_answer, line_text

CONSENT = {
    file.name.removesuffix(".json"): json.loads(file.read_text("utf-8"))["phone"]["consent"]
    for file in (resources.files("mobile_contract") / "words").iterdir()
}
"""What the customer confirms, by language."""
CONSENT_ID = "work-confirmation-1"
SHOWN = ("promised", "verified")
"""States of a photo in which a report shows it; `kept` and `quarantined` are not to be shown."""
Json = dict[str, Any]
Rows = dict[str, dict[str, Json]]


def report_of(
    held: Mapping[str, Iterable[Json]],
    visit_id: str,
    said: Json,
    *,
    taps: Sequence[Json] = (),
    who: str = "",
    photos: Sequence[Json] = (),
) -> Json:
    """The body of a `report` operation: `report_id`, `amends_id`, `locale` and `canonical`, as it is shown and signed.

    `held` are bodies of rows by collection; `taps` the unsent ones of `who`, as `projected` takes them; `photos` the lines of
    those that were taken on this phone. `said` has `report_id`, `technician` {id, name}, `work`, `fault`, `locale` and `at`, when the
    work was finished where no row says; perhaps `amends`, `charges` [{label, amount, currency}], `expenses` [{label, amount, currency, charged}], `warranty` {status, reason}, and
    `agreement` {id, text}, a consent of the company's own in place of the one that the phone holds (`agreement_of`). Raises `Unfit`.
    """
    rows = _after(held, visit_id, taps, who)
    visit = _held(rows, "visit", visit_id)
    job = _held(rows, "job", visit["job_id"])
    site = _held(rows, "site", job["site_id"])
    customer = _held(rows, "customer", job["customer_id"])
    contact = rows.get("contact", {}).get(job["contact_id"] or "")
    amends, charges, warranty = said.get("amends"), list(said.get("charges") or ()), said.get("warranty")
    parts, expenses = _parts(rows, visit_id, said["locale"]), list(said.get("expenses") or ())
    value = {
        "type": REPORT_TYPE,
        "report_id": said["report_id"],
        "amends": amends,
        "locale": said["locale"],
        "number": f"{job['number']}-{visit['plan_version']}",
        "visit": {"id": visit_id, "kind": job["kind"], "title": job["title"]},
        "customer": {
            "name": customer["name"], "address": site["address"],
            "contact": contact["name"] if contact else None,
        },
        "asset": _asset(rows, job["asset_id"], said["locale"]),
        "technician": said["technician"],
        **_crew(visit, said),
        "window": {"start": visit["window_start"], "end": visit["window_end"]},
        "arrived_at": visit["arrived_at"],
        "started_at": visit["started_at"],
        "finished_at": visit["finished_at"] or said["at"],
        "work": said["work"],
        "fault": said["fault"],
        "checklist": _checklist(rows, visit_id, said["locale"]),
        "parts": parts,
        **({"expenses": expenses} if expenses else {}),
        "charges": charges,
        **_totals(parts, charges, expenses),
        "photos": _photos(rows, visit, taps, photos, (said["technician"] or {}).get("id")),
        "consent": _agreed(said["locale"], said.get("agreement") or agreement_of(rows.get("consent_text", {}).values(), said["locale"])),
        "time_zone": site["time_zone"],
        **({} if warranty is None else {"warranty": warranty}),
    }  # fmt: skip
    canonical = rfc8785.dumps(value).decode()
    check_report(canonical)
    return {"report_id": said["report_id"], "amends_id": amends, "locale": said["locale"], "canonical": canonical}


def agreement_of(consent_texts: Iterable[Json], locale: str) -> Json | None:
    """The company's own text in a language, as `agreement` has it: the newest that is not retired. None: the contract's is shown."""
    shown = [row for row in consent_texts if row["retired_at"] is None and row["texts"].get(locale)]
    newest = max(shown, key=lambda row: str(row["id"]), default=None)
    return None if newest is None else {"id": newest["code"], "text": newest["texts"][locale]}


def consent(locale: str) -> Json:
    """The consent text of the contract by id and hash, as the signature operation names it."""
    return {"id": CONSENT_ID, "sha256": sha256(CONSENT[locale]), "locale": locale}


def _after(held: Mapping[str, Iterable[Json]], visit_id: str, taps: Sequence[Json], who: str) -> Rows:
    """The rows after what was tapped of this visit. A part of which the phone knows no name and no price has no line."""
    about = [tap for tap in taps if tap["subject"] == visit_id]
    found = projected({"visit": [], **held}, about, who)
    if any(about[place]["kind"] == "part_used" for place in found.refused):
        raise _missing("part")
    return {name: {row["id"]: row for row in some} for name, some in found.rows.items()}


def _held(rows: Rows, collection: str, row_id: str) -> Json:
    found = rows.get(collection, {}).get(row_id)
    if found is None:
        raise _missing(collection)
    return found


def _missing(collection: str) -> Unfit:
    return Unfit(collection, f"The phone does not hold the {collection} that the report is about. Sync it first.")


def _agreed(locale: str, agreement: Json | None) -> Json:
    """What the customer agrees to: the text of the contract in their language, or one of the company's own."""
    if locale not in CONSENT:
        raise Unfit("locale", f"locale should be {' or '.join(sorted(CONSENT))}.")
    own = agreement or {"id": CONSENT_ID, "text": CONSENT[locale]}
    return {"id": own["id"], "sha256": sha256(own["text"]), "text": own["text"]}


def _of(rows: Rows, collection: str, visit_id: str) -> list[Json]:
    """What hangs on the visit, by id: in the order in which it was made, whether it has landed or not."""
    found = [row for row in rows.get(collection, {}).values() if row["visit_id"] == visit_id]
    return sorted(found, key=lambda row: str(row["id"]))


def _crew(visit: Json, said: Json) -> Json:
    """Everybody who went, the lead first, where they were several: each with their hours."""
    names = {one["technician_id"]: one["name"] for one in visit.get("crew") or []}
    own = (said["technician"] or {}).get("id")
    lines = [
        {
            "id": one["technician_id"], "name": names[one["technician_id"]], "arrived_at": one.get("arrived_at"),
            "started_at": one.get("started_at"),
            "finished_at": one.get("finished_at") or (said["at"] if one["technician_id"] == own else None),
        }
        for one in visit.get("crew_states") or []
        if one["technician_id"] in names
    ]  # fmt: skip
    return {"crew": lines} if len(lines) > 1 else {}


def _checklist(rows: Rows, visit_id: str, locale: str) -> list[Json]:
    lines = sorted(_of(rows, "checklist_item", visit_id), key=lambda row: int(row["position"]))
    return [
        line_text(row, "label", locale)
        | {"answer": line_answer(row.get("kind", ""), (row["answer"] or {}).get("value"))}
        for row in lines
    ]


def _parts(rows: Rows, visit_id: str, locale: str) -> list[Json]:
    found = []
    for used in _of(rows, "part_used", visit_id):
        part = _held(rows, "part", used["part_id"])
        line = {
            "number": part["number"], **line_text(part, "name", locale), "quantity": used["quantity"],
            "unit_price": used["unit_price"], "currency": used["currency"], "charged": used["charged"],
        }  # fmt: skip
        milli, unit = milli_of(used) or 0, used.get("unit", "piece")
        if unit != "piece" or milli % MILLI:
            line |= {"quantity_milli": milli, "unit": unit}
        found.append(line | {"amount": part_amount(line)})
    return found


def _totals(parts: Sequence[Json], charges: Sequence[Json], expenses: Sequence[Json]) -> Json:
    """A total for each currency, and `total` for who reads one: None where lines are in several currencies."""
    lines = {"parts": parts, "charges": charges, "expenses": expenses}
    totals = totals_of(lines)
    currencies = [each["currency"] for each in [*totals, *charges, *parts]] or ["CNY"]
    one = {"amount": sum(each["amount"] for each in totals), "currency": currencies[0]}
    return {"total": None if len(sums_of(lines)) > 1 else one, "totals": totals}


def _photos(rows: Rows, visit: Json, taps: Sequence[Json], taken: Sequence[Json], own: str | None) -> list[Json]:
    """Those that were taken on this phone, and those of a mate, by their name, or of this technician's phone before, of which it has
    the rows; but for those that were taken back."""
    gone = {tap["body"]["photo_id"] for tap in taps if tap["kind"] == "photo_withdrawn"}
    names = {one["technician_id"]: one["name"] for one in visit.get("crew") or []}
    shown = {(line["slot"], line["sha256"]): line for line in taken if line["photo_id"] not in gone}
    for row in _of(rows, "photo", visit["id"]):
        if row["state"] in SHOWN:
            by = names.get(row.get("promised_by")) if row.get("promised_by") != own else None
            line = {"photo_id": row["id"], "slot": row["slot"], "sha256": row["sha256"]} | ({"by": by} if by else {})
            shown.setdefault((row["slot"], row["sha256"]), line)
    return list(shown.values())


def _asset(rows: Rows, asset_id: str | None, locale: str) -> Json | None:
    asset = rows.get("asset", {}).get(asset_id or "")
    if not asset:
        return None
    product = _held(rows, "product", asset["product_id"])
    return {
        **line_text(product, "name", locale, "product"),
        "serial": asset["serial"],
        "arrival_date": asset["arrival_date"],
    }
