"""Reports that a phone builds from the rows it holds, its unsent taps and what the technician says, and what is signed under them.

Each case has what the phone holds and what is said; the answer is the bodies of `report` and `sign`, byte for byte, or the field and
the sentence where nothing can be made of it.
"""

from typing import Any

from mobile_contract.report import report_of, sign_body, strokes_text
from mobile_contract.shapes.fit import Unfit

Json = dict[str, Any]
AT = 1_772_413_200_000_000


def _id(last: str) -> str:
    return f"0192f6a0-0000-7000-8000-{last:0>12}"


VISIT, JOB, SITE, CUSTOMER, CONTACT, ASSET, PRODUCT = (_id(f"f{number}") for number in range(1, 8))
FAN, OIL, CABLE = (_id(f"b{number}") for number in range(1, 4))
WHO, MATE, OTHER_VISIT = _id("d1"), _id("d2"), _id("f9")
REPORT, SIGNATURE = _id("e1"), _id("e2")
ROWS: dict[str, list[Json]] = {
    "visit": [
        {
            "id": VISIT, "job_id": JOB, "plan_version": 2, "window_start": AT, "window_end": AT + 7_200_000_000,
            "state": "on_site", "arrived_at": AT - 5, "started_at": None, "finished_at": None, "work_summary": "",
            "crew_states": [{"technician_id": WHO, "state": "on_site"}, {"technician_id": MATE, "state": "dispatched"}],
        },
    ],
    "job": [
        {
            "id": JOB, "number": "J-2026-7", "kind": "repair", "title": "风机 \"E42\" <fan>", "site_id": SITE,
            "customer_id": CUSTOMER, "contact_id": CONTACT, "asset_id": ASSET,
        },
    ],
    "site": [{"id": SITE, "address": "长乐路 1 号\n2 楼", "time_zone": "Asia/Shanghai"}],
    "customer": [{"id": CUSTOMER, "name": "华东医院"}],
    "contact": [{"id": CONTACT, "name": "王芳", "customer_id": CUSTOMER}],
    "asset": [{"id": ASSET, "product_id": PRODUCT, "serial": "S-1", "arrival_date": "2024-09-02", "site_id": SITE}],
    "product": [{"id": PRODUCT, "name": "CH-200"}],
    "part": [
        {"id": FAN, "number": "F-1", "name": "Fan 👍", "unit": "piece", "unit_price": 45_000, "currency": "CNY"},
        {"id": OIL, "number": "O-5", "name": "Oil", "unit": "kg", "unit_price": 45_001, "currency": "CNY"},
        {"id": CABLE, "number": "C-9", "name": "Cable", "unit": "m", "unit_price": 379, "currency": "USD"},
    ],
}  # fmt: skip
"""What every case holds, unless it says otherwise."""
LANDED = {"visit_id": VISIT, "unit": "piece", "charged": True}
CHECKLIST = [
    {"id": _id("c2"), "visit_id": VISIT, "position": 2, "label": "Isolated", "answer": {"value": "yes", "others": []}},
    {"id": _id("c1"), "visit_id": VISIT, "position": 2, "label": "Readings", "answer": None},
    {"id": _id("c3"), "visit_id": VISIT, "position": 1, "label": "Earthed", "answer": {"value": "no", "others": []}},
    {"id": _id("c4"), "visit_id": OTHER_VISIT, "position": 0, "label": "Another visit's", "answer": None},
]
SAID: Json = {
    "technician": {"id": WHO, "name": "李伟"}, "work": "Replaced the fan\n更换风机", "fault": None, "locale": "en",
    "report_id": REPORT, "at": AT + 9,
}  # fmt: skip
SIGNER = {"name": "王芳", "role": "设备主管", "contact": "+86 21 1"}
PAD: Json = {
    "lines": [[[10, 20.5, 0, 500], [30.25, 60, 16, 512.5]], [[1e-7, 0.1, 33], [90, 90, 40]]],
    "width": 200,
    "height": 100,
}
SIGNED: Json = {"outcome": "signed", "signer": SIGNER, "pad": PAD}


def _tap(kind: str, minute: int, body: Json, subject: str = VISIT) -> Json:
    return {"kind": kind, "subject": subject, "body": body, "at": AT + minute * 60_000_000}


def _part(minute: int, part_id: str, quantity: int, line: str | None = None, **more: Any) -> Json:
    body = {"part_used_id": line or _id(f"70{minute}"), "part_id": part_id, "quantity": quantity, **more}
    return _tap("part_used", minute, body)


def _landed(last: str, part_id: str, quantity: int, price: int, **more: Any) -> Json:
    priced = {"unit_price": price, "currency": "CNY", "quantity_milli": quantity * 1000}
    return {**LANDED, "id": _id(last), "part_id": part_id, "quantity": quantity, **priced, **more}


def _agreed(end: str, code: str, **changed: Any) -> Json:
    texts = {"en": f"I agree to {code}.", "zh-CN": f"同意{code}。"}
    return {"id": _id(end), "code": code, "texts": texts, "retired_at": None, **changed}


def _photo(last: str, slot: str, sha256: str, state: str = "verified", **more: Any) -> Json:
    return {"id": _id(last), "visit_id": VISIT, "slot": slot, "sha256": sha256 * 64, "state": state, **more}


def _line(last: str, slot: str, sha256: str) -> Json:
    return {"photo_id": _id(last), "slot": slot, "sha256": sha256 * 64}


CASES: dict[str, Json] = {
    "nothing but work": {"said": SAID, "signing": SIGNED},
    "unsent taps lie over the rows": {
        "rows": {"visit": [{**ROWS["visit"][0], "arrived_at": None}], "checklist_item": CHECKLIST},
        "taps": [
            _tap("check_in", 1, {"check_in_id": _id("a1"), "fixes": [], "plan_version": 2}),
            _tap("start", 2, {}), _tap("start", 3, {}),
            _tap("check_in", 0, {"check_in_id": _id("a2"), "fixes": [], "plan_version": 2}, OTHER_VISIT),
            _tap("checklist_answer", 5, {"item_id": _id("c1"), "answer": "86"}),
            _tap("checklist_answer", 6, {"item_id": _id("c1"), "answer": "87"}),
            _tap("part_used", 4, {"part_used_id": _id("78"), "part_id": _id("b9"), "quantity": 1}, OTHER_VISIT),
            _tap("checklist_answer", 7, {"item_id": _id("c9"), "answer": "of a line that the phone does not hold"}),
        ],
        "said": {**SAID, "fault": {"symptom": "hot", "cause": None, "component": "Fan"}},
        "signing": SIGNED,
    },
    "a mate came first, and this technician's own arrival is not sent": {
        "taps": [_tap("check_in", 1, {"check_in_id": _id("a1"), "fixes": [], "plan_version": 2}), _tap("complete", 9, {"work_summary": "Fan"})],
        "said": SAID,
    },
    "several taps of one part line are one line": {
        "rows": {
            "part_used": [
                _landed("72", FAN, 2, 40_000),
                _landed("71", OIL, 3, 45_001, quantity_milli=2_500, unit="kg"),
                _landed("74", FAN, 1, 45_000),
                _landed("73", FAN, 1, 1, visit_id=OTHER_VISIT),
            ],
        },
        "taps": [
            _part(1, FAN, -1, _id("72")), _part(2, OIL, 1, _id("71"), quantity_milli=333), _part(3, FAN, 1, _id("75"), charged=False),
            _part(4, FAN, 2, _id("75")), _part(5, FAN, -1, _id("74")), _part(6, CABLE, 1, _id("70"), quantity_milli=1),
        ],
        "said": SAID,
        "signing": SIGNED,
    },
    "several currencies have no one total": {
        "taps": [_part(1, FAN, 1), _part(2, CABLE, 2, quantity_milli=1_500)], "said": SAID, "signing": SIGNED,
    },
    "one of several currencies comes to nothing": {
        "taps": [_part(1, FAN, 1), _part(2, FAN, -1), _part(3, CABLE, 2)], "said": SAID, "signing": SIGNED,
    },
    "charges, a discount and a warranty": {
        "taps": [_part(1, FAN, 1)],
        "said": {
            **SAID, "warranty": {"status": "out_of_warranty", "reason": "3 years"},
            "charges": [
                {"label": "Labour", "amount": 30_000, "currency": "CNY"}, {"label": "Discount", "amount": -5_000, "currency": "CNY"},
            ],
        },
        "signing": SIGNED,
    },
    "photos of this phone, then those of a mate, and none twice": {
        "rows": {
            "photo": [
                _photo("87", "after", "c", "promised"), _photo("86", "before", "e", "quarantined"), _photo("85", "after", "b"),
                _photo("84", "fault", "a"), _photo("83", "after", "f", "kept"), _photo("81", "before", "a", "promised"),
                _photo("80", "after", "9", visit_id=OTHER_VISIT), _photo("79", "after", "c"),
            ],
        },
        "photos": [_line("81", "before", "a"), _line("82", "after", "b")],
        "said": SAID,
        "signing": SIGNED,
    },
    "a crew, with a mate's photo and one that was taken back": {
        "rows": {
            "visit": [
                {
                    **ROWS["visit"][0], "crew": [
                        {"technician_id": WHO, "name": "李伟", "lead": True}, {"technician_id": MATE, "name": "Anna Schmidt", "lead": False},
                    ],
                    "state": "in_progress", "work_summary": "",
                    "crew_states": [
                        {"technician_id": WHO, "state": "on_site", "arrived_at": AT + 1},
                        {"technician_id": MATE, "state": "completed", "started_at": AT + 2, "finished_at": AT + 3},
                    ],
                },
            ],
            "photo": [
                {"id": _id("91"), "visit_id": VISIT, "slot": "before", "sha256": "e" * 64, "state": "verified", "promised_by": MATE},
                {"id": _id("92"), "visit_id": VISIT, "slot": "after", "sha256": "f" * 64, "state": "verified", "promised_by": WHO},
                {"id": _id("93"), "visit_id": VISIT, "slot": "other", "sha256": "a" * 64, "state": "promised", "promised_by": WHO},
            ],
            "checklist_item": [{**CHECKLIST[0], "kind": "yes_no"}],
        },
        "taps": [_tap("start", 5, {}), _tap("photo_withdrawn", 6, {"photo_id": _id("93"), "reason": "blurred"})],
        "said": {
            **SAID, "technician": {"id": WHO, "name": "李伟"},
            "expenses": [
                {"label": "Parking", "amount": 1_500, "currency": "CNY", "charged": True}, {"label": "Toll", "amount": 20, "currency": "EUR"},
            ],
        },
        "signing": SIGNED,
    },
    "no contact, no equipment, and a visit that is finished": {
        "rows": {
            "job": [{**ROWS["job"][0], "contact_id": None, "asset_id": None}],
            "visit": [{**ROWS["visit"][0], "started_at": AT + 1, "finished_at": AT + 2}],
        },
        "said": {**SAID, "locale": "de"},
        "signing": {"outcome": "customer_absent", "signer": None, "pad": None, "reason": "Niemand da"},
    },
    "an amendment, refused, under a consent of the company's own": {
        "said": {**SAID, "locale": "zh-CN", "amends": _id("e9"), "agreement": {"id": "own-1", "text": "同意。"}},
        "signing": {"outcome": "refused", "signer": None, "pad": None, "reason": "太贵"},
    },
    "the newest text of the company's own that is not retired": {
        "rows": {"consent_text": [_agreed("61", "own-1"), _agreed("63", "own-3", retired_at=AT), _agreed("62", "own-2")]},
        "said": SAID,
        "signing": SIGNED,
    },
    "the company's own text has none in this language": {
        "rows": {"consent_text": [_agreed("61", "own-1")]}, "said": {**SAID, "locale": "de"}, "signing": SIGNED,
    },
    "a report that says nothing": {"said": {**SAID, "work": " "}},
    "a language that has no consent": {"said": {**SAID, "locale": "fr"}},
    "a charge that is a fraction": {"said": {**SAID, "charges": [{"label": "x", "amount": 0.5, "currency": "CNY"}]}},
    "a visit that the phone does not hold": {"rows": {"visit": []}, "said": SAID},
    "a part that the phone does not hold": {"rows": {"part": []}, "taps": [_part(1, FAN, 1)], "said": SAID},
    "a signature without ink": {
        "said": SAID, "signing": {**SIGNED, "pad": {**PAD, "lines": [[[5, 5, 0, 500], [5, 5.1, 9, 500]]]}},
    },
    "a refusal without a reason": {"said": SAID, "signing": {"outcome": "refused", "signer": None, "pad": None, "reason": ""}},
}  # fmt: skip


def reports() -> Json:
    """Each case whole: what the phone holds, what is said, and the answer."""
    found = []
    for name, case in CASES.items():
        given = {
            "visit_id": VISIT, "who": WHO, "rows": {**ROWS, **case.get("rows", {})}, "taps": case.get("taps", []),
            "photos": case.get("photos", []), "said": case["said"], "signing": case.get("signing"),
        }  # fmt: skip
        found.append({"name": name, **given, "answer": answer(given)})
    return {"cases": found}


def answer(given: Json) -> Json:
    """The bodies that the reference makes of a case."""
    signing = given["signing"]
    try:
        report = report_of(
            given["rows"],
            given["visit_id"],
            given["said"],
            taps=given["taps"],
            who=given["who"],
            photos=given["photos"],
        )
        if signing is None:
            return {"report": report}
        pad = signing["pad"]
        strokes = strokes_text(pad["lines"], pad["width"], pad["height"]) if pad else None
        rest = {"signer": signing["signer"], "reason": signing.get("reason", "")}
        sign = sign_body(report, signing["outcome"], strokes=strokes, signature_id=SIGNATURE, **rest)
    except Unfit as misfit:
        return {"field": misfit.field, "sentence": str(misfit)}
    return {"report": report, "sign": sign, "strokes": strokes}
