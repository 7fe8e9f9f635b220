"""The verdict on place and time together, what it says in words, and what it never does."""

from itertools import product
from typing import Any

import msgspec
import pytest

from server.arrival.bounded_time import Basis, Interval, TimeFault
from server.arrival.evidence import (
    Fix,
    Fixes,
    Flag,
    Place,
    PreviousCheckIn,
    Reason,
    Thresholds,
    TimeVerdict,
    Verdict,
    WindowVersion,
)
from server.arrival.verdict import TABLE, Judgement, judge, time_against
from tests.arrival.cast import MINUTE, NINE, SITE, TEN, WINDOW, between, fix

INSIDE, EDGE, OUTSIDE = fix(10), fix(150), fix(1000)


def judged(one: Fix, interval: Interval = TEN, wall: int | None = None, **other: Any) -> Judgement:
    wall = interval.earliest if wall is None else wall
    return judge((one,), interval, wall, SITE, other.pop("held", WINDOW), other.pop("latest", WINDOW), **other)


def test_the_table_is_complete_and_its_corners_are_right() -> None:
    assert set(TABLE) == set(product(Place, TimeVerdict))
    assert [key for key, verdict in TABLE.items() if verdict is Verdict.PROVEN] == [(Place.INSIDE, TimeVerdict.ON_TIME)]
    for time in TimeVerdict:
        assert TABLE[Place.OUTSIDE, time] is Verdict.CONTRADICTED


@pytest.mark.parametrize(
    ("one", "interval", "verdict"),
    [
        (INSIDE, TEN, Verdict.PROVEN),
        (INSIDE, between(30, 300), Verdict.LIKELY),
        (INSIDE, between(130, 140), Verdict.CONTRADICTED),
        (INSIDE, between(-20, -10), Verdict.CONTRADICTED),
        (fix(140), TEN, Verdict.LIKELY),
        (fix(160), TEN, Verdict.POSSIBLE),
        (fix(mock=True), TEN, Verdict.POSSIBLE),
        (EDGE, between(30, 300), Verdict.POSSIBLE),
        (fix(mock=True), between(130, 140), Verdict.CONTRADICTED),
        (OUTSIDE, TEN, Verdict.CONTRADICTED),
        (OUTSIDE, between(30, 300), Verdict.CONTRADICTED),
    ],
)
def test_place_and_time_together(one: Fix, interval: Interval, verdict: Verdict) -> None:
    assert judged(one, interval).verdict is verdict


@pytest.mark.parametrize(
    ("start", "end", "time"),
    [
        (0, 120, TimeVerdict.ON_TIME),
        (-0.001, 60, TimeVerdict.INCONCLUSIVE),
        (60, 120.001, TimeVerdict.INCONCLUSIVE),
        (-30, -0.001, TimeVerdict.EARLY),
        (-30, 0, TimeVerdict.INCONCLUSIVE),
        (120.001, 130, TimeVerdict.LATE),
        (120, 130, TimeVerdict.INCONCLUSIVE),
        (-60, 300, TimeVerdict.INCONCLUSIVE),
    ],
)
def test_time_is_said_only_when_all_of_the_interval_agrees(start: float, end: float, time: TimeVerdict) -> None:
    assert time_against(between(start, end), WINDOW) is time


def test_an_open_time_is_likely_only_if_the_wall_clock_shows_a_time_in_the_window() -> None:
    wide = between(30, 300)
    assert judged(INSIDE, wide, NINE + 60 * MINUTE).verdict is Verdict.LIKELY
    outside = judged(INSIDE, wide, NINE + 200 * MINUTE)
    assert (outside.verdict, outside.reasons) == (
        Verdict.POSSIBLE,
        (Reason.TIME_UNCERTAIN, Reason.WALL_CLOCK_UNHELPFUL),
    )


def test_a_wall_clock_outside_the_interval_does_not_help_even_if_its_middle_is_in_the_window() -> None:
    wound_back = judged(INSIDE, between(10, 140), NINE - 60 * MINUTE)
    assert WINDOW.start <= wound_back.point <= WINDOW.end
    assert wound_back.verdict is Verdict.POSSIBLE
    assert Flag.CLOCK_DISAGREES in wound_back.flags


def test_an_impossible_journey_is_only_possible_however_good_its_last_fix() -> None:
    elsewhere = fix(200_000)
    before = PreviousCheckIn(elsewhere.lat_e7, elsewhere.lon_e7, 10_000, TEN.earliest - MINUTE, TEN.earliest)
    found = judged(INSIDE, previous=before)
    assert found.probability_ppm is not None
    assert found.probability_ppm > 990_000
    assert (found.place, found.verdict) == (Place.INCONCLUSIVE, Verdict.POSSIBLE)
    assert Flag.IMPOSSIBLE_TRAVEL in found.flags


def test_winding_the_wall_clock_back_does_not_make_a_late_arrival_punctual() -> None:
    late = judged(INSIDE, between(130, 131), NINE + 60 * MINUTE)
    assert (late.verdict, late.time) == (Verdict.CONTRADICTED, TimeVerdict.LATE)
    assert late.flags == (Flag.CLOCK_DISAGREES,)


def test_winding_the_wall_clock_does_not_lower_what_is_proven_without_it() -> None:
    assert judged(INSIDE, TEN, NINE - 600 * MINUTE).verdict is Verdict.PROVEN


@pytest.mark.parametrize("fault", [TimeFault.ORDER_DISAGREES, TimeFault.CO_WITNESS_DISAGREES])
def test_time_evidence_in_conflict_decides_nothing_either_way(fault: TimeFault) -> None:
    for start, end in ((60, 61), (130, 131)):
        interval = msgspec.structs.replace(between(start, end), faults=(fault,))
        found = judged(INSIDE, interval)
        assert found.time is TimeVerdict.INCONCLUSIVE
        assert found.verdict in (Verdict.LIKELY, Verdict.POSSIBLE)
        assert Reason.TIME_EVIDENCE_CONFLICTS in found.reasons
        assert Flag.TIME_EVIDENCE_CONFLICTS in found.flags


def test_the_window_that_the_phone_had_counts_and_the_later_one_is_shown_beside_it() -> None:
    later = WindowVersion(NINE + 300 * MINUTE, NINE + 400 * MINUTE, 4)
    found = judged(INSIDE, latest=later)
    assert (found.verdict, found.time, found.time_by_latest) == (
        Verdict.PROVEN,
        TimeVerdict.ON_TIME,
        TimeVerdict.EARLY,
    )
    assert found.flags == (Flag.NEWER_WINDOW_NOT_HELD,)
    assert any("version 4" in sentence for sentence in found.words["en"])
    assert any("第 4 版" in sentence for sentence in found.words["zh"])


def test_a_phone_without_a_window_is_neither_punctual_nor_late() -> None:
    found = judged(INSIDE, held=None, latest=None)
    assert (found.verdict, found.time) == (Verdict.POSSIBLE, TimeVerdict.INCONCLUSIVE)
    assert Reason.NO_WINDOW in found.reasons


def test_a_corrected_site_makes_another_judgement_of_the_same_evidence() -> None:
    moved = msgspec.structs.replace(SITE, lat_e7=SITE.lat_e7 + 90_000)
    evidence = ((fix(1000),), TEN, TEN.earliest)
    assert judge(*evidence, SITE, WINDOW, WINDOW).verdict is Verdict.CONTRADICTED
    assert judge(*evidence, moved, WINDOW, WINDOW).verdict is Verdict.PROVEN


def test_the_arithmetic_is_read_out_in_both_languages() -> None:
    words = judged(fix(20, 30)).words
    assert len(words["en"]) == len(words["zh"])
    english, chinese = " ".join(words["en"]), "".join(words["zh"])
    for said in (
        "36 m",
        "150 m",
        "more than 99.9 %",
        "90 %",
        "2026-03-02 10:00:00",
        "2026-03-02 10:00:02",
        "version 3",
    ):
        assert said in english
    for said in ("36 米", "150 米", "超过 99.9%", "90%", "2026-03-02 10:00:00", "2026-03-02 10:00:02", "第 3 版"):
        assert said in chinese
    assert words["en"][-1].startswith("Together proven")
    assert words["zh"][-1].startswith("综合结论为已证实")
    assert not any(letter in chinese for letter in ("the", "less", "more"))


@pytest.mark.parametrize("one", [INSIDE, EDGE, OUTSIDE, fix(mock=True)])
def test_a_judgement_is_integers_and_text_and_survives_json(one: Fix) -> None:
    before = PreviousCheckIn(one.lat_e7, one.lon_e7, 10_000, NINE - MINUTE, NINE)
    found = judged(one, previous=before)
    assert msgspec.json.decode(msgspec.json.encode(found), type=Judgement) == found
    assert not list(floats(msgspec.to_builtins(found)))


def floats(value: Any) -> list[float]:
    if isinstance(value, float):
        return [value]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return [found for part in parts for found in floats(part)]


def test_the_wire_shape_of_fixes() -> None:
    wire = [msgspec.to_builtins(INSIDE)]
    assert msgspec.convert(wire, Fixes) == (INSIDE,)
    assert msgspec.convert([], Fixes) == ()
    for wrong in (wire * 21, [{**wire[0], "lat_e7": 900_000_001}], [{**wire[0], "platform": "palm"}]):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(wrong, Fixes)


def test_office_settings_are_checked() -> None:
    assert msgspec.convert({"inside_ppm": 950_000}, Thresholds).inside_ppm == 950_000
    for wrong in ({"inside_ppm": 400_000}, {"outside_ppm": 600_000}, {"max_age": 5}):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(wrong, Thresholds)


def test_a_stricter_office_asks_for_more() -> None:
    assert judged(fix(120)).place is Place.INSIDE
    assert judged(fix(120), thresholds=Thresholds(inside_ppm=999_999)).place is Place.INCONCLUSIVE


def test_a_window_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="ends before"):
        WindowVersion(NINE, NINE - 1, 1)


def test_words_name_what_holds_each_end_of_the_interval() -> None:
    held_by = Interval(NINE, NINE + MINUTE, Basis.CO_WITNESS, Basis.RECEIPT)
    sentence = next(text for text in judged(INSIDE, held_by).words["en"] if text.startswith("Time"))
    assert "the code read at the site" in sentence
    assert "receipt by the server" in sentence
