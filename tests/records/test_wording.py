"""Times, money and hashes as a page writes them."""

from zoneinfo import ZoneInfo

import pytest

from server.records import wording
from server.records.labels import CODES, LABELS, Wording

SHANGHAI, BERLIN, KOLKATA = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Kolkata")
NINE = 1_773_450_000_000_000


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (128_000, "CNY", "¥1,280.00"),
        (-5, "EUR", "\u2212€0.05"),
        (1_500, "JPY", "JPY\u00a01,500"),
        (1_234_567, "KWD", "KWD\u00a01,234.567"),
        (100, None, "1.00"),
        (None, "CNY", "–"),
    ],
)
def test_money_has_the_digits_of_its_currency(amount, currency, text):
    assert wording.money(amount, currency) == text


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


def test_a_probability_never_claims_certainty():
    assert wording.share(1_000_000) == "> 99.9 %"
    assert wording.share(0) == "< 0.1 %"
    assert wording.share(873_456) == "87.3 %"
    assert wording.share(None) == "–"


def test_a_short_hash_shows_both_ends():
    assert wording.short_hash("0123456789abcdef" * 4) == "01234567…89abcdef"


def test_every_word_is_there_in_both_languages():
    pairs = [*LABELS.values(), *(pair for codes in CODES.values() for pair in codes.values())]
    assert all(english and chinese for english, chinese in pairs)
    assert all(english.count("{") == chinese.count("{") for english, chinese in pairs)


def test_a_code_without_a_name_is_shown_as_it_is():
    assert Wording("zh-CN").code("slot", "roof") == "roof"
    assert Wording("zh-CN").code("slot", "after") == "作业后"
