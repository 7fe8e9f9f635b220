"""What the measurements leave behind: one list that a program reads, and one page that a person reads."""

import asyncio
import json
from pathlib import Path

import pytest

from bench.__main__ import SUBJECTS, save
from bench.measure import Result, Work, compared, interleaved, limited, percentile, rate_against
from bench.page import PAGE, TITLES, read, text

ROOT = Path(__file__).resolve().parent.parent.parent


def some() -> list[Result]:
    return [
        compared("empty delta / static response", 1.0, 0.5, "in turn", target=2.5),
        compared("delta of 5 rows / raw query", 1.0, 0.5, "in turn", target=1.5),
        rate_against("polls / Kinto's", 0.25, 3.0, "in turn", target=10),
        limited("errors", 0, "errors", "of one wave", target=0),
        limited("throughput", 900, "exchanges/s", "of one wave"),
    ]


def test_a_target_is_met_on_its_own_side_of_the_ratio() -> None:
    met = {result.name: (result.ratio, result.met) for result in some()}
    assert met == {
        "empty delta / static response": (2.0, True),
        "delta of 5 rows / raw query": (2.0, False),
        "polls / Kinto's": (12.0, True),
        "errors": (None, True),
        "throughput": (None, None),
    }


def test_one_subject_measured_again_replaces_only_its_own_lines(tmp_path: Path) -> None:
    file = tmp_path / "results.json"
    for subject in ("records", "sync_delta"):
        results = some()
        for one in results:
            one.subject = subject
        save(file, subject, results)
    again = limited("only this", 1, "ms", "once")
    again.subject = "records"
    save(file, "records", [again])
    subjects = [(one.subject, one.name) for one in read(file)]
    assert subjects == [("sync_delta", one.name) for one in some()] + [("records", "only this")]


def test_the_page_says_every_result_and_how_many_targets_are_met() -> None:
    results = some()
    for one in results:
        one.subject = "sync_delta"
    page = text(results)
    assert "3 of 4 targets are met" in page
    for one in results:
        assert f"| {one.name} |" in page
        assert one.how in page
    assert "at most 1.5: not met" in page
    assert "at least 10: met" in page


def test_the_stored_results_have_their_shape_and_the_stored_page_shows_them() -> None:
    file = ROOT / "bench" / "results.json"
    stored = json.loads(file.read_text())
    assert {one["subject"] for one in stored} == set(SUBJECTS) == set(TITLES)
    page = PAGE.read_text()
    for one in stored:
        assert one.keys() >= {"name", "median", "floor", "ratio", "target", "met", "unit", "how"}
        assert (one["target"] is None) == (one["met"] is None)
        assert f"| {one['name']} |" in page, f"docs/benchmarks.md does not show {one['name']}: run make bench"


async def test_works_run_in_turn_and_each_round_begins_with_another() -> None:
    order: list[str] = []

    def work(name: str) -> Work:
        async def run() -> None:
            order.append(name)
            await asyncio.sleep(0)

        return run

    taken = await interleaved({name: work(name) for name in "abc"}, 3, warm=0, before=lambda: order.append("|"))
    assert "".join(order) == "|abc|bca|cab"
    assert [len(times) for times in taken.values()] == [3, 3, 3]


@pytest.mark.parametrize(("share", "expected"), [(0.5, 50), (0.99, 99), (1.0, 100)])
def test_a_percentile_is_one_of_the_values(share: float, expected: int) -> None:
    assert percentile([float(number) for number in range(100, 0, -1)], share) == expected
