"""Where several went, the page names each with their hours and arrival; what was spent is not mistaken for what is charged."""

from typing import Any

import pytest

from tests.records.print.test_page import SEALED, seen

AT = 1_773_450_000_000_000
MINUTE = 60_000_000
CREW = [
    {"id": "t1", "name": "Li Wei", "arrived_at": AT, "started_at": AT + 10 * MINUTE, "finished_at": AT + 145 * MINUTE},
    {"id": "t2", "name": "Anna Schmidt", "arrived_at": None, "started_at": AT, "finished_at": None},
]
PARKING = {"label": "Parking", "amount": 1_500, "currency": "CNY"}


def test_each_of_a_crew_has_a_line() -> None:
    arrivals = [{"technician_id": "t2", "verdict": "likely"}]
    lead, mate = seen("en", report={"crew": CREW}, arrivals=arrivals)["crew"]["rows"]
    assert (lead[0], lead[4], lead[5]) == ("Li Wei", "2.3", "–")
    assert (mate[0], mate[1], mate[4], mate[5]) == ("Anna Schmidt", "–", "–", "Likely")


@pytest.mark.parametrize(("locale", "hours"), [("en", "2.3"), ("de", "2,3"), ("zh-CN", "2.3")])
def test_hours_are_written_as_the_language_writes_numbers(locale: str, hours: str) -> None:
    assert seen(locale, report={"crew": CREW})["crew"]["rows"][0][4] == hours


def test_who_went_alone_is_the_technician() -> None:
    assert seen("en")["crew"]["rows"] == []


@pytest.mark.parametrize(("charged", "amount"), [(True, "¥15.00"), (False, "¥15.00 (not charged)")])
def test_an_expense_says_whether_it_is_charged(charged: bool, amount: str) -> None:
    view: dict[str, Any] = seen("en", report={"expenses": [PARKING | {"charged": charged}]})
    assert view["expenses"]["rows"] == [["Parking", amount]]


def test_a_record_of_one_does_not_know_arrivals() -> None:
    assert "arrivals" not in SEALED.facts
