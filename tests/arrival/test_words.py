"""Local times in the words of a verdict: the site's, and never to be taken for others."""

from datetime import UTC, datetime, timedelta

import msgspec

from server.arrival.bounded_time import Basis, Interval
from server.arrival.code_page import code_page
from server.arrival.codes import Showing
from server.arrival.evidence import WindowVersion
from server.arrival.verdict import judge
from server.dispatch.rules import photo_words
from server.ground.clock import to_micros
from tests.arrival.cast import MINUTE, NINE, SITE, TEN, WINDOW, fix

BERLIN = msgspec.structs.replace(SITE, time_zone="Europe/Berlin")


def told(interval: Interval, window: WindowVersion) -> str:
    return " ".join(judge((fix(10),), interval, interval.earliest, BERLIN, window, window).words["en"])


def test_times_on_both_sides_of_a_change_of_clocks_carry_their_offsets() -> None:
    start = to_micros(datetime(2026, 10, 24, 23, tzinfo=UTC))
    interval = Interval(start + 30 * MINUTE + 1, start + 150 * MINUTE + 1, Basis.ANCHOR, Basis.RECEIPT)
    words = told(interval, WindowVersion(start, start + 240 * MINUTE, 1))
    assert "between 2026-10-25 01:30:00 (UTC+2) (by" in words
    assert "and 2026-10-25 02:30:01 (UTC+1) (by" in words
    assert "window is 2026-10-25 01:00:00 (UTC+2) – 2026-10-25 04:00:00 (UTC+1)" in words


def test_a_time_that_the_clocks_show_twice_carries_its_offset() -> None:
    start = to_micros(datetime(2026, 10, 25, 0, 10, tzinfo=UTC))
    words = told(Interval(start, start, Basis.ANCHOR, Basis.RECEIPT), WindowVersion(start, start + 20 * MINUTE, 1))
    assert "2026-10-25 02:10:00 (UTC+2)" in words


def test_ordinary_times_name_the_zone_once() -> None:
    words = " ".join(judge((fix(10),), TEN, NINE, SITE, WINDOW, WINDOW).words["en"])
    assert "Time (Asia/Shanghai)" in words
    assert "UTC" not in words


def test_the_line_about_a_silent_phone_says_which_of_two_times_it_was_heard() -> None:
    heard = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    line = photo_words(14, 13, 0, 0, heard, heard + timedelta(hours=2), "Europe/Berlin")
    assert line == "13 of 14 photos, phone last heard 02:30 (UTC+2)"
    plain = datetime(2026, 7, 1, 8, tzinfo=UTC)
    assert photo_words(14, 13, 0, 0, plain, plain, "Europe/Berlin") == "13 of 14 photos, phone last heard 10:00"


def test_the_name_of_a_site_does_not_turn_the_page_of_its_code_round() -> None:
    page = code_page(Showing(site="Hall\u202e3 <b>", locale="en", code="123456", seconds_left=9, seconds=30))
    assert "Hall[U+202E]3 &lt;b&gt;" in page
