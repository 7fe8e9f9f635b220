"""The reports of the vectors, looked at a second time: hashes, sums and what lies over what, by code of its own."""

import hashlib
import json
from fractions import Fraction
from math import floor
from typing import Any

import pytest

from server.contract.vectors.reports import answer
from server.contract.written import FOLDER

Json = dict[str, Any]
CASES: list[Json] = json.loads((FOLDER / "vectors" / "reports.json").read_text())["cases"]
MADE = [pytest.param(one, id=one["name"]) for one in CASES if "report" in one["answer"]]


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize("case", [pytest.param(one, id=one["name"]) for one in CASES])
def test_the_reference_phone_answers_so(case: Json) -> None:
    assert answer(case, case) == case["answer"]


@pytest.mark.parametrize("case", MADE)
def test_a_report_is_canonical_and_its_lines_come_to_its_totals(case: Json) -> None:
    text = case["answer"]["report"]["canonical"]
    report = json.loads(text)
    assert text == json.dumps(report, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    sums: dict[str, int] = {}
    for part in report["parts"]:
        exact = Fraction(part.get("quantity_milli", part["quantity"] * 1000), 1000) * part["unit_price"]
        rounded = floor(abs(exact) + Fraction(1, 2)) * (1 if exact >= 0 else -1)
        assert part["amount"] == rounded
        if part["charged"]:
            sums[part["currency"]] = sums.get(part["currency"], 0) + rounded
    for charge in report["charges"]:
        sums[charge["currency"]] = sums.get(charge["currency"], 0) + charge["amount"]
    assert {each["currency"]: each["amount"] for each in report["totals"]} == {c: a for c, a in sums.items() if a}
    assert (report["total"] is None) is (len(sums) > 1)


@pytest.mark.parametrize("case", MADE)
def test_a_signature_is_bound_to_what_was_shown(case: Json) -> None:
    if "sign" not in case["answer"]:
        pytest.skip("nobody signed")
    made, sign, strokes = (case["answer"][name] for name in ("report", "sign", "strokes"))
    shown = json.loads(made["canonical"])["consent"]
    assert sign["shown_sha256"] == sha256(made["canonical"])
    assert sign["strokes_sha256"] == (sha256(strokes) if strokes else None)
    assert (sign["consent"]["id"], sign["consent"]["sha256"]) == (shown["id"], sha256(shown["text"]))


def test_unsent_taps_lie_over_the_rows() -> None:
    case = next(one for one in CASES if one["name"] == "unsent taps lie over the rows")
    report = json.loads(case["answer"]["report"]["canonical"])
    walls = {one["id"]: one["clock"]["wall"] for one in case["outbox"]}
    assert report["arrived_at"] == walls[case["outbox"][0]["id"]], "of this visit, not of the other"
    assert report["started_at"] == walls[case["outbox"][2]["id"]], "the last of two"
    assert report["checklist"] == [
        {"label": "Earthed", "answer": "no"},
        {"label": "Readings", "answer": "87"},
        {"label": "Isolated", "answer": "yes"},
    ]
