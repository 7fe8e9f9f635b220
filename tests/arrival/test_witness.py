"""Codes of RFC 6238, and what a code says about the time."""

import pytest

from server.arrival.bounded_time import Basis, Interval
from server.arrival.witness import CodePlan, NoSighting, Sighting, code_at, seen_between

SECOND = 1_000_000
SECRET = b"12345678901234567890"


@pytest.mark.parametrize(
    ("seconds", "algorithm", "code"),
    [
        (59, "sha1", "94287082"),
        (59, "sha256", "46119246"),
        (59, "sha512", "90693936"),
        (1111111109, "sha1", "07081804"),
        (1111111111, "sha1", "14050471"),
        (1234567890, "sha1", "89005924"),
        (2000000000, "sha256", "90698825"),
        (20000000000, "sha512", "47863826"),
    ],
)
def test_the_vectors_of_rfc_6238_appendix_b(seconds: int, algorithm: str, code: str) -> None:
    length = {"sha1": 20, "sha256": 32, "sha512": 64}[algorithm]
    secret = (SECRET * 4)[:length]
    assert code_at(secret, seconds * SECOND, CodePlan(digits=8, algorithm=algorithm)) == code


def day(hours: float = 24) -> Interval:
    start = 1_772_413_200 * SECOND
    return Interval(start, start + round(hours * 3600) * SECOND, Basis.ANCHOR, Basis.RECEIPT)


def test_a_right_code_gives_its_step_widened_by_skew_and_entry() -> None:
    read = day().earliest + 5000 * SECOND
    seen = seen_between(SECRET, code_at(SECRET, read), day())
    assert isinstance(seen, Sighting)
    assert seen.matches == 1
    assert seen.earliest <= read <= seen.latest
    assert seen.latest - seen.earliest == (30 + 30 + 30 + 120) * SECOND
    assert 2_880 <= seen.chance_ppm < 2_900


def test_a_code_that_was_shown_twice_spans_both_times() -> None:
    start, shown_at = day().earliest, dict[str, int]()
    for step in range(2_880):
        at = start + step * 30 * SECOND
        code = code_at(SECRET, at)
        if code in shown_at:
            break
        shown_at[code] = at
    seen = seen_between(SECRET, code, day())
    assert isinstance(seen, Sighting)
    assert seen.matches == 2
    assert seen.earliest <= shown_at[code] < at <= seen.latest


def test_a_wrong_code_is_wrong() -> None:
    right = {code_at(SECRET, day().earliest + step * 30 * SECOND) for step in range(-10, 2_900)}
    wrong = next(f"{number:06}" for number in range(10**6) if f"{number:06}" not in right)
    assert seen_between(SECRET, wrong, day()) is NoSighting.WRONG


@pytest.mark.parametrize("code", ["", "12345", "1234567", "12a456", "１２３４５６"])
def test_what_is_not_a_code_is_malformed(code: str) -> None:
    assert seen_between(SECRET, code, day()) is NoSighting.MALFORMED


def test_an_interval_so_wide_that_a_guess_might_fit_is_refused() -> None:
    code = code_at(SECRET, day().earliest)
    assert seen_between(SECRET, code, day(hours=24 * 14)) is NoSighting.INTERVAL_TOO_WIDE
    eight = CodePlan(digits=8)
    assert isinstance(seen_between(SECRET, code_at(SECRET, day().earliest, eight), day(hours=24 * 14), eight), Sighting)
