"""PDFs that anybody sends are read in limited processes: they say what the verifier says, and stop at their limits."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from server.ground import limited
from server.ground.problems import Busy
from server.records.verify import all_hold, verify_pdf, verify_pdf_answer
from server.records.verify_page import apart
from server.records.verify_page.apart import LIMITS, MB, PROGRAM, Line, verify_apart
from tests.media.test_decoder import KILLED_BY_THE_CLOCK
from tests.records.conftest import pdf_of, signed
from tests.records.containers import NAMED, REFUSED, changed
from tests.records.factory import make_sealed
from tests.records.verify.test_kept import FACTS, KEPT, KEYS


@pytest.fixture(autouse=True)
def ended() -> Iterator[None]:
    yield
    PROGRAM.close()


def test_the_page_of_operations_has_the_same_limits() -> None:
    page = (Path(__file__).parents[3] / "docs" / "operations.md").read_text()
    for name, value in msgspec.structs.asdict(LIMITS).items():
        shown = (
            f"{value // MB} MB"
            if name in ("memory", "answer")
            else f"{value:g} s".removesuffix(" s" * ("times" in name))
        )
        assert f"| `{name}` | {shown} |" in page, name


@pytest.mark.parametrize("name", sorted(FACTS))
def test_what_the_process_says_is_what_the_verifier_says(name: str) -> None:
    pdf = (KEPT / f"{name}.pdf").read_bytes()
    found = verify_apart(pdf, KEYS)
    assert found.claims == verify_pdf(pdf, KEYS)
    assert b'"type":"fieldproof/record/v1"' in found.record


def test_of_changed_seals_too_since_the_process_finds_all_that_it_loads() -> None:
    for row in [*list(REFUSED.values())[::4], *NAMED.values()]:
        pdf = changed(*row)
        found = verify_apart(pdf, KEYS)
        assert found.claims == verify_pdf(pdf, KEYS)
        assert bool(found.record) == all_hold(found.claims)


def test_answers_are_read_there_too() -> None:
    pdf, answer = (KEPT / "signed-zh.pdf").read_bytes(), (KEPT / "signed-zh.answer-confirmed.json").read_bytes()
    found = verify_apart(pdf, KEYS, (answer, b"[" * 100_000))
    assert found.claims[27:] == verify_pdf_answer(pdf, answer, KEYS) + verify_pdf_answer(pdf, b"[" * 100_000, KEYS)


def test_a_key_file_is_foreign_too() -> None:
    for file in b"-----BEGIN PUBLIC KEY-----\n" * 3_500, b"Log: " * 19_000, bytes(2_000_000), b"":
        (claim,) = verify_apart(b"%PDF", file).claims
        assert (claim.id, claim.ok) == ("key_file", False)


def test_the_largest_report_fits_the_limits() -> None:
    """Half a megabyte of text and twenty photos as large as thumbnails are."""
    sealed = make_sealed("en", photos=20, rows=200)
    facts = sealed.facts
    assert facts["photos"]
    pdf = signed(sealed, pdf_of(sealed))
    padded = pdf + bytes(12 * MB)
    assert all_hold(verify_apart(pdf, sealed.key_file).claims)
    assert {claim.id for claim in verify_apart(padded, sealed.key_file).claims if claim.ok is False} == {
        "pdf_seal",
        "pdf_timestamp",
    }


def test_one_that_takes_too_long_is_said_to_and_not_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    PROGRAM.close()
    with monkeypatch.context() as patch:
        patch.setattr(limited, "_AT_THREE", KILLED_BY_THE_CLOCK)
        (claim,) = verify_apart((KEPT / "signed-zh.pdf").read_bytes(), KEYS).claims
        assert (claim.id, claim.ok) == ("pdf_record", False)
        assert claim.detail == "reading it takes too long; no sealed report is like this"
    assert all_hold(verify_apart((KEPT / "signed-zh.pdf").read_bytes(), KEYS).claims)


def test_one_that_takes_too_much_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "LIMITS", msgspec.structs.replace(LIMITS, memory=8 * MB, memory_times=0))
    (claim,) = verify_apart(bytes(40 * MB), KEYS).claims
    assert claim.detail == "reading it takes too much memory; no sealed report is like this"


def test_a_program_that_does_not_start_accuses_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    PROGRAM.close()
    monkeypatch.setattr(limited, "_AT_THREE", "raise SystemExit('a library is missing')")
    with pytest.raises(OSError, match="does not start"):
        verify_apart((KEPT / "signed-zh.pdf").read_bytes(), KEYS)


async def test_who_comes_when_too_many_wait_is_told_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    go = threading.Event()
    monkeypatch.setattr(apart, "verify_apart", lambda pdf, keys: go.wait(5))
    line = Line(at_a_time=1, most_waiting=2)
    waiting = [asyncio.create_task(line.verify(b"", b"")) for _ in range(3)]
    await asyncio.sleep(0.05)
    with pytest.raises(Busy) as refused:
        await line.verify(b"", b"")
    assert refused.value.facts["retry_after"]
    waiting[2].cancel()  # who hangs up while in line leaves it
    waiting[0].cancel()  # and who hangs up while read keeps the place until it is through
    await asyncio.sleep(0.05)
    again = asyncio.create_task(line.verify(b"", b""))
    await asyncio.sleep(0.05)
    with pytest.raises(Busy):
        await line.verify(b"", b"")
    go.set()
    assert await waiting[1]
    assert await again
    line.close()
