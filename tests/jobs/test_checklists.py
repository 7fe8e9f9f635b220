"""Checklists in the reader's language: ours in all of them, the desk's own in those that it wrote."""

from typing import Any

import pytest

from mobile_contract.shapes.texts import text_for
from server.ground.words import Language
from server.jobs.checklists import CHECKLISTS, KNOWN
from tests.company import Company
from tests.phones import enrolled

OWN = {"label": "Gas pressure noted", "labels": {"de": "Gasdruck notiert"}}


async def lines(company: Company, visit_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await company.must("mei", "GET", f"/v1/visits/{visit_id}/checklist")
    return found


def test_each_of_our_lines_is_there_in_every_language_and_no_two_are_alike() -> None:
    for lines in CHECKLISTS.values():
        for line in lines:
            assert line.labels.keys() == set(Language)
            assert line.label == line.labels["en"]
            assert len(set(line.labels.values())) == len(Language)
            assert not line.labels["zh-CN"].isascii()
    assert len({line.labels["zh-CN"] for line in KNOWN.values()}) == len(KNOWN)


@pytest.mark.parametrize("locale", Language)
async def test_a_phone_shows_the_usual_checklist_in_its_language(company: Company, locale: str) -> None:
    wei = await enrolled(company, "wei")
    visit_id = await company.visit("wei")
    await wei.sync()
    held = [row for row in wei.rows("checklist_item") if row["visit_id"] == visit_id]
    shown = [text_for(row["labels"], row["label"], locale) for row in sorted(held, key=lambda row: row["position"])]
    assert shown == [(line.labels[locale], None) for line in CHECKLISTS["repair"]]


async def test_the_desks_own_lines_have_the_languages_that_it_wrote(company: Company) -> None:
    visit_id = await company.visit("wei", checklist=["Key returned", OWN, "Work area left clean"])
    found = [(one["label"], one["labels"]) for one in await lines(company, visit_id)]
    ours = KNOWN["Work area left clean"].labels
    assert found == [("Key returned", {}), (OWN["label"], OWN["labels"]), ("Work area left clean", ours)]


async def test_a_second_visit_has_the_texts_of_the_first(company: Company) -> None:
    visit_id = await company.visit(checklist=[OWN])
    job_id = (await company.must("mei", "GET", f"/v1/visits/{visit_id}"))["job_id"]
    again = await company.must("mei", "POST", f"/v1/jobs/{job_id}/visits", json={})
    assert [one["labels"] for one in await lines(company, again["id"])] == [OWN["labels"]]


async def test_a_line_is_reworded_and_comes_to_the_phone_with_its_answer(company: Company) -> None:
    wei = await enrolled(company, "wei")
    visit_id = await company.visit("wei", checklist=["Key returned"])
    await wei.sync()
    [line] = await lines(company, visit_id)
    wei.tap("checklist_answer", visit_id, {"item_id": line["id"], "answer": "yes"})
    await wei.sync()
    path = f"/v1/visits/{visit_id}/checklist/{line['id']}"
    changed = await company.must("mei", "PATCH", path, json={"labels": {"zh-CN": "钥匙已归还"}})
    assert changed == {**line, "labels": {"zh-CN": "钥匙已归还"}, "answer": "yes"}
    await wei.sync()
    held = wei.row("checklist_item", line["id"])["body"]
    assert (held["label"], held["labels"], held["answer"]["value"]) == ("Key returned", {"zh-CN": "钥匙已归还"}, "yes")


async def test_what_is_no_line_is_refused(company: Company) -> None:
    for wrong in (
        {"label": "x", "labels": {"fr": "x"}},
        {"label": " "},
        {"labels": {"en": "x"}},
        {"label": "x" * 301},
        7,
    ):
        body = {"site_id": company.ids["site"], "title": "E42", "checklist": [wrong]}
        answer = await company.call("mei", "POST", "/v1/jobs", json=body)
        assert answer.status_code in (400, 422), wrong
        assert answer.headers["content-type"] == "application/problem+json"
    visit_id, other = await company.visit(), await company.visit()
    [line, *_] = await lines(company, visit_id)
    answer = await company.call("mei", "PATCH", f"/v1/visits/{other}/checklist/{line['id']}", json={"label": "x"})
    assert answer.status_code == 404
