"""Times, money and hashes as a page writes them."""

from zoneinfo import ZoneInfo

import pytest

from server.ground.words import Language, words
from server.records.print import wording
from server.records.print.labels import Wording
from server.sync.up.kinds import KINDS

SHANGHAI, BERLIN, KOLKATA = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Kolkata")
NINE = 1_773_450_000_000_000
ENGLISH = words(Language.EN)


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (128_000, "CNY", "¥1,280.00"),
        (-5, "EUR", "\u2212€0.05"),
        (1_500, "JPY", "JPY\u00a01,500"),
        (1_234_567, "KWD", "KWD\u00a01,234.567"),
        (50_000, "UGX", "UGX\u00a050,000"),
        (12_345, "CLF", "CLF\u00a01.2345"),
        (150, "MGA", "MGA\u00a01.50"),
        (1_500, "IQD", "IQD\u00a01.500"),
        (100, "XAU", "XAU\u00a01.00"),
        (100, "ZZZ", "ZZZ\u00a01.00"),
        (100, None, "1.00"),
        (None, "CNY", "–"),
    ],
)
def test_money_has_the_digits_of_its_currency(amount, currency, text):
    assert wording.money(amount, currency, ENGLISH) == text


def test_german_money_and_shares_have_german_marks():
    german = words(Language.DE)
    assert wording.money(-128_000, "EUR", german) == "\u22121.280,00\u00a0€"
    assert wording.money(1_234_567, "KWD", german) == "1.234,567\u00a0KWD"
    assert wording.share(873_456, german) == "87,3 %"
    assert wording.share(1_000_000, german) == "> 99,9 %"


def test_times_carry_their_offset():
    assert wording.moment(NINE, SHANGHAI) == "2026-03-14 09:00 (UTC+8)"
    assert wording.moment(NINE, BERLIN) == "2026-03-14 02:00 (UTC+1)"
    assert wording.moment(NINE, KOLKATA) == "2026-03-14 06:30 (UTC+5:30)"
    assert wording.moment(NINE, ZoneInfo("UTC")) == "2026-03-14 01:00 (UTC)"
    assert wording.moment(None, SHANGHAI) == "–"


def test_a_window_over_midnight_shows_both_days():
    hour = 3_600_000_000
    assert wording.period(NINE, NINE + 2 * hour, SHANGHAI) == "2026-03-14 09:00–11:00 (UTC+8)"
    assert wording.period(NINE, NINE + 20 * hour, SHANGHAI) == "2026-03-14 09:00 – 2026-03-15 05:00 (UTC+8)"


def test_a_window_with_seconds_shows_them():
    assert wording.period(NINE, NINE + 59_000_000, SHANGHAI) == "2026-03-14 09:00:00–09:00:59 (UTC+8)"


def test_the_bounds_of_an_arrival_are_rounded_outward_as_its_words_are():
    assert wording.interval(NINE + 999_999, NINE + 60_000_001, SHANGHAI) == "2026-03-14 09:00:00–09:01:01 (UTC+8)"


def test_each_end_of_a_window_over_a_change_of_clocks_has_its_offset():
    before = 1_792_882_800_000_000  # 2026-10-24 23:00 UTC
    assert wording.period(before, before + 4 * 3_600_000_000, BERLIN) == "2026-10-25 01:00 (UTC+2) – 04:00 (UTC+1)"


def test_a_time_in_a_table_says_its_offset_where_it_is_not_the_stated_one():
    assert wording.exact_moment(NINE, SHANGHAI, "UTC+8") == "2026-03-14 09:00:00"
    assert wording.exact_moment(NINE, BERLIN, "UTC+2") == "2026-03-14 02:00:00 (UTC+1)"
    assert wording.exact_moment(None, BERLIN, "UTC+2") == "–"


def test_a_probability_never_claims_certainty():
    assert wording.share(1_000_000, ENGLISH) == "> 99.9 %"
    assert wording.share(0, ENGLISH) == "< 0.1 %"
    assert wording.share(873_456, ENGLISH) == "87.3 %"
    assert wording.share(None, ENGLISH) == "–"


def test_a_short_hash_shows_both_ends():
    assert wording.short_hash("0123456789abcdef" * 4) == "01234567…89abcdef"


def test_a_code_without_a_name_is_shown_as_it_is():
    assert Wording("zh-CN").code("slot", "roof") == "roof"
    assert Wording("zh-CN").code("slot", "after") == "作业后"


def test_every_operation_has_a_name() -> None:
    assert ENGLISH.at("codes.operation").keys() == KINDS.keys()
