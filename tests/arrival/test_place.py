"""Inside, outside or inconclusive: what fixes can show, and what they cannot."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.arrival.datum import gcj02_to_bd09, wgs84_to_gcj02
from server.arrival.evidence import Fix, Flag, Place, PreviousCheckIn, Reason, Site, Thresholds
from server.arrival.place import Finding, find
from server.customers.rules import Datum
from server.identity.rules import Platform
from tests.arrival.cast import LATITUDE, LONGITUDE, MINUTE, NINE, SITE, fix
from tests.sizes import size


def where(*fixes: Fix, site: Site = SITE, previous: PreviousCheckIn | None = None) -> Finding:
    return find(fixes, site, NINE, previous, Thresholds())


def test_a_good_fix_at_the_door_is_inside() -> None:
    found = where(fix(20, 30))
    assert (found.place, found.reasons, found.flags) == (Place.INSIDE, (), ())
    assert found.distance_mm == pytest.approx(36_056, abs=150)
    assert found.probability_ppm is not None
    assert found.probability_ppm > 999_000


def test_a_good_fix_a_kilometre_away_is_outside() -> None:
    found = where(fix(1000))
    assert (found.place, found.reasons) == (Place.OUTSIDE, ())
    assert found.error_ppm is not None
    assert found.error_ppm <= 1


def test_a_fix_on_the_edge_is_inconclusive() -> None:
    assert where(fix(150)).place is Place.INCONCLUSIVE
    assert where(fix(150)).reasons == (Reason.POSITION_UNCERTAIN,)


def test_an_imprecise_fix_is_inconclusive_even_though_its_probability_is_low() -> None:
    found = where(fix(300, accuracy_m=2000))
    assert found.place is Place.INCONCLUSIVE
    assert found.probability_ppm is not None
    assert found.probability_ppm < 10_000


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (fix(mock=True), Reason.MOCKED),
        (fix(age_s=121), Reason.STALE),
        (fix(age_s=-121), Reason.STALE),
        (fix(accuracy_m=0), Reason.NO_ACCURACY),
        (fix(accuracy_m=-1), Reason.NO_ACCURACY),
        (fix(accuracy_m=0.4), Reason.IMPROBABLE_ACCURACY),
        (fix(speed_m_s=141), Reason.IMPOSSIBLE_SPEED),
        (fix(at=(0.0, 0.0)), Reason.NO_POSITION),
    ],
)
def test_a_bad_fix_alone_is_inconclusive_with_its_reason(bad: Fix, reason: Reason) -> None:
    found = where(bad)
    assert (found.place, found.reasons, found.probability_ppm) == (Place.INCONCLUSIVE, (reason,), None)


def test_a_phone_without_any_fix_is_inconclusive() -> None:
    assert (where().place, where().reasons) == (Place.INCONCLUSIVE, (Reason.NO_FIX,))


def test_a_bad_fix_beside_a_good_one_is_set_aside_and_flagged() -> None:
    found = where(fix(5000, age_s=3600), fix(10))
    assert (found.place, found.flags, found.fix_number) == (Place.INSIDE, (Flag.FIXES_SET_ASIDE,), 1)
    assert [(item.number, item.reason) for item in found.aside] == [(0, Reason.STALE)]


def test_one_mocked_fix_spoils_the_set() -> None:
    found = where(fix(10), fix(10, mock=True), fix(10))
    assert (found.place, found.reasons, found.flags) == (Place.INCONCLUSIVE, (Reason.MOCKED,), (Flag.MOCKED,))


FIXES = st.builds(
    fix,
    st.floats(-3000, 3000),
    st.floats(-3000, 3000),
    accuracy_m=st.floats(-1, 500),
    platform=st.sampled_from(Platform),
    age_s=st.floats(-10, 300),
    mock=st.booleans(),
    speed_m_s=st.none() | st.floats(0, 200),
)


@settings(max_examples=size(75, 300), deadline=None)
@given(st.lists(FIXES, min_size=1, max_size=20))
def test_mocked_or_stale_or_refused_fixes_are_never_inside_and_never_outside(fixes: list[Fix]) -> None:
    found = where(*fixes)
    if any(one.mock for one in fixes) or len(found.aside) == len(fixes):
        assert found.place is Place.INCONCLUSIVE
        assert found.reasons
    if found.place is Place.INCONCLUSIVE:
        assert found.reasons
    else:
        assert found.fix_number is not None
        assert not fixes[found.fix_number].mock
        assert abs(fixes[found.fix_number].age_ms) <= Thresholds().max_age_ms


def test_two_exact_fixes_a_kilometre_apart_contradict_each_other() -> None:
    found = where(fix(0, accuracy_m=5), fix(1000, accuracy_m=6))
    assert found.place is Place.INCONCLUSIVE
    assert Reason.CONTRADICTORY_FIXES in found.reasons


def test_a_coarse_fix_between_two_exact_ones_does_not_hide_the_jump() -> None:
    found = where(fix(0, accuracy_m=5), fix(500, accuracy_m=3000), fix(1000, accuracy_m=6))
    assert Reason.CONTRADICTORY_FIXES in found.reasons


def test_every_pair_of_fixes_is_compared() -> None:
    """Each neighbour in exactness fits the next; only the first and the last do not."""
    found = where(fix(0, accuracy_m=5), fix(900, accuracy_m=450), fix(1800, accuracy_m=460))
    assert Reason.CONTRADICTORY_FIXES in found.reasons
    assert Reason.CONTRADICTORY_FIXES not in where(fix(0, accuracy_m=5), fix(900, accuracy_m=450)).reasons


@pytest.mark.parametrize("latitude", [89.9999, -89.9999])
@pytest.mark.parametrize("radius_m", [150, 10])
def test_two_fixes_22_m_apart_on_both_sides_of_a_pole_fit_together(latitude: float, radius_m: int) -> None:
    pole = Site(round(latitude * 1e7), 0, Datum.WGS84, radius_m * 1000, "Antarctica/South_Pole")
    here, beyond = fix(at=(latitude, 0.0), accuracy_m=5), fix(at=(latitude, 180.0), accuracy_m=5)
    found = where(here, beyond, site=pole)
    assert Reason.CONTRADICTORY_FIXES not in found.reasons
    assert Reason.CONTRADICTORY_FIXES in where(here, fix(at=(latitude, 180.0), accuracy_m=1), site=pole).reasons


def test_two_fixes_on_both_sides_of_the_date_line_fit_together() -> None:
    taveuni = Site(-168_000_000, 1_800_000_000, Datum.WGS84, 150_000, "Pacific/Fiji")
    assert where(fix(at=(-16.8, 179.9999)), fix(at=(-16.8, -179.9999)), site=taveuni).place is Place.INSIDE


@pytest.mark.parametrize("latitude", [90.0, 89.99, -90.0])
@pytest.mark.parametrize("longitude", [-180.0, 0.0, 121.0, 180.0])
def test_a_fix_outside_is_judged_at_a_pole_too(latitude: float, longitude: float) -> None:
    pole = Site(round(latitude * 1e7), round(longitude * 1e7), Datum.WGS84, 10_000, "Antarctica/South_Pole")
    outside = fix(at=(latitude - 0.01 if latitude > 0 else latitude + 0.01, longitude), accuracy_m=5)
    assert where(outside, site=pole).place is Place.OUTSIDE


def test_a_good_fix_counts_wherever_it_stands_among_coarse_ones() -> None:
    found = where(*[fix(800, accuracy_m=1000)] * 7, fix(10))
    assert (found.place, found.fix_number) == (Place.INSIDE, 7)


def test_a_fix_from_the_drive_up_does_not_contradict() -> None:
    assert where(fix(0, accuracy_m=5), fix(1000, accuracy_m=6, age_s=60, speed_m_s=20)).place is Place.INSIDE


def test_a_coarse_fix_does_not_outweigh_a_good_one() -> None:
    assert where(fix(800, accuracy_m=1000), fix(10)).place is Place.INSIDE


def test_many_fixes_do_not_claim_more_than_the_best() -> None:
    one = where(fix(120, accuracy_m=40))
    assert where(*[fix(120, accuracy_m=40)] * 20).probability_ppm == pytest.approx(one.probability_ppm, abs=2)


def test_an_older_fix_counts_as_a_wider_one() -> None:
    fresh, old, driving = where(fix(100)), where(fix(100, age_s=90)), where(fix(100, age_s=30, speed_m_s=15))
    assert fresh.sigma_mm is not None
    assert old.sigma_mm is not None
    assert driving.sigma_mm is not None
    assert fresh.sigma_mm < old.sigma_mm < driving.sigma_mm
    assert driving.place is Place.INCONCLUSIVE


def previous(kilometres: float, minutes: float) -> PreviousCheckIn:
    earlier = fix(kilometres * 1000)
    return PreviousCheckIn(earlier.lat_e7, earlier.lon_e7, 10_000, NINE - round(minutes * MINUTE), NINE - MINUTE)


def test_a_journey_that_nobody_can_make_is_inconclusive() -> None:
    found = where(fix(), previous=previous(100, 10))
    assert (found.place, found.reasons) == (Place.INCONCLUSIVE, (Reason.IMPOSSIBLE_TRAVEL,))
    assert found.flags == (Flag.IMPOSSIBLE_TRAVEL,)


@pytest.mark.parametrize(("kilometres", "minutes"), [(80, 10), (1100, 180), (0, 0), (0.05, 0)])
def test_a_journey_that_somebody_can_make_is_no_objection(kilometres: float, minutes: float) -> None:
    assert where(fix(), previous=previous(kilometres, minutes)).place is Place.INSIDE


def e7(at: tuple[float, float]) -> tuple[int, int]:
    return round(at[0] * 1e7), round(at[1] * 1e7)


MARS = wgs84_to_gcj02(LATITUDE, LONGITUDE)
BAIDU = gcj02_to_bd09(*MARS)


@pytest.mark.parametrize(("at", "datum"), [(MARS, Datum.GCJ02), (BAIDU, Datum.BD09)])
def test_site_and_fix_may_be_stated_under_different_datums(at: tuple[float, float], datum: Datum) -> None:
    assert where(fix(10, at=at, datum=datum)).place is Place.INSIDE
    shifted = Site(*e7(at), datum, 150_000, "Asia/Shanghai")
    assert where(fix(10), site=shifted).place is Place.INSIDE


@pytest.mark.parametrize("at", [MARS, BAIDU])
def test_a_fix_that_is_inside_only_under_another_datum_is_flagged_and_counts_against_nobody(
    at: tuple[float, float],
) -> None:
    for found in (where(fix(at=at)), where(fix(), site=Site(*e7(at), Datum.WGS84, 150_000))):
        assert found.place is Place.INCONCLUSIVE
        assert Reason.DATUM_MISMATCH in found.reasons
        assert Flag.DATUM_MISMATCH in found.flags


@pytest.mark.parametrize("platform", list(Platform))
def test_who_is_inside_is_called_outside_less_often_than_the_office_allows(platform: Platform) -> None:
    """Phones at the very edge of the fence, with errors as large as they say: one in a hundred at most is accused."""
    dice = random.Random(7)
    accuracy = 40.0
    sigma = accuracy / {Platform.ANDROID: 1.510, Platform.IOS: 1.414, Platform.WEB: 2.448}[platform]
    draws = [
        fix(150 + dice.gauss(0, sigma), dice.gauss(0, sigma), accuracy_m=accuracy, platform=platform, age_s=0)
        for _ in range(1500)
    ]
    outside = sum(where(one).place is Place.OUTSIDE for one in draws)
    assert outside / len(draws) <= 0.01


def test_what_is_called_inside_is_inside_at_least_as_often_as_claimed() -> None:
    """True positions spread evenly: of those called inside, at least 90 % were."""
    dice = random.Random(11)
    called = right = 0
    for _ in range(2500):
        north, east = dice.uniform(-350, 350), dice.uniform(-350, 350)
        seen = fix(north + dice.gauss(0, 30), east + dice.gauss(0, 30), accuracy_m=30 * 1.510, age_s=0)
        if where(seen).place is Place.INSIDE:
            called += 1
            right += north**2 + east**2 <= 150**2
    assert called > 100
    assert right / called >= 0.9
