"""Local times around the moments at which clocks are moved, and at the ends of the calendar."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from server.ground.local_time import between, differ, local, offset, outward

BERLIN, LORD_HOWE, SHANGHAI = ZoneInfo("Europe/Berlin"), ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Asia/Shanghai")


def shown(zone: ZoneInfo, start: datetime, minutes: int) -> str:
    return between(local(start, zone), local(start + timedelta(minutes=minutes), zone), "%H:%M")


def test_a_period_over_a_change_of_clocks_says_both_offsets():
    autumn = datetime(2026, 10, 24, 23, tzinfo=UTC)
    assert shown(BERLIN, autumn, 240) == "2026-10-25 01:00 (UTC+2) – 04:00 (UTC+1)"
    spring = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
    assert shown(BERLIN, spring, 60) == "2026-03-29 01:30 (UTC+1) – 03:30 (UTC+2)"


def test_a_period_that_seems_to_end_before_it_begins_says_why():
    """Lord Howe puts its clocks back by half an hour."""
    assert (
        shown(LORD_HOWE, datetime(2026, 4, 4, 14, 45, tzinfo=UTC), 20)
        == "2026-04-05 01:45 (UTC+11) – 01:35 (UTC+10:30)"
    )


def test_a_period_over_midnight_and_a_change_says_both_days():
    assert shown(BERLIN, datetime(2026, 10, 24, 20, tzinfo=UTC), 360) == (
        "2026-10-24 22:00 (UTC+2) – 2026-10-25 03:00 (UTC+1)"
    )


def test_an_ordinary_period_says_its_offset_once():
    assert shown(BERLIN, datetime(2026, 7, 1, 6, tzinfo=UTC), 120) == "2026-07-01 08:00–10:00 (UTC+2)"


@pytest.mark.parametrize(
    ("moments", "told"),
    [
        ([datetime(2026, 7, 1, 6, tzinfo=UTC), datetime(2026, 7, 1, 8, tzinfo=UTC)], False),
        ([datetime(2026, 7, 1, 6, tzinfo=UTC), datetime(2026, 12, 1, 8, tzinfo=UTC)], True),
        ([datetime(2026, 10, 25, 0, 30, tzinfo=UTC)], True),
        ([datetime(2026, 10, 25, 1, 30, tzinfo=UTC)], True),
        ([datetime(2026, 3, 29, 1, 30, tzinfo=UTC)], False),
    ],
)
def test_offsets_are_needed_where_they_differ_or_a_clock_shows_a_time_twice(moments, told):
    assert differ(local(moment, BERLIN) for moment in moments) is told


def test_bounds_are_rounded_outward():
    start, end = datetime(2026, 1, 1, 9, 0, 5, 999_999, UTC), datetime(2026, 1, 1, 9, 0, 6, 1, UTC)
    assert outward(start, end) == (datetime(2026, 1, 1, 9, 0, 5, 0, UTC), datetime(2026, 1, 1, 9, 0, 7, 0, UTC))
    whole = datetime(2026, 1, 1, 9, tzinfo=UTC)
    assert outward(whole, whole) == (whole, whole)


def test_the_last_day_of_the_calendar_is_told_in_utc():
    last = datetime(9999, 12, 31, 23, 59, 59, 999_999, UTC)
    assert local(last, SHANGHAI) == last
    assert offset(local(last, SHANGHAI)) == "UTC"
    assert outward(last, last) == (last.replace(microsecond=0), last.replace(microsecond=0))


@pytest.mark.parametrize(
    ("zone", "year", "text"),
    [("Asia/Kolkata", 2026, "UTC+5:30"), ("America/New_York", 2026, "UTC−5"), ("Asia/Shanghai", 1900, "UTC+8:05:43")],
)
def test_an_offset_is_told_to_the_second(zone, year, text):
    assert offset(local(datetime(year, 1, 1, tzinfo=UTC), ZoneInfo(zone))) == text
