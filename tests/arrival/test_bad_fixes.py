"""One bad fix is set aside with its reason; the arrival counts, and is judged by the rest."""

import itertools
from typing import Any

import pytest

from mobile_contract.chain import uuid7
from mobile_contract.phone import Phone
from server.arrival.datum import OutsideDatum, to_wgs84
from server.arrival.evidence import Fix, Place, Reason, Site, Thresholds
from server.arrival.place import find
from server.customers.rules import Datum
from server.identity.rules import Platform
from tests.arrival.desk import arrival, newest
from tests.company import Company
from tests.day import fix

BAD: list[tuple[Any, str]] = [
    ({"accuracy_mm": None}, "no_accuracy"),
    ({"accuracy_mm": "12"}, "no_accuracy"),
    ({"accuracy_mm": True}, "no_accuracy"),
    ({"accuracy_mm": 2**53 - 1}, ""),
    ({"mock": None}, "malformed"),
    ({"mock": "no"}, "malformed"),
    ({"provider": "fu\0sed"}, "malformed"),
    ({"provider": 5}, "malformed"),
    ({"lat_e7": None}, "no_position"),
    ({"lat_e7": 900_000_001}, "no_position"),
    ({"lon_e7": -1_800_000_001}, "no_position"),
    ({"lon_e7": 2**53 - 1}, "no_position"),
    ({"lat_e7": "NaN"}, "no_position"),
    ({"lat_e7": 900_000_000, "datum": "gcj02"}, "outside_datum"),
    ({"lat_e7": -900_000_000, "datum": "bd09"}, "outside_datum"),
    ({"platform": "harmony"}, "malformed"),
    ({"datum": "nad27"}, "malformed"),
    ({"age_ms": -(2**53) + 1}, "stale"),
    ({"age_ms": None}, "malformed"),
    ({"speed_mm_s": 2**53 - 1}, "impossible_speed"),
    ({"speed_mm_s": {"\0": ["\0"]}}, "malformed"),
    ({"provider": "x" * 5000}, "malformed"),
    ("{}", "no_position"),
    ("[]", "malformed"),
    ("null", "malformed"),
    ("text\0", "malformed"),
]


async def checked_in(phone: Phone, visit_id: str, fixes: Any, **more: Any) -> tuple[str, str | None]:
    """What became of a check-in with these fixes."""
    body = {"check_in_id": uuid7(), "fixes": fixes, "plan_version": 1, **more}
    tap = phone.tap("check_in", visit_id, body)
    await phone.sync()
    found = phone.state["outcomes"][tap]
    return found["outcome"], found.get("sentence")


def bad(phone: Phone, visit_id: str, what: Any) -> Any:
    literal = {"{}": {}, "[]": [], "null": None}
    return fix(phone, visit_id, **what) if isinstance(what, dict) else literal.get(what, what)


async def test_each_bad_fix_is_set_aside_and_the_good_one_beside_it_decides(company: Company, wei: Phone) -> None:
    for what, reason in BAD:
        visit_id = await company.visit("wei")
        await wei.sync()
        sent = [bad(wei, visit_id, what), fix(wei, visit_id)]
        assert await checked_in(wei, visit_id, sent) == ("applied", None), what
        verdict = await newest(company, visit_id)
        assert verdict["place"] == "inside", what
        aside = verdict["inputs"]["finding"]["aside"]
        assert aside == ([{"number": 0, "reason": reason}] if reason else []), what
        assert bool(reason) == any("set aside" in words for words in [verdict["words"]["en"]]), what


async def test_where_no_fix_is_left_the_place_is_open_and_says_why(company: Company, wei: Phone) -> None:
    for what, reason in BAD:
        if reason:
            visit_id = await company.visit("wei")
            await wei.sync()
            assert (await checked_in(wei, visit_id, [bad(wei, visit_id, what)]))[0] == "applied", what
            verdict = await newest(company, visit_id)
            assert (verdict["place"], verdict["reasons"][0]) == ("inconclusive", reason), what


@pytest.mark.parametrize("fixes", [[], None, {}, "fused", 7])
async def test_a_check_in_whose_fixes_are_no_list_still_moves_the_visit(
    company: Company, wei: Phone, fixes: Any
) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    assert (await checked_in(wei, visit_id, fixes))[0] == "applied"
    assert (await newest(company, visit_id))["place"] == "inconclusive"
    assert (await company.must("mei", "GET", f"/v1/visits/{visit_id}"))["state"] == "on_site"


async def test_of_more_than_twenty_fixes_the_first_are_weighed(company: Company, wei: Phone) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    assert (await checked_in(wei, visit_id, [fix(wei, visit_id)] * 300))[0] == "applied"
    verdict = await newest(company, visit_id)
    assert (verdict["place"], verdict["inputs"]["finding"]["aside"]) == (
        "inside", [{"number": 20, "reason": "too_many"}],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"witness_code": 402731}, "402731"),
        ({"witness_code": 42731}, "042731"),
        ({"witness_code": "9" * 900}, "9" * 20),
        ({"witness_code": {"code": 1}}, "(not a text)"),
        ({"witness_code": True}, "(not a text)"),
        ({"witness_code": [None]}, "(not a text)"),
        ({"plan_version": None}, None),
        ({"plan_version": "1"}, None),
        ({"plan_version": -(2**53) + 1}, None),
    ],
)
async def test_whatever_else_is_wrong_with_it_somebody_has_said_that_they_are_here(
    company: Company, wei: Phone, more: dict[str, Any], code: str | None
) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    assert (await checked_in(wei, visit_id, [fix(wei, visit_id)], **more))[0] == "applied"
    (one,) = (await arrival(company, visit_id))["check_ins"]
    assert one["witness_code"] == code
    assert one["plan_version_held"] == (0 if "plan_version" in more else 1)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ({"code": 1}, "The typed code is not a text: it "), (True, "The typed code is not a text: it "),
        ([None], "The typed code is not a text: it "), ("12\n34", "The typed code '12 34' "),
        ("\u202e123456", "The typed code '[U+202E]123456' "), ("12\u206034", "The typed code '12[U+2060]34' "),
        ("it's", "The typed code 'it's' "),
    ],
)  # fmt: skip
async def test_what_was_typed_is_told_as_people_read_it(company: Company, wei: Phone, typed: Any, shown: str) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    await checked_in(wei, visit_id, [fix(wei, visit_id)], witness_code=typed)
    said = (await newest(company, visit_id))["words"]["en"]
    assert shown in (said if isinstance(said, str) else " ".join(said))


def test_at_the_poles_every_fix_under_every_datum_is_judged() -> None:
    poles = (900_000_000, -900_000_000, 899_999_000, 899_000_000, -899_900_000)
    for lat, lon, of_site, of_fix in itertools.product(poles, (0, 1_800_000_000, 1_160_000_000), Datum, Datum):
        site = Site(lat, lon, of_site, 150_000)
        found = find((Fix(lat, lon, 12_000, Platform.ANDROID, of_fix, 0),), site, 0, None, Thresholds())
        if of_site is of_fix is Datum.WGS84:
            assert found.place is Place.INSIDE
        for aside in found.aside:
            assert aside.reason is Reason.OUTSIDE_DATUM


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
@pytest.mark.parametrize("latitude", [90.0, -90.0, 89.9999])
def test_an_inverse_that_finds_nothing_says_so(datum: str, latitude: float) -> None:
    with pytest.raises(OutsideDatum):
        to_wgs84(latitude, 116.4, datum)
