"""Of the seal's container, which lies outside what the seal covers, both verifiers say the same, whatever is changed in it.

What nothing signs is pinned or named as not covered; and what our reading accepts, the slow reference accepts.
"""

import os
import random
import shutil
from pathlib import Path
from typing import Any

import pytest

from server.records.verify import verify_pdf
from server.records.verify.der import context, der
from tests.records import reference
from tests.records.containers import (
    NAMED,
    PLAIN,
    REFUSED,
    SIGNATURE,
    STAMPED,
    TOKEN,
    Kept,
    at,
    changed,
    edited,
    kept,
    put,
    read,
    then,
    twin,
)
from tests.records.corpus import Case, container
from tests.records.stamps import KINDS, stamp
from tests.records.verify_page.test_verify_page_agrees import said_by_page
from tests.sizes import size

COUNT = int(os.environ.get("FIELDPROOF_MUTATIONS", "0")) or size(40, 200)
SEED = int(os.environ.get("FIELDPROOF_SEED", "1"))
KEYS = Kept()
SEAL = ("pdf_seal", "pdf_timestamp")

needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="the page's modules are run by Node 20")


def ours(pdf: bytes) -> dict[str, tuple[bool | None, str]]:
    return {claim.id: (claim.ok, claim.detail) for claim in verify_pdf(pdf, KEYS.key_file)}


def by_page(pdfs: list[bytes], folder: Path) -> list[dict[str, tuple[bool | None, str]]]:
    cases = [Case("the container", KEYS, pdf=pdf) for pdf in pdfs]  # type: ignore[arg-type]
    return [{name: (ok, detail) for name, ok, detail in claims} for claims in said_by_page(cases, folder)]


def verdicts(claims: dict[str, tuple[bool | None, Any]]) -> list[tuple[str, bool | None]]:
    return [(name, ok) for name, (ok, _) in claims.items()]


@pytest.mark.parametrize("what", sorted(REFUSED))
def test_what_is_changed_in_the_container_is_refused(what: str) -> None:
    claims = ours(changed(*REFUSED[what]))
    assert {name for name, (ok, _) in claims.items() if ok is False} & set(SEAL), claims
    assert all(detail for ok, detail in claims.values() if ok is False)


@pytest.mark.parametrize("what", sorted(NAMED))
def test_what_nothing_signs_is_named_as_not_covered(what: str) -> None:
    claims = ours(changed(*NAMED[what]))
    assert not [name for name, (ok, _) in claims.items() if ok is False], claims
    assert "n - s" in claims["pdf_seal"][1]
    if NAMED[what][0] == STAMPED:
        for words in ("certificates", "revocation lists", "unsigned attributes", "version numbers", "algorithms"):
            assert words in claims["pdf_timestamp"][1].partition("not covered")[2]


@needs_node
def test_both_verifiers_say_the_same_of_every_change(tmp_path: Path) -> None:
    rows = {**REFUSED, **NAMED}
    pdfs = [changed(*row) for row in rows.values()]
    for what, pdf, page in zip(rows, pdfs, by_page(pdfs, tmp_path), strict=True):
        assert verdicts(page) == verdicts(ours(pdf)), what


@needs_node
def test_both_verifiers_say_the_same_word_for_word_of_what_nothing_signs(tmp_path: Path) -> None:
    pdfs = [changed(*row) for row in NAMED.values()]
    assert by_page(pdfs, tmp_path) == [ours(pdf) for pdf in pdfs]


def stamped(kind: str) -> bytes:
    """The seal that has room for a time stamp, with that of another authority."""
    token = stamp(kind, at(read(STAMPED), SIGNATURE).content)
    return changed(STAMPED, TOKEN, lambda _: token)


@needs_node
def test_both_verifiers_read_the_stamps_of_authorities_with_each_kind_of_key(tmp_path: Path) -> None:
    pdfs = [stamped(kind) for kind in KINDS]
    for kind, pdf, page in zip(KINDS, pdfs, by_page(pdfs, tmp_path), strict=True):
        assert page == ours(pdf), kind
        assert page["pdf_timestamp"][0] is None, page["pdf_timestamp"]
        assert page["pdf_timestamp"][1].startswith("2026-03-14 04:20:00 UTC by Common Name: T")
        assert reference.finds_valid(pdf), kind


@needs_node
def test_a_true_time_stamp_that_is_put_into_a_seal_without_one_is_named(tmp_path: Path) -> None:
    token = stamp("P-256", at(read(PLAIN), SIGNATURE).content)
    attribute = der(0x30, bytes.fromhex("060b2a864886f70d010910020e"), der(0x31, token))
    pdf = changed(PLAIN, SIGNATURE, then(der(context(1), attribute)))
    claims = ours(pdf)
    assert claims["pdf_timestamp"] == (False, "the seal was made without a time stamp, and one was put into it")
    assert by_page([pdf], tmp_path) == [claims]


def any_bits(name: str, count: int) -> list[bytes]:
    """A kept PDF, each time with another bit of its container, or a byte gone or more."""
    dice, whole = random.Random(SEED), read(name).whole
    out = []
    for number in range(count):
        data, place = bytearray(whole), dice.randrange(len(whole))
        match number % 8:
            case 0:
                del data[place]
            case 1:
                data.insert(place, dice.randrange(256))
            case _:
                data[place] ^= 1 << dice.randrange(8)
        out.append(put(kept(name), bytes(data)))
    return out


@needs_node
@pytest.mark.parametrize("name", [PLAIN, STAMPED])
def test_both_verifiers_say_the_same_of_any_bit(name: str, tmp_path: Path) -> None:
    pdfs = any_bits(name, COUNT // 2)
    for number, (pdf, page) in enumerate(zip(pdfs, by_page(pdfs, tmp_path), strict=True)):
        said = verdicts(ours(pdf))
        assert verdicts(page) == said, number
        assert name == STAMPED or ("pdf_seal", False) in said, "no single bit of a seal without a stamp is open"


@pytest.mark.parametrize("name", [PLAIN, STAMPED])
def test_what_is_accepted_the_slow_reference_accepts(name: str) -> None:
    assert reference.accepts(kept(name))
    for pdf in any_bits(name, COUNT // 4):
        if ours(pdf)["pdf_seal"][0] and ours(pdf)["pdf_timestamp"][0] is not False:
            assert reference.accepts(pdf)


def test_every_digit_of_the_room_behind_the_container_is_pinned() -> None:
    pdf = kept(PLAIN)
    start, end = container(pdf)
    first = start + 2 * len(read(PLAIN).whole)
    for place in (start - 1, first, first + 1, (first + end) // 2, end - 1, end):
        for digit in b"1", b" ", b"g", b">":
            other = pdf[:place] + digit + pdf[place + 1 :]
            assert other == pdf or ours(other)["pdf_seal"][0] is False
    assert ours(pdf[:start] + pdf[start:end].lower() + pdf[end:])["pdf_seal"][0] is False


def test_seals_with_s_above_half_of_n_are_as_good_as_those_below() -> None:
    """No rule for s, since half of the seals that were issued have it above n / 2."""
    once = put(kept(PLAIN), edited(read(PLAIN), SIGNATURE, twin))
    assert ours(once)["pdf_seal"] == ours(kept(PLAIN))["pdf_seal"]
    assert reference.accepts(once)
