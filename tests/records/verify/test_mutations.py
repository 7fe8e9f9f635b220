"""Whatever is changed is detected and named, even what the company changes and seals again; what is true is not accused.

`make mutations` runs 2,000 changed and 2,000 untouched records here and over the browser's verifier, and prints the
totals; `FIELDPROOF_MUTATIONS` and `FIELDPROOF_SEED` run more, or others.
"""

import os
import random
from collections import Counter
from dataclasses import replace

import pytest

from server.records.canonical import canonical
from server.records.verify import Claim, all_hold, lines, verify_pdf, verify_record
from tests.records.changes import DECIDED, RESEALED
from tests.records.corpus import STANDS, changed_cases, untouched_cases
from tests.records.factory import Sealed, make_sealed, sealed_again
from tests.sizes import size

COUNT = int(os.environ.get("FIELDPROOF_MUTATIONS", "0")) or size(40, 200)
SEED = int(os.environ.get("FIELDPROOF_SEED", "1"))
SEAL = {"proof_form", "server_signature", "log_inclusion"}


def verify(sealed: Sealed, photos: dict[str, bytes] | None = None) -> dict[str, Claim]:
    claims = verify_record(sealed.record, sealed.proof, sealed.strokes, sealed.key_file, photos)
    return {claim.id: claim for claim in claims}


def failed(claims: dict[str, Claim]) -> set[str]:
    return {name for name, claim in claims.items() if claim.ok is False}


def test_every_change_is_detected_and_named():
    seen: Counter[str] = Counter()
    for case in changed_cases(COUNT, SEED):
        claims = case.verified()
        assert case.is_named({claim.id for claim in claims if claim.ok is False}), f"{case.what}: {lines(claims)}"
        assert all(claim.detail for claim in claims if claim.ok is False), case.what
        seen[case.what] += 1
    report(f"{seen.total()} changed records: {seen.total()} detected and named", seen)


def test_no_untouched_record_is_accused():
    seen: Counter[str] = Counter()
    for case in untouched_cases(COUNT, SEED):
        claims = case.verified()
        assert all_hold(claims), f"{case.what}: {lines(claims)}"
        seen[case.what] += 1
    report(f"{seen.total()} untouched records: none accused", seen)


def report(head: str, seen: Counter[str]) -> None:
    """The totals, shown by `make mutations`."""
    print(head, *(f"  {count:>5}  {what}" for what, count in sorted(seen.items())), sep="\n")


def test_every_digit_of_the_seals_own_container_is_pinned(sealed_pdf):
    """The one stretch of the file that the seal cannot cover is the seal itself."""
    dice = random.Random(SEED)
    sealed, pdf = sealed_pdf("en")
    start = pdf.rindex(b"/Contents <") + len("/Contents ")
    end = pdf.index(b">", start) + 1
    head = [*range(start, start + 110), *dice.sample(range(start, end), max(COUNT // 10, 1))]
    for at in dice.sample(head, max(COUNT // 10, 1)):
        changed = bytearray(pdf)
        changed[at] ^= 1
        claims = verify_pdf(bytes(changed), sealed.key_file)
        assert claims[0].ok is False, f"digit {at - start}: {lines(claims[:1])}"


@pytest.mark.parametrize(("change", "name"), [row[1:] for row in RESEALED], ids=[row[0] for row in RESEALED])
@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_what_the_company_changes_and_seals_again_is_named(locale, change, name):
    sealed = make_sealed(locale, photos=2)
    facts = sealed.facts
    change(facts)
    claims = verify(sealed_again(sealed, canonical(facts)))
    assert name in failed(claims), lines(list(claims.values()))
    assert not failed(claims) & (SEAL | {"checkpoint"}), "the seal itself is right"
    assert claims[name].detail


@pytest.mark.parametrize(("change", "name"), [row[1:] for row in DECIDED], ids=[row[0] for row in DECIDED])
def test_what_the_company_changes_about_a_decision_and_seals_again_is_named(change, name):
    sealed = make_sealed("en", photos=3, decided=STANDS[0])
    facts = sealed.facts
    change(facts)
    claims = verify(sealed_again(sealed, canonical(facts)))
    assert name in failed(claims), lines(list(claims.values()))
    assert not failed(claims) & (SEAL | {"checkpoint"}), "the seal itself is right"
    assert claims[name].detail


def test_an_operation_that_is_gone_shows_as_a_gap():
    sealed = make_sealed("en", photos=2)
    facts = sealed.facts
    facts["operations"].pop(3)
    before, after = verify(sealed)["chain_gaps"], verify(sealed_again(sealed, canonical(facts)))["chain_gaps"]
    assert "operations 43 of" in before.detail
    assert "operations 43, 45 of" in after.detail


def test_two_records_in_each_others_place_are_named():
    one, other = make_sealed("en", seed=50, photos=0), make_sealed("en", seed=51, photos=0)
    swapped = replace(one, proof={**one.proof, "leaf_index": one.proof["leaf_index"] + 1})
    assert failed(verify(swapped)) == {"log_inclusion"}
    assert failed(verify(replace(one, proof=other.proof))) == SEAL


def test_the_untouched_record_holds_beside_all_this():
    assert all_hold(list(verify(make_sealed("en", photos=2)).values()))
