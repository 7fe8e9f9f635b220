"""Reports that a phone builds from the rows it holds, its unsent work and what the technician says, and what is signed under them.

Each case is the phone's state and what is said; the answer is the bodies of `report` and `sign`, byte for byte, or the field and the
sentence where nothing can be made of it.
"""

import json
from typing import Any

import httpx

from mobile_contract.phone import Phone
from mobile_contract.report import make_report, sign_body, strokes_text
from mobile_contract.shapes.fit import Unfit

Json = dict[str, Any]
AT = 1_772_413_200_000_000


def _id(last: str) -> str:
    return f"0192f6a0-0000-7000-8000-{last:0>12}"


VISIT, JOB, SITE, CUSTOMER, CONTACT, ASSET, PRODUCT = (_id(f"f{number}") for number in range(1, 8))
FAN, OIL, CABLE = (_id(f"b{number}") for number in range(1, 4))
REPORT, SIGNATURE = _id("e1"), _id("e2")
ROWS: dict[str, list[Json]] = {
    "visit": [
        {
            "id": VISIT, "job_id": JOB, "plan_version": 2, "window_start": AT, "window_end": AT + 7_200_000_000,
            "arrived_at": AT - 5, "started_at": None, "finished_at": None,
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
LANDED = {"visit_id": VISIT, "unit": "piece", "quantity_milli": None, "charged": True}
CHECKLIST = [
    {"id": _id("c2"), "visit_id": VISIT, "position": 2, "label": "Isolated", "answer": {"value": "yes", "others": []}},
    {"id": _id("c1"), "visit_id": VISIT, "position": 2, "label": "Readings", "answer": None},
    {"id": _id("c3"), "visit_id": VISIT, "position": 1, "label": "Earthed", "answer": {"value": "no", "others": []}},
    {"id": _id("c4"), "visit_id": _id("f9"), "position": 0, "label": "Another visit's", "answer": None},
]
SAID: Json = {
    "technician": {"id": _id("d1"), "name": "李伟"}, "work": "Replaced the fan\n更换风机", "fault": None, "locale": "en",
    "report_id": REPORT, "at": AT + 9,
}  # fmt: skip
SIGNER = {"name": "王芳", "role": "设备主管", "contact": "+86 21 1"}
PAD: Json = {
    "lines": [[[10, 20.5, 0, 500], [30.25, 60, 16, 512.5]], [[1e-7, 0.1, 33], [90, 90, 40]]],
    "width": 200,
    "height": 100,
}
SIGNED: Json = {"outcome": "signed", "signer": SIGNER, "pad": PAD}


def _tap(kind: str, seq: int, body: Json, visit_id: str = VISIT) -> Json:
    clock = {"wall": AT + seq, "monotonic": seq, "boot_id": "b", "anchor": None}
    subject = {"type": "visit", "id": visit_id}
    return {"id": _id(f"a{seq}"), "seq": seq, "kind": kind, "subject": subject, "body": body, "clock": clock}


def _part(seq: int, part_id: str, quantity: int, **more: Any) -> Json:
    return _tap("part_used", seq, {"part_used_id": _id(f"70{seq}"), "part_id": part_id, "quantity": quantity, **more})


def _photo(last: str, slot: str, sha256: str, state: str = "waiting", **more: Any) -> Json:
    return {"id": _id(last), "visit_id": VISIT, "slot": slot, "sha256": sha256 * 64, "state": state, **more}


CASES: dict[str, Json] = {
    "nothing but work": {"said": SAID, "signing": SIGNED},
    "unsent taps lie over the rows": {
        "rows": {"checklist_item": CHECKLIST},
        "outbox": [
            _tap("check_in", 1, {}), _tap("start", 2, {}), _tap("start", 3, {}), _tap("check_in", 4, {}, visit_id=_id("f9")),
            _tap("checklist_answer", 5, {"item_id": _id("c1"), "answer": "86"}),
            _tap("checklist_answer", 6, {"item_id": _id("c1"), "answer": "87"}),
        ],
        "said": {**SAID, "fault": {"symptom": "hot", "cause": None, "component": "Fan"}},
        "signing": SIGNED,
    },
    "parts that have landed before those that are unsent": {
        "rows": {
            "part_used": [
                {**LANDED, "id": _id("72"), "part_id": FAN, "quantity": 2, "unit_price": 40_000, "currency": "CNY"},
                {**LANDED, "id": _id("71"), "part_id": OIL, "quantity": 3, "quantity_milli": 2_500, "unit": "kg",
                 "unit_price": 45_001, "currency": "CNY"},
                {**LANDED, "id": _id("73"), "part_id": FAN, "quantity": 1, "unit_price": 1, "currency": "CNY", "visit_id": _id("f9")},
            ],
        },
        "outbox": [_part(1, FAN, -1), _part(2, OIL, 1, quantity_milli=333), _part(3, FAN, 1, charged=False)],
        "said": SAID,
        "signing": SIGNED,
    },
    "several currencies have no one total": {
        "outbox": [_part(1, FAN, 1), _part(2, CABLE, 2, quantity_milli=1_500)], "said": SAID, "signing": SIGNED,
    },
    "one of several currencies comes to nothing": {
        "outbox": [_part(1, FAN, 1), _part(2, FAN, -1), _part(3, CABLE, 2)], "said": SAID, "signing": SIGNED,
    },
    "charges, a discount and a warranty": {
        "outbox": [_part(1, FAN, 1)],
        "said": {
            **SAID, "warranty": {"status": "out_of_warranty", "reason": "3 years"},
            "charges": [
                {"label": "Labour", "amount": 30_000, "currency": "CNY"}, {"label": "Discount", "amount": -5_000, "currency": "CNY"},
            ],
        },
        "signing": SIGNED,
    },
    "photos: once each, and none that was parked": {
        "photos": [
            _photo("81", "before", "a"), _photo("82", "before", "a"),
            _photo("83", "after", "b", "refused", finding="not_found: no", code="not_found"),
            _photo("84", "after", "c", operation_id=_id("a4")), _photo("85", "after", "d", "verified"), _photo("86", "after", "d"),
        ],
        "outcomes": {_id("a4"): "parked"},
        "said": SAID,
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
    "a report that says nothing": {"said": {**SAID, "work": " "}},
    "a language that has no consent": {"said": {**SAID, "locale": "fr"}},
    "a charge that is a fraction": {"said": {**SAID, "charges": [{"label": "x", "amount": 0.5, "currency": "CNY"}]}},
    "a visit that the phone does not hold": {"rows": {"visit": []}, "said": SAID},
    "a part that the phone does not hold": {"rows": {"part": []}, "outbox": [_part(1, FAN, 1)], "said": SAID},
    "a signature without ink": {
        "said": SAID, "signing": {**SIGNED, "pad": {**PAD, "lines": [[[5, 5, 0, 500], [5, 5.1, 9, 500]]]}},
    },
    "a refusal without a reason": {"said": SAID, "signing": {"outcome": "refused", "signer": None, "pad": None, "reason": ""}},
}  # fmt: skip


def reports() -> Json:
    """Each case whole: what the phone holds, what is said, and the answer."""
    found = []
    for name, case in CASES.items():
        state = {
            "rows": {**ROWS, **case.get("rows", {})}, "outbox": case.get("outbox", []), "photos": case.get("photos", []),
            "outcomes": case.get("outcomes", {}),
        }  # fmt: skip
        given = {"visit_id": VISIT, "said": case["said"], "signing": case.get("signing")}
        found.append({"name": name, **state, **given, "answer": answer(state, given)})
    return {"cases": found}


def answer(state: Json, given: Json) -> Json:
    """What the reference phone makes of a case."""
    signing = given["signing"]
    try:
        report = make_report(phone_with(state), given["visit_id"], **given["said"])
        if signing is None:
            return {"report": report}
        pad = signing["pad"]
        strokes = strokes_text(pad["lines"], pad["width"], pad["height"]) if pad else None
        rest = {"signer": signing["signer"], "reason": signing.get("reason", "")}
        sign = sign_body(report, signing["outcome"], strokes=strokes, signature_id=SIGNATURE, **rest)
    except Unfit as misfit:
        return {"field": misfit.field, "sentence": str(misfit)}
    return {"report": report, "sign": sign, "strokes": strokes}


def phone_with(state: Json) -> Phone:
    """The reference phone in such a state."""
    phone = Phone(httpx.AsyncClient())
    held = {
        f"{collection}/{row['id']}": {"rev": 1, "scope": "s", "hash": "", "body": row}
        for collection, rows in state["rows"].items()
        for row in rows
    }
    phone.commit(
        rows=held, outbox=[{"body": json.dumps(envelope)} for envelope in state["outbox"]],
        outcomes={operation: {"outcome": said} for operation, said in state["outcomes"].items()},
        photos={photo["id"]: {"finding": None, **photo} for photo in state["photos"]},
    )  # fmt: skip
    return phone
