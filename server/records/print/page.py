"""The report part of the page as plain data: every text that the template places, already worded and formatted.

The template only lays out. Nothing here fails on an optional member that is missing: a report made by an older phone
still has to be printed years later.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from mobile_contract.shapes.amounts import milli_of, part_amount
from server.records.print import wording
from server.records.print.labels import Wording
from server.records.print.people import crew_view, expenses_view

NUMBER = 40
"""Characters of a report's number that the page's head shows."""

Json = Mapping[str, Any]
Cell = str | dict[str, str]
"""A text, or one that is in another language than the report: `text`, and `mark`, which says in which."""
Rows = list[list[Cell]]


def report_view(record: Json, report: Json, signing: Json | None, words: Wording, zone: ZoneInfo) -> dict[str, Any]:
    """What the report part shows; `signing` is the signature operation as the record holds it, when there is one."""
    return {
        "title": words.label("title"),
        "issuer": record["issuer"]["name"],
        "office": record["issuer"].get("office") or "",
        "number": _rows(
            (words.label("number"), _number(report)),
            (words.label("sealed"), wording.moment(record["sealed_at"], zone)),
        ),
        "amends": words.label("amends", record["amends"]) if record.get("amends") else "",
        "cards": [card for card in _cards(report, words, zone) if card["rows"]],
        "arrival": _arrival(record.get("arrival"), words, zone),
        "prose": _prose(report, words),
        "fault": _fault(_part(report, "fault"), words),
        "checklist": _checklist(report, words),
        "crew": crew_view(report, record.get("arrivals") or [], words, zone),
        "parts": _parts(report, words),
        "expenses": expenses_view(report, words),
        "charges": _charges(report, words),
        "warranty": _warranty(_part(report, "warranty"), words),
        "photos_title": words.label("photos"),
        "photo_absent": words.label("photo_absent"),
        "signature": _signature(record["signature"], report, signing, words, zone),
    }


def photo_views(record: Json, report: Json, words: Wording, zone: ZoneInfo) -> list[dict[str, str]]:
    """The photos in the order of the report, then any other of the record: id, caption, short hash.

    One that is not to be shown has what stands in its place (`stands`), and who decided that, when and why (`why`).
    """
    known = {photo["photo_id"]: photo for photo in record.get("photos") or []}
    order = [photo["photo_id"] for photo in report.get("photos") or [] if photo.get("photo_id") in known]
    order += [photo_id for photo_id in known if photo_id not in order]
    by = {photo["photo_id"]: photo["by"] for photo in report.get("photos") or [] if photo.get("by")}
    return [
        {
            "photo_id": photo_id,
            "slot": _caption(words.code("slot", known[photo_id]["slot"]), by.get(photo_id), words),
            "hash": wording.short_hash(known[photo_id]["sha256"]),
            **_decided(known[photo_id], words, zone),
        }
        for photo_id in order
    ]


def _caption(slot: str, by: str | None, words: Wording) -> str:
    return words.label("photo_by", slot, by) if by else slot


def _decided(photo: Json, words: Wording, zone: ZoneInfo) -> dict[str, str]:
    state = photo.get("state", "verified")
    if state == "verified":
        return {"stands": "", "why": ""}
    decided_at = wording.moment(photo["decided_at"], zone)
    why = words.label("photo_decided", photo["decided_by"], decided_at, photo["reason"])
    return {"stands": words.label(f"photo_{state}"), "why": why}


def photo_count(record: Json, words: Wording) -> str:
    """How many photos can be shown, and how many cannot, as `12, 1 never arrived`; empty when the record has none."""
    states = [photo.get("state", "verified") for photo in record.get("photos") or []]
    if not states:
        return ""
    others = [state for state in ("never_arrived", "damaged_kept") if state in states]
    parts = [str(states.count("verified"))] + [words.label(f"photos_{one}", states.count(one)) for one in others]
    return str(words.words.at("format.list")).join(parts)


def _part(report: Json, name: str) -> Json:
    part = report.get(name)
    return part if isinstance(part, Mapping) else {}


def _number(report: Json) -> Any:
    """The report's number: phones write it at the top of the report, and some wrote it with the visit.

    It stands in the page's head, so one that would fill it is cut; the record keeps it whole.
    """
    number = report.get("number") or _part(report, "visit").get("number")
    return f"{number[:NUMBER]}…" if isinstance(number, str) and len(number) > NUMBER else number


def _rows(*pairs: tuple[str, Any]) -> Rows:
    """The pairs that say something; a label alone is not printed."""
    rows: Rows = [[label, _cell(value)] for label, value in pairs]
    return [row for row in rows if isinstance(row[1], dict) or (row[1].strip() and row[1] != wording.DASH)]


def _cell(value: Any) -> Cell:
    return value if isinstance(value, dict) else "" if value is None else str(value)


def _text(part: Json, name: str, words: Wording) -> Cell | None:
    """A text of data, with a mark where the phone had none in the report's language and took another (`label_locale`)."""
    text, tag = part.get(name), part.get(f"{name}_locale")
    if not tag or text is None or not str(text).strip():
        return None if text is None else str(text)
    return {"text": str(text), "mark": words.code("language", tag)}


def _cards(report: Json, words: Wording, zone: ZoneInfo) -> list[dict[str, Any]]:
    customer, visit, technician = _part(report, "customer"), _part(report, "visit"), _part(report, "technician")
    asset, window = _part(report, "asset"), _part(report, "window")
    equipment = _rows(
        (words.label("product"), _text(asset, "product", words)),
        (words.label("serial"), asset.get("serial")),
        (words.label("arrival_date"), asset.get("arrival_date")),
    )
    return [
        {
            "title": words.label("customer"),
            "rows": _rows(
                (words.label("name"), customer.get("name")),
                (words.label("address"), customer.get("address")),
                (words.label("contact"), _contact(customer.get("contact"))),
            ),
        },
        {"title": words.label("equipment"), "rows": equipment or [["", words.label("no_asset")]]},
        {
            "title": words.label("visit"),
            "rows": _rows(
                (words.label("kind"), words.code("kind", visit["kind"]) if visit.get("kind") else None),
                (words.label("technician"), technician.get("name")),
                (words.label("window"), wording.period(window.get("start"), window.get("end"), zone)),
            ),
        },
        {
            "title": words.label("time"),
            "rows": _rows(
                (words.label("arrived"), wording.moment(report.get("arrived_at"), zone)),
                (words.label("started"), wording.moment(report.get("started_at"), zone)),
                (words.label("finished"), wording.moment(report.get("finished_at"), zone)),
            ),
        },
    ]


def _contact(contact: Any) -> str | None:
    """A contact is a text, or a name with a phone or an address; both are shown as one line."""
    if isinstance(
        contact, Mapping
    ):  # perhaps with members of a client's own, which are not for print unless they are words
        return "  ".join(str(value) for value in contact.values() if value and isinstance(value, str | int))
    return None if contact is None else str(contact)


def _arrival(arrival: Json | None, words: Wording, zone: ZoneInfo) -> dict[str, Any]:
    if not arrival:
        return {
            "title": words.label("arrival"),
            "verdict": "",
            "tone": "",
            "words": words.label("no_arrival"),
            "wide": [],
        }
    window = arrival.get("window") or {}
    agreed = wording.period(window.get("start"), window.get("end"), zone)
    if window:
        agreed = words.label("plan_version", agreed, window["plan_version"])
    return {
        "title": words.label("arrival"),
        "verdict": words.code("verdict", arrival["verdict"]),
        "tone": arrival["verdict"],
        "words": arrival["words"].get(words.language.primary) or arrival["words"].get("en", ""),
        "wide": _rows(
            (words.label("interval"), wording.interval(arrival["earliest"], arrival["latest"], zone)),
            (words.label("window"), agreed),
        ),
        "short": _rows(
            (words.label("time"), words.code("time", arrival["time"])),
            (words.label("place"), words.code("place", arrival["place"])),
            (words.label("probability"), wording.share(arrival.get("probability_ppm"), words.words)),
        ),
    }


def _prose(report: Json, words: Wording) -> dict[str, str]:
    text = report.get("work") or ""
    return {"title": words.label("work"), "text": text if text.strip() else ""}


def _fault(fault: Json, words: Wording) -> dict[str, Any]:
    rows = _rows(*((words.label(key), _text(fault, key, words)) for key in ("symptom", "cause", "component")))
    return {"title": words.label("fault"), "rows": rows}


def _checklist(report: Json, words: Wording) -> dict[str, Any]:
    rows = [
        [_text(item, "label", words) or "", _answer(item.get("answer"), words)]
        for item in report.get("checklist") or []
    ]
    return {"title": words.label("checklist"), "head": [words.label("item"), words.label("answer")], "rows": rows}


def _answer(answer: Any, words: Wording) -> str:
    if isinstance(answer, list):
        return ", ".join(_answer(item, words) for item in answer)
    if answer is None or isinstance(answer, bool):
        return words.code("answer", str(answer).lower().replace("none", "null"))
    return str(answer)


def _parts(report: Json, words: Wording) -> dict[str, Any]:
    head = ("part_number", "part_name", "quantity", "unit_price", "amount")
    rows = []
    for part in report.get("parts") or []:
        price, currency = part.get("unit_price"), part.get("currency")
        amount = wording.money(part_amount(part), currency, words.words)
        charged = amount if part.get("charged", True) else words.label("free")
        cells = (
            part.get("number"),
            _text(part, "name", words),
            _quantity(part, words),
            wording.money(price, currency, words.words),
            charged,
        )
        rows.append([_cell(cell) for cell in cells])
    return {"title": words.label("parts"), "head": [words.label(key) for key in head], "rows": rows}


def _quantity(part: Json, words: Wording) -> str | None:
    """As it was signed: a whole number of pieces as it stands, and else in thousandths with its unit."""
    unit, milli = part.get("unit") or "piece", part.get("quantity_milli")
    if milli is None and (unit == "piece" or part.get("quantity") is None):
        return part.get("quantity")
    milli = milli_of(part) or 0
    return wording.quantity(milli, "" if unit == "piece" else words.code("unit", unit), words.words)


def _charges(report: Json, words: Wording) -> dict[str, Any]:
    totals = report.get("totals") or [total for total in [_part(report, "total")] if total]
    if not report.get("charges") and not report.get("parts"):
        totals = [
            total for total in totals if total.get("amount")
        ]  # nothing, for nothing: phones write it where there is no line at all
    return {
        "title": words.label("charges"),
        "rows": [
            [str(charge.get("label", "")), wording.money(charge.get("amount"), charge.get("currency"), words.words)]
            for charge in report.get("charges") or []
        ],
        "total": _rows(
            *(
                (words.label("total"), wording.money(each.get("amount"), each.get("currency"), words.words))
                for each in totals
            )
        ),
    }


def _warranty(warranty: Json, words: Wording) -> dict[str, str]:
    status = warranty.get("status")
    return {
        "title": words.label("warranty"),
        "status": words.code("warranty", status) if status else "",
        "reason": warranty.get("reason") or "",
    }


def _signature(signature: Json, report: Json, signing: Json | None, words: Wording, zone: ZoneInfo) -> dict[str, Any]:
    signer = signature.get("signer") or {}
    wall = signing["clock"].get("wall") if signing else None
    times: Iterable[tuple[str, Any]] = [
        (words.label("signed_at"), wording.moment(wall, zone)),
        (words.label("received_at"), wording.moment(signing["received_at"] if signing else None, zone)),
    ]
    kind = signature["kind"]
    return {
        "title": words.label("signature"),
        "kind": kind,
        "statement": "" if kind == "signed" else words.label(kind),
        "strokes_absent": words.label("strokes_absent"),
        "rows": _rows(
            (words.label("signer" if kind == "signed" else "present"), signer.get("name")),
            (words.label("role"), signer.get("role")),
            (words.label("contact"), _contact(signer.get("contact"))),
            (words.label("reason"), signature.get("reason")),
            *(times if kind == "signed" else list(times)[1:]),
        ),
        "consent_title": words.label("consent_unseen" if kind == "customer_absent" else "consent"),
        "consent": _part(report, "consent").get("text") or "",
    }
