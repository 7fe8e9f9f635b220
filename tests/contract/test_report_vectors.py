"""The reports of the vectors, looked at a second time: hashes, sums and what lies over what, by code of its own."""

import hashlib
import json
from fractions import Fraction
from math import floor
from typing import Any

import httpx
import pytest

from mobile_contract.phone import Phone
from mobile_contract.report import make_report
from mobile_contract.shapes.fit import Unfit
from server.contract.vectors.reports import answer
from server.contract.written import FOLDER

Json = dict[str, Any]
CASES: list[Json] = json.loads((FOLDER / "vectors" / "reports.json").read_text())["cases"]
MADE = [pytest.param(one, id=one["name"]) for one in CASES if "report" in one["answer"]]


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize("case", [pytest.param(one, id=one["name"]) for one in CASES])
def test_the_reference_answers_so(case: Json) -> None:
    before = json.dumps(case)
    assert answer(case) == case["answer"]
    assert json.dumps(case) == before, "what is held stays as it is"


@pytest.mark.parametrize("case", [pytest.param(one, id=one["name"]) for one in CASES])
def test_the_reference_phone_makes_the_same_of_what_it_holds(case: Json) -> None:
    said, answered = case["said"], case["answer"]
    try:
        made = {"report": make_report(phone_with(case), case["visit_id"], **said)}
    except Unfit as misfit:
        made = {"field": misfit.field, "sentence": str(misfit)}
    if "report" in answered or case["signing"] is None:
        assert made == {name: answered[name] for name in made}


def phone_with(case: Json) -> Phone:
    """The reference phone, holding what a case has."""
    phone = Phone(httpx.AsyncClient())
    held = {
        f"{collection}/{row['id']}": {"rev": 1, "scope": "s", "hash": "", "body": row}
        for collection, rows in case["rows"].items()
        for row in rows
    }
    unsent = [{**tap, "subject": {"id": tap["subject"]}, "clock": {"wall": tap["at"]}} for tap in case["taps"]]
    taken = {
        line["photo_id"]: {**line, "visit_id": case["visit_id"], "state": "waiting", "finding": None}
        for line in case["photos"]
    }
    outbox = [{"body": json.dumps(one)} for one in unsent]
    phone.commit(user_id=case["who"], rows=held, outbox=outbox, photos=taken)
    return phone


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
        if part["charged"] and rounded:
            sums[part["currency"]] = sums.get(part["currency"], 0) + rounded
    for charge in [*report["charges"], *(one for one in report.get("expenses", []) if one.get("charged"))]:
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


def said_in(name: str) -> Json:
    case = next(one for one in CASES if one["name"] == name)
    report: Json = json.loads(case["answer"]["report"]["canonical"])
    return report | {"case": case}


def test_unsent_taps_lie_over_the_rows() -> None:
    report = said_in("unsent taps lie over the rows")
    taps = report["case"]["taps"]
    assert report["arrived_at"] == taps[0]["at"], "of this visit, not of the other"
    assert report["started_at"] == taps[1]["at"], "it was started once"
    assert [(line["label"], line["answer"]) for line in report["checklist"]] == [
        ("Earthed", "no"), ("Readings", "87"), ("Isolated", "yes"),
    ]  # fmt: skip


def test_a_crew_is_named_with_its_hours_and_its_photos() -> None:
    report = said_in("a crew, with a mate's photo and one that was taken back")
    lead, mate = report["crew"]
    assert (lead["name"], mate["name"], mate["arrived_at"]) == ("李伟", "Anna Schmidt", None)
    assert lead["finished_at"] == report["case"]["said"]["at"], "who makes the report is there until now"
    assert [(one["slot"], one.get("by")) for one in report["photos"]] == [("before", "Anna Schmidt"), ("after", None)]


def test_a_mate_who_came_first_is_when_somebody_came() -> None:
    report = said_in("a mate came first, and this technician's own arrival is not sent")
    [visit], [arrival, end] = report["case"]["rows"]["visit"], report["case"]["taps"]
    assert visit["arrived_at"] < arrival["at"]
    assert (report["arrived_at"], report["finished_at"]) == (visit["arrived_at"], end["at"])


def test_several_taps_of_one_part_line_are_one_line() -> None:
    lines = said_in("several taps of one part line are one line")["parts"]
    found = [(line["number"], line.get("quantity_milli", line["quantity"] * 1000), line["charged"]) for line in lines]
    assert found == [
        ("C-9", 1, True), ("O-5", 2_833, True), ("F-1", 1_000, True), ("F-1", 0, True), ("F-1", 3_000, False),
    ]  # fmt: skip
    assert [line["unit_price"] for line in lines][2:4] == [40_000, 45_000], "what had landed keeps its price"


def test_photos_of_this_phone_come_first_and_none_twice() -> None:
    report = said_in("photos of this phone, then those of a mate, and none twice")
    held = {row["id"]: row for row in report["case"]["rows"]["photo"]}
    [mine, also_mine, *mates] = [line["photo_id"] for line in report["photos"]]
    assert [mine, also_mine] == [line["photo_id"] for line in report["case"]["photos"]]
    assert [held[one]["state"] for one in mates] == ["verified", "verified"]
    assert len({(line["slot"], line["sha256"]) for line in report["photos"]}) == 4
    of_the_visit = {
        row["sha256"]
        for row in held.values()
        if row["visit_id"] == report["case"]["visit_id"] and row["state"] in ("promised", "verified")
    }
    assert {line["sha256"] for line in report["photos"]} == of_the_visit
