"""Whether a report, its strokes and its signature can be sealed: the shapes, and the rules that a schema cannot say.

Ask before the customer signs; the server asks the same when they arrive, and parks what does not fit. Each function raises
`Unfit` with the field and a sentence.
"""

import hashlib
from collections.abc import Iterator
from functools import cache
from typing import Any
from zoneinfo import available_timezones

import msgspec
import rfc8785

from mobile_contract.shapes.amounts import Sums, next_whole, part_amount, sums_of
from mobile_contract.shapes.fit import Json, Unfit, must_fit, with_nul
from mobile_contract.shapes.ink import has_ink, shows
from mobile_contract.shapes.limits import DEPTH, LARGEST, MOVES, PAD, POINTS, REPORT_BYTES, STROKES_BYTES
from mobile_contract.shapes.report import Report
from mobile_contract.shapes.strokes import Strokes

NO_ZONES = ("Factory", "localtime", "posixrules")
"""Names of the zone database that are no place: they mean whatever the machine was set to."""

STROKES_FORM = '{"width": 800, "height": 300, "strokes": [[[x, y, milliseconds, pressure], ...], ...]}'


def schema_of(shape: type[msgspec.Struct]) -> Json:
    """The JSON Schema of a shape (2020-12), with the limits that no keyword of JSON Schema has under `x-limits`."""
    (head,), definitions = msgspec.json.schema_components([shape], ref_template="#/$defs/{name}")
    limits: Json = (
        {"depth": DEPTH, "bytes": REPORT_BYTES} if shape is Report else {"depth": DEPTH, "bytes": STROKES_BYTES}
    )
    if shape is Strokes:
        limits |= {"points": POINTS, "moves": MOVES, "pad": PAD}
    dialect = "https://json-schema.org/draft/2020-12/schema"
    return {"$schema": dialect, **head, "$defs": definitions, "x-limits": limits}


def check_report(canonical: str) -> Json:
    """The value of a report's canonical text, when it can be sealed and verified."""
    raw = _read_bytes(canonical, "The report", REPORT_BYTES)
    value = _read_json(raw, "The report")
    for field, number, depth in _numbers(value, "", 1):
        if depth > DEPTH:
            raise Unfit("", f"The report is nested more than {DEPTH} levels deep.")
        if isinstance(number, float):
            raise Unfit(field, f"{field} is a fraction. Write a whole number in a smaller unit, like cents or seconds.")
        if isinstance(number, int) and abs(number) > LARGEST:
            raise Unfit(field, f"{field} is a number beyond {LARGEST}, which not every reader keeps exact.")
    _must_have_shape(value, Report)
    if (value.get("asset") or {}).get("arrival_date") == "\n":  # Python's `$` also stands before a last line break
        raise Unfit("asset.arrival_date", "asset.arrival_date should be a date like 2026-03-14.")
    if not _is_canonical(value, raw):
        raise Unfit("", "The report is not in canonical form (RFC 8785).")
    _check_time_zone(value)
    _check_photos(value)
    _check_lines(value)
    _check_consent(value)
    _check_content(value)
    return value


def check_strokes(text: str) -> None:
    """Strokes that can be drawn and that show something."""
    value = _read_json(_read_bytes(text, "The strokes", STROKES_BYTES), "The strokes")
    if any(depth > DEPTH for _, _, depth in _numbers({**value, "strokes": None}, "", 1)):
        raise Unfit("", f"The strokes hold something that is nested more than {DEPTH} levels deep.")
    _must_have_shape(value, Strokes)
    drawing = msgspec.convert(value, Strokes)
    if sum(map(len, drawing.strokes)) > POINTS:
        raise Unfit("strokes", f"strokes has more than {POINTS} points.")
    if not has_ink(drawing):
        raise Unfit("strokes", "strokes holds no line that moves, so nothing is signed. Let the customer sign again.")


def check_signing(report: Json, body: Json, strokes: str | None) -> None:
    """What the customer did with a report that fits: the body of its `sign` operation, and the attachment beside it."""
    if field := with_nul(body):
        raise Unfit(field, f"{field} holds a character (NUL) that no text can keep. Write it without.")
    if body["outcome"] == "signed":
        _check_signed(body, strokes)
    else:
        if not shows(body.get("reason")):
            raise Unfit("reason", f"{body['outcome']} needs a reason.")
        if strokes is not None or body.get("strokes_sha256") is not None:
            raise Unfit("strokes_sha256", f"There are strokes although the outcome is {body['outcome']}.")
        if body["outcome"] == "customer_absent" and body.get("signer") is not None:
            raise Unfit("signer", "There is a signer although the outcome is customer_absent.")
    shown, signed = report.get("consent") or {}, body["consent"]
    for name in ("sha256", "id"):
        if shown.get(name) is not None and shown[name] != signed[name]:
            raise Unfit(f"consent.{name}", f"consent.{name} is not that of the consent in the report that was shown.")
    if shown.get("text") is not None and sha256(shown["text"]) != signed["sha256"]:
        raise Unfit(
            "consent.sha256", "consent.sha256 is not the hash of the consent text in the report that was shown."
        )


def sha256(text: str) -> str:
    """SHA-256 of a text's UTF-8 bytes, lower-case hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def _check_signed(body: Json, strokes: str | None) -> None:
    signer = body.get("signer")
    if signer is None or not body.get("strokes_sha256") or not strokes:
        raise Unfit("signer", "A signature needs signer, strokes_sha256 and the strokes as attachment.")
    if not shows(signer.get("name")):
        raise Unfit("signer.name", "signer.name shows nothing. Enter the name of the person who signs.")
    if sha256(strokes) != body["strokes_sha256"]:
        raise Unfit("strokes_sha256", "The strokes are not the ones that were signed for: their hash differs.")
    check_strokes(strokes)


def _read_bytes(text: str, what: str, limit: int) -> bytes:
    try:
        raw = text.encode()
    except UnicodeEncodeError as error:
        raise Unfit("", f"{what} holds half of a character.") from error
    if len(raw) > limit:
        raise Unfit("", f"{what} has {len(raw)} bytes, and at most {limit} fit.")
    return raw


def _read_json(raw: bytes, what: str) -> Json:
    try:
        value = msgspec.json.decode(raw)
    except msgspec.DecodeError as error:
        raise Unfit("", f"{what} should be JSON text with nothing before or after it.") from error
    except RecursionError as error:
        raise Unfit("", f"{what} is nested more than {DEPTH} levels deep.") from error
    if not isinstance(value, dict):
        form = f" like {STROKES_FORM}" if what == "The strokes" else ""
        raise Unfit("", f"{what} should be a JSON object{form}.")
    return value


def _numbers(value: Any, field: str, depth: int) -> Iterator[tuple[str, Any, int]]:
    """Every number with its place and depth, and the first place that lies too deep, where it stops going deeper."""
    if isinstance(value, dict | list):
        if depth > DEPTH:
            yield field, None, depth
            return
        names = value.items() if isinstance(value, dict) else enumerate(value)
        for name, item in names:
            if isinstance(item, int | float | dict | list):
                inside = f"{field}[{name}]" if isinstance(value, list) else f"{field}.{name}" if field else str(name)
                yield from _numbers(item, inside, depth + 1)
    elif not isinstance(value, bool):
        yield field, value, depth


def _must_have_shape(value: Json, shape: type[msgspec.Struct]) -> None:
    try:
        msgspec.convert(value, shape)
    except msgspec.ValidationError as error:
        schema = _schema(shape)
        must_fit(value, schema, schema["$defs"])
        raise Unfit("", f"It does not have the shape of its schema: {error}.") from error


@cache
def _schema(shape: type[msgspec.Struct]) -> Json:
    return schema_of(shape)


def _is_canonical(value: Json, raw: bytes) -> bool:
    try:
        return bool(rfc8785.dumps(value) == raw)
    except rfc8785.CanonicalizationError:
        return False


def _check_time_zone(report: Json) -> None:
    zone = report.get("time_zone")
    if zone is not None and (zone in NO_ZONES or zone not in _zones()):
        raise Unfit("time_zone", f"time_zone should be a zone like Asia/Shanghai, and '{zone}' is none.")


@cache
def _zones() -> set[str]:
    return available_timezones()


def _check_photos(report: Json) -> None:
    seen = set()
    for at, photo in enumerate(report.get("photos", [])):
        if photo["photo_id"] in seen:
            raise Unfit(f"photos[{at}].photo_id", f"photos[{at}].photo_id is listed before; list each photo once.")
        seen.add(photo["photo_id"])


def _check_lines(report: Json) -> None:
    """Prices have a currency, fractions the whole number that others read, and each total is what its currency's lines come to."""
    for at, part in enumerate(report.get("parts", [])):
        _check_part(f"parts[{at}]", part)
    sums = sums_of(report)
    _check_total(report, sums)
    _check_totals(report, sums)


def _check_part(field: str, part: Json) -> None:
    price, quantity, milli = part.get("unit_price"), part.get("quantity"), part.get("quantity_milli")
    if milli is not None and quantity != next_whole(milli):
        raise Unfit(
            f"{field}.quantity",
            f"{field}.quantity should be {next_whole(milli)}, the next whole number up from {milli} thousandths.",
        )
    if price is not None and quantity is None:
        raise Unfit(f"{field}.quantity", f"{field}.quantity is missing beside a price.")
    if price is not None and part.get("currency") is None:
        raise Unfit(f"{field}.currency", f"{field}.currency is missing beside a price.")
    amount = part_amount(part)
    if abs(amount or 0) > LARGEST:
        raise Unfit(f"{field}.quantity", f"{field}.quantity times unit_price is more than {LARGEST}.")
    if part.get("amount") not in (None, amount):
        come = "has no quantity and price" if amount is None else f"comes to {amount}"
        raise Unfit(f"{field}.amount", f"{field}.amount is {part['amount']}, and the line {come}.")


def _check_total(report: Json, sums: dict[str, Sums]) -> None:
    total = report.get("total")
    if total is None:
        return
    for field, amount, currency in _priced(report):
        if amount and currency != total["currency"]:
            raise Unfit(
                "total.currency",
                f"total.currency is {total['currency']} and {field} is in {currency}; "
                "amounts of several currencies have no total, so leave it out.",
            )
    _must_be_right("total", total, sums)


def _check_totals(report: Json, sums: dict[str, Sums]) -> None:
    totals, seen = report.get("totals", []), set[str]()
    for at, total in enumerate(totals):
        if total["currency"] in seen:
            raise Unfit(f"totals[{at}].currency", f"totals[{at}].currency is listed before; a currency has one total.")
        seen.add(total["currency"])
        _must_be_right(f"totals[{at}]", total, sums)
    missing = [currency for currency, found in sums.items() if 0 not in found.right and currency not in seen]
    if totals and missing:
        raise Unfit("totals", f"totals has none in {missing[0]}, and lines are in it.")


def _must_be_right(field: str, total: Json, sums: dict[str, Sums]) -> None:
    found = sums.get(total["currency"], Sums())
    if total["amount"] not in found.right:
        raise Unfit(
            f"{field}.amount",
            f"{field}.amount is {total['amount']}, and the lines come to {found.whole}. "
            "A discount, a tax or a rounding is a line of charges.",
        )


def _priced(report: Json) -> Iterator[tuple[str, int, str]]:
    for at, part in enumerate(report.get("parts", [])):
        if (amount := part_amount(part)) and part.get("charged", True):
            yield f"parts[{at}]", amount, part["currency"]
    for at, expense in enumerate(report.get("expenses", [])):
        if expense.get("charged", False):
            yield f"expenses[{at}]", expense["amount"], expense["currency"]
    for at, charge in enumerate(report.get("charges", [])):
        yield f"charges[{at}]", charge["amount"], charge["currency"]


def _check_consent(report: Json) -> None:
    consent = report.get("consent") or {}
    text, digest = consent.get("text"), consent.get("sha256")
    if text is not None and not shows(text):
        raise Unfit("consent.text", "consent.text shows nothing. Show what the customer agrees to, or leave it out.")
    if text is not None and digest is not None and sha256(text) != digest:
        raise Unfit("consent.sha256", "consent.sha256 is not the hash of consent.text.")


def _check_content(report: Json) -> None:
    """Something was done or found, and is said: a signature under a page of names alone agrees to nothing."""
    fault = report.get("fault") or {}
    said = [report.get("work"), *(fault.get(name) for name in ("symptom", "cause", "component"))]
    if any(map(shows, said)) or any(report.get(name) for name in ("checklist", "parts", "charges", "photos")):
        return
    raise Unfit(
        "work", "work is empty, and there is no fault, checklist, part, charge or photo: the report says nothing."
    )
