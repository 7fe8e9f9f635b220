"""Reports, strokes and signatures: what can be sealed, and what cannot, with the field and the sentence that say why."""

import copy
import json
from collections.abc import Callable
from typing import Any

import rfc8785

from mobile_contract.report import consent
from mobile_contract.shapes.amounts import line_amount, next_whole
from mobile_contract.shapes.check import check_report, check_signing, check_strokes, sha256
from mobile_contract.shapes.fit import Unfit
from mobile_contract.shapes.ink import shows
from mobile_contract.shapes.limits import DEPTH, LARGEST, NUMBER, PHOTOS, REPORT_BYTES

Json = dict[str, Any]
Change = Callable[[Json], object]
VISIT = "0192f6a0-0000-7000-8000-0000000000f1"
REPORT = "0192f6a0-0000-7000-8000-0000000000e1"
AT = 1_772_413_200_000_000
STROKES = '{"height":100,"strokes":[[[10,20,0,500],[30,60,16,600]]],"width":200}'
CONSENT_TEXT = "I agree."


def report() -> Json:
    """A report with something of everything."""
    photo = {"photo_id": "0192f6a0-0000-7000-8000-0000000000a1", "slot": "before", "sha256": "a" * 64}
    return {
        "type": "fieldproof/report/v1", "report_id": REPORT, "amends": None, "locale": "en", "number": "J-7-1",
        "visit": {"id": VISIT, "kind": "repair", "title": "风机 fan"},
        "customer": {"name": "华东医院", "address": "1 Main St", "contact": {"name": "Wang Fang", "phone": "021-1"}},
        "asset": {"product": "CH-200", "serial": "S-1", "arrival_date": "2024-09-02"},
        "technician": {"id": "t1", "name": "Li Wei"}, "window": {"start": AT, "end": AT + 1}, "arrived_at": AT,
        "started_at": AT, "finished_at": None, "work": "Replaced 👍", "fault": {"symptom": "hot", "cause": None},
        "checklist": [{"label": "Isolated", "answer": True}, {"label": "Readings", "answer": ["86", 87, None, False]}],
        "parts": [
            {"number": "F-1", "name": "Fan", "quantity": 2, "unit_price": 45_000, "currency": "EUR", "charged": True},
            {"number": 7, "name": "Oil", "quantity": 1, "unit_price": 900, "currency": "CNY", "charged": False},
        ],
        "charges": [{"label": "Labour", "amount": 5_000, "currency": "EUR"}],
        "total": {"amount": 95_000, "currency": "EUR"}, "warranty": {"status": "out_of_warranty", "reason": ""},
        "photos": [photo, {**photo, "photo_id": "0192f6a0-0000-7000-8000-0000000000a2"}],
        "consent": {"id": "c1", "sha256": sha256(CONSENT_TEXT), "text": CONSENT_TEXT}, "time_zone": "Asia/Shanghai",
    }  # fmt: skip


def _set(path: str, value: object) -> Change:
    """A change of one member, named as `parts.0.quantity`."""

    def change(whole: Json) -> None:
        *way, last = path.split(".")
        inside: Any = whole
        for step in way:
            inside = inside[int(step) if step.isdecimal() else step]
        inside[int(last) if last.isdecimal() else last] = value

    return change


def _bill(parts: list[tuple[int, int]], charges: list[int], total: int) -> Change:
    """Parts as quantity and price, charges, and a total, all in one currency."""

    def change(whole: Json) -> None:
        whole["parts"] = [{"quantity": count, "unit_price": price, "currency": "EUR"} for count, price in parts]
        whole["charges"] = [{"label": "x", "amount": amount, "currency": "EUR"} for amount in charges]
        whole["total"] = {"amount": total, "currency": "EUR"}

    return change


def _only(whole: Json, **says: Any) -> None:
    for name in SAYS:
        whole.pop(name)
    whole.update(says)


def _consent(words: str) -> Change:
    """A consent with its right hash."""
    return lambda whole: whole["consent"].update(text=words, sha256=sha256(words))


def _deep(levels: int) -> Any:
    value: Any = []
    for _ in range(levels - 1):
        value = [value]
    return value


def _lines(*parts: Json, **says: Any) -> Change:
    """Parts with a price in EUR unless they say otherwise, no charges, and what is said of totals."""

    def change(whole: Json) -> None:
        whole["parts"] = [{"unit_price": 45_001, "currency": "EUR", **part} for part in parts]
        whole["charges"] = []
        whole.pop("total")
        whole.update(says)

    return change


HALF = {"quantity": 3, "quantity_milli": 2_500, "unit": "kg", "amount": 112_503}
"""2.5 kg at 450.01: 1,125.025, half up 1,125.03."""
THREE = ({"quantity": 1, "unit_price": 45_000, "currency": "CNY"}, {"quantity": 1, "unit_price": 10_000, "currency": "USD"},
         {"quantity": 1, "unit_price": 5_000, "currency": "JPY"})  # fmt: skip


PARKING = {"label": "Parking", "amount": 1_500, "currency": "EUR"}
CREW: list[Json] = [
    {"id": "t1", "name": "Li Wei", "arrived_at": AT, "started_at": AT, "finished_at": AT + 5_400_000_000},
    {"id": "t2", "name": "Anna Schmidt", "arrived_at": None, "started_at": AT, "finished_at": None},
]


def _totals(**amounts: int) -> list[Json]:
    return [{"amount": amount, "currency": currency} for currency, amount in amounts.items()]


MUST = ("type", "report_id", "visit")
SAYS = ("work", "fault", "checklist", "parts", "charges", "total", "photos")
REPORTS: dict[str, Change] = {
    "a whole report": lambda _: None,
    "only what must be there": lambda whole: [whole.pop(name) for name in [*whole] if name not in (*MUST, "work")],
    "nothing but names": lambda whole: [whole.pop(name) for name in [*whole] if name in SAYS],
    "work that shows nothing": lambda whole: _only(whole, work=" \u200b\n"),
    "a fault alone": lambda whole: _only(whole, fault={"component": "Fan"}),
    "a fault that shows nothing": lambda whole: _only(whole, fault={"symptom": "", "cause": None}),
    "a photo alone": lambda whole: _only(whole, photos=whole["photos"]),
    "a line of the checklist alone": lambda whole: _only(whole, checklist=whole["checklist"][:1]),
    "a blank consent": _consent(" "),
    "an invisible consent": _consent("\u2060\u3164"),
    "no text of the consent": lambda whole: whole["consent"].pop("text"),
    "a price without a quantity": lambda whole: whole["parts"][0].pop("quantity"),
    "a price with a quantity that is null": _set("parts.0.quantity", None),
    "a price without a quantity, and a total of nothing": lambda whole: whole.update(
        parts=[{"name": "Fan", "unit_price": 90_000, "currency": "EUR"}], charges=[], total={"amount": 0, "currency": "EUR"}
    ),
    "a part that was taken back whole": _bill([(0, 90_000)], [], 0),
    "a number as long as may be": _set("number", "N" * NUMBER),
    "a number that fills the page": _set("number", "N" * (NUMBER + 1)),
    "a number in digits": _set("number", 17),
    "unknown members at every level": lambda whole: [
        part.update({"unknown": {"a": [1, None, "x"]}})
        for part in (whole, whole["visit"], whole["parts"][0], whole["photos"][0], whole["consent"], whole["total"])
    ],
    "contact as a text": _set("customer.contact", "Wang Fang"),
    "no currency beside no price": _set("parts.1", {"name": "Rag"}),
    "no equipment": _set("asset", None),
    "text that no printer has": _set("work", "\u0000\u0007\u202e กำ ئۇيغۇر \U0001f468\u200d\U0001f469 \ufffe"),
    "no type": lambda whole: whole.pop("type"),
    "another type": _set("type", "fieldproof/report/v2"),
    "a quantity as a text": _set("parts.0.quantity", "2"),
    "an amount as a text": _set("charges.0.amount", "450.00"),
    "a time as a text": _set("finished_at", "2026-03-14T10:00:00Z"),
    "parts that are null": _set("parts", None),
    "a checklist of texts": _set("checklist", ["Isolated"]),
    "an answer that is an object": _set("checklist.0.answer", {"value": 1}),
    "true for a quantity": _set("parts.0.quantity", True),
    "a visit without an id": lambda whole: whole["visit"].pop("id"),
    "an id in capitals": _set("visit.id", VISIT.upper()),
    "an id with a line's end": _set("report_id", REPORT + "\n"),
    "a currency in small letters": _set("total.currency", "eur"),
    "a price without a currency": _set("parts.0.currency", None),
    "a price beyond what is exact when multiplied": _set("parts.0.unit_price", LARGEST),
    "a fraction where nobody looks": _set("weather", {"wind": [1, 2.5]}),
    "a number beyond what is exact": _set("weather", LARGEST + 1),
    "deep enough": _set("weather", _deep(DEPTH - 1)),
    "one level too deep": _set("weather", _deep(DEPTH)),
    "a photo twice": lambda whole: whole["photos"].append(whole["photos"][0]),
    "too many photos": _set("photos", [{"photo_id": REPORT, "slot": "x", "sha256": "0" * 64}] * (PHOTOS + 1)),
    "a day that is none": _set("asset.arrival_date", "14.03.2026"),
    "a day that is a line break": _set("asset.arrival_date", "\n"),
    "a currency with a line break": _set("total.currency", "EUR\n"),
    "a zone that is no place": _set("time_zone", "localtime"),
    "another zone that is no place": _set("time_zone", "Factory"),
    "a zone that nobody knows": _set("time_zone", "Asia/Nowhere"),
    "a consent that has another hash": _set("consent.text", "I agree to something else."),
    "a consent that is a text": _set("consent", CONSENT_TEXT),
    "the charges hold the parts": _bill([(2, 45_000)], [90_000, 5_000], 95_000),
    "the charges hold the parts, less a discount": _bill([(2, 45_000)], [90_000, -20_000], 70_000),
    "charges beside the parts": _bill([(2, 45_000)], [5_000], 95_000),
    "a part is taken back": _bill([(2, 45_000), (-1, 45_000)], [], 45_000),
    "a total far from its lines": _bill([(2, 45_000)], [], 1),
    "a total that hides the parts behind a charge": _bill([(2, 45_000)], [1], 1),
    "a total of nothing at all": _bill([], [], 45_000),
    "a total in another currency": _set("total.currency", "USD"),
    "no total over several currencies": lambda whole: whole["charges"][0].update(currency="CNY") or whole.pop("total"),
    "a fraction": _lines(HALF, totals=_totals(EUR=112_503), total=_totals(EUR=112_503)[0]),
    "a fraction without its amount": _lines({**HALF, "amount": None}, total=_totals(EUR=112_503)[0]),
    "a fraction that others would read smaller": _lines({**HALF, "quantity": 2}),
    "a fraction that others would not read": _lines({**HALF, "quantity": None}),
    "a fraction that was taken back": _lines({**HALF, "quantity": -2, "quantity_milli": -2_500, "amount": -112_503}),
    "an amount that was not rounded half up": _lines({**HALF, "amount": 112_502}),
    "an amount without a price": _lines({"quantity": 1, "unit_price": None, "amount": 0}),
    "a line that is not charged has its amount": _lines({**HALF, "charged": False}, totals=[]),
    "a unit that nobody knows": _lines({**HALF, "unit": "lb"}),
    "half of a thousandth": _lines({**HALF, "quantity_milli": 2_500.5}),
    "an expense that is not charged": _lines(HALF, expenses=[PARKING], totals=_totals(EUR=112_503)),
    "an expense that is charged": _lines(HALF, expenses=[{**PARKING, "charged": True}], totals=_totals(EUR=114_003)),
    "an expense that is charged and left out": _lines(HALF, expenses=[{**PARKING, "charged": True}], totals=_totals(EUR=112_503)),
    "an expense in another currency": _lines(
        HALF, expenses=[{**PARKING, "currency": "CNY", "charged": True}], totals=_totals(EUR=112_503, CNY=1_500)
    ),
    "an expense without an amount": _lines(HALF, expenses=[{"label": "Parking", "currency": "EUR"}]),
    "a crew": _set("crew", CREW),
    "a crew with an hour that is a text": _set("crew", [{**CREW[0], "started_at": "09:00"}]),
    "a photo of a crew-mate": _set("photos.0.by", "Anna Schmidt"),
    "a total for each currency": _lines(*THREE, totals=_totals(CNY=45_000, USD=10_000, JPY=5_000)),
    "a sum across currencies": _lines(*THREE, total=_totals(JPY=60_000)[0]),
    "a sum across currencies in totals": _lines(*THREE, totals=_totals(JPY=60_000)),
    "totals without one of the currencies": _lines(*THREE, totals=_totals(CNY=45_000, USD=10_000)),
    "a currency twice in totals": _lines(*THREE, totals=[*_totals(CNY=45_000), *_totals(CNY=45_000)]),
    "a total of a currency that no line is in": _lines(HALF, totals=_totals(EUR=112_503, CNY=1)),
    "a total that contradicts the totals": _lines(HALF, totals=_totals(EUR=112_503), total=_totals(EUR=112_502)[0]),
    "a total over several currencies": lambda whole: whole["charges"][0].update(currency="CNY"),
}  # fmt: skip

TEXTS: dict[str, Callable[[str], str]] = {
    "white space": lambda text: text.replace(":", ": ", 1),
    "minus nought": lambda text: text.replace('"finished_at":null', '"finished_at":-0'),
    "a member twice": lambda text: text.replace('"amends":null', '"amends":null,"amends":null'),
    "a byte order mark": lambda text: "\ufeff" + text,
    "a list": lambda text: f"[{text}]",
    "no JSON": lambda _: "data:text/plain,hello",
    "nothing": lambda _: "",
}

AMOUNTS = (
    (2_500, 45_000), (2_500, 45_001), (-2_500, 45_001), (1, 500), (1, 499), (-1, 500), (-1, 499), (333, 3), (0, 7), (1_000, 379),
    (1_500, -3), (LARGEST, 1_000), (999, LARGEST), (9_007_199_254_740_001, 1),
)  # fmt: skip
"""Thousandths and prices."""

DRAWINGS = {
    "as phones draw": STROKES,
    "fractions, as touch screens give": '{"strokes":[[[54.4,10.9,0,500],[60.25,11,8.5,512.5]]]}',
    "points of two numbers": '{"strokes":[[[1,2],[3,4]]]}',
    "no pressure": '{"strokes":[[[1,2,0,null],[3,4,16,null]]]}',
    "more numbers than are read": '{"strokes":[[[1,2,0,500,45,90],[3,4,16,500,45,90]]]}',
    "unknown members": '{"pen":{"color":"#000"},"strokes":[[[1,2],[3,4]]]}',
    "white space": ' {"strokes": [ [[1, 2], [3, 4]] ] }\n',
    "a dot beside a line": '{"strokes":[[[1,1]],[[1,2],[3,4]],[]]}',
    "no strokes": '{"strokes":[]}',
    "an empty stroke": '{"strokes":[[]]}',
    "one dot": '{"strokes":[[[5,5,0,500]]]}',
    "one dot that was held": '{"strokes":[[[5,5,0,500],[5,5,16,500],[5,5,32,500]]]}',
    "a line from 0 to 1": '{"strokes":[[[0.1,0.2],[0.106,0.2]]]}',
    "a dot from 0 to 1": '{"strokes":[[[0.1,0.2],[0.104,0.203]]]}',
    "a line from 0 to 1 on a pad of 800": '{"height":300,"strokes":[[[0.1,0.2],[0.3,0.4]]],"width":800}',
    "a dot that trembles": '{"height":300,"strokes":[[[400.2,100.1,0,500],[400.3,100.1,16,500]]],"width":800}',
    "a dot that trembles by pixels": '{"height":300,"strokes":[[[400,100],[402,101],[399,103.9]]],"width":800}',
    "a dot that trembles on a pad that does not say its size": '{"strokes":[[[54.4,10.9],[54.8,10.6]]]}',
    "a short line": '{"height":300,"strokes":[[[400,100],[402,102],[404,104]]],"width":800}',
    "a short line on a small pad": '{"height":40,"strokes":[[[5,5],[5,5.5]]],"width":100}',
    "a pad that says nothing of itself": '{"height":0,"strokes":[[[5,5],[5,5.5]]],"width":null}',
    "a pad that is smaller than nothing": '{"height":-9,"strokes":[[[5,5],[5,5.5]]],"width":-800}',
    "a pad of which the height is known": '{"height":1000,"strokes":[[[5,5],[5,9]]]}',
    "a dot that trembles less than anybody sees": '{"strokes":[[[5,5],[5.0000001,5]]]}',
    "two dots": '{"strokes":[[[5,5]],[[9,9]]]}',
    "a list of strokes alone": "[[[1,2],[3,4]]]",
    "points as objects": '{"strokes":[[{"x":1,"y":2},{"x":3,"y":4}]]}',
    "null": "null",
    "strokes that are null": '{"strokes":null}',
    "a point that is null": '{"strokes":[[null,[1,2],[3,4]]]}',
    "a point of one number": '{"strokes":[[[1],[3,4]]]}',
    "x is null": '{"strokes":[[[null,2],[3,4]]]}',
    "x is a text": '{"strokes":[[["1",2],[3,4]]]}',
    "x is true": '{"strokes":[[[true,2],[3,4]]]}',
    "far away": '{"strokes":[[[1,2],[3,1e7]]]}',
    "a width as a text": '{"strokes":[[[1,2],[3,4]]],"width":"100%"}',
    "a picture": "data:image/png;base64,iVBORw0KGgo=",
    "a byte order mark": "\ufeff" + STROKES,
    "nothing": "",
}

SHOWN = {
    "王": True, "a": True, "-": True, "👍": True, "\ue000": True, " x ": True, "": False, " ": False, "\u3000\t\n": False,
    "\u200b": False, "\u3164": False, "\u2800": False, "\u115f\u1160": False, "\ufeff\u00ad": False, "\u0301": False,
    "\u202e\u2066": False, "\U000e0041": False, "\u0000": False,
}  # fmt: skip


def _signing(**changed: Any) -> Json:
    return {
        "outcome": "signed", "strokes_sha256": sha256(STROKES), "reason": "",
        "consent": {**consent("en"), "id": "c1", "sha256": sha256(CONSENT_TEXT)},
        "signer": {"name": "Wang Fang", "role": "", "contact": ""}, **changed,
    }  # fmt: skip


REFUSED: Json = {"outcome": "refused", "strokes_sha256": None, "signer": None, "reason": "Too dear"}
SIGNINGS: dict[str, tuple[Json, str | None]] = {
    "signed": (_signing(), STROKES),
    "refused": (_signing(**REFUSED), None),
    "the customer was absent": (_signing(**{**REFUSED, "outcome": "customer_absent"}), None),
    "no signer": (_signing(signer=None), STROKES),
    "a signer of white space": (_signing(signer={"name": " \u3000"}), STROKES),
    "an invisible signer": (_signing(signer={"name": "\u200b\u3164"}), STROKES),
    "no strokes": (_signing(), None),
    "other strokes": (_signing(), STROKES.replace("10", "11")),
    "strokes without ink": (_signing(strokes_sha256=sha256('{"strokes":[[]]}')), '{"strokes":[[]]}'),
    "another consent": (_signing(consent={**consent("en"), "id": "c1"}), STROKES),
    "a consent of another name": (
        _signing(consent={"id": "c2", "sha256": sha256(CONSENT_TEXT), "locale": "en"}), STROKES,
    ),
    "refused without a reason": (_signing(**{**REFUSED, "reason": " "}), None),
    "refused with strokes": (_signing(**REFUSED), STROKES),
    "a NUL in the signer": (_signing(signer={"name": "Wang\0Fang"}), STROKES),
    "a NUL in what the signer is": (_signing(signer={"name": "Wang Fang", "role": "\0"}), STROKES),
    "a NUL in the reason": (_signing(**{**REFUSED, "reason": "Too dear\0"}), None),
    "a NUL in the consent": (_signing(consent={**_signing()["consent"], "locale": "en\0"}), STROKES),
    "a NUL in a list of unknown members": (_signing(others=[{"na\0me": 1}]), STROKES),
    "absent, and a signer": (_signing(**{**REFUSED, "outcome": "customer_absent", "signer": {"name": "X"}}), None),
}  # fmt: skip


def shapes() -> Json:
    """Each case with its answer: whether it fits, and if not, which field does not and the sentence."""
    base = report()
    reports = []
    for name, change in REPORTS.items():
        value = copy.deepcopy(base)
        change(value)
        reports.append(_answered(name, _text(value), check_report))
    text = _text(base)
    reports += [_answered(name, change(text), check_report) for name, change in TEXTS.items()]
    signings = [
        {"name": name, "body": body, "strokes": strokes, **_answer(check_signing, base, body, strokes)}
        for name, (body, strokes) in SIGNINGS.items()
    ]
    return {
        "reports": reports,
        "amounts": [
            {
                "quantity_milli": milli,
                "unit_price": price,
                "amount": line_amount(milli, price),
                "quantity": next_whole(milli),
            }
            for milli, price in AMOUNTS
        ],
        "strokes": [_answered(name, text, check_strokes) for name, text in DRAWINGS.items()],
        "signings": signings,
        "shown": text,
        "texts": [{"text": text, "shows": shows(text)} for text in SHOWN],
        "too_long": {"bytes": REPORT_BYTES + 1, **_answer(check_report, "x" * (REPORT_BYTES + 1))},
    }


def _text(value: Json) -> str:
    """Canonical, and also for what has no canonical form, which is what some cases are about."""
    try:
        return rfc8785.dumps(value).decode()
    except rfc8785.CanonicalizationError:
        return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _answered(name: str, text: str, check: Callable[[str], object]) -> Json:
    return {"name": name, "text": text, **_answer(check, text)}


def _answer(check: Callable[..., object], *given: object) -> Json:
    try:
        check(*given)
    except Unfit as misfit:
        return {"fits": False, "field": misfit.field, "sentence": str(misfit)}
    return {"fits": True}
