"""A corpus of changed and of untouched records, for every verifier: each case says what was changed and who must name it."""

import json
import random
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from asn1crypto import cms

from server.records.canonical import canonical, sha256_hex
from server.records.customer.answers import ANSWER_TYPE
from server.records.verify import Claim, verify_answer, verify_pdf, verify_record
from tests.records.changes import DECIDED, RESEALED, flipped, operation_says, report_says
from tests.records.conftest import pdf_of, signed
from tests.records.factory import SEALED_AT, Sealed, make_sealed, seal, sealed_again
from tests.records.story import MINUTE

STANDS = (("never_arrived", "damaged_kept"), ("damaged_kept",), ("never_arrived",), ("never_arrived",) * 4)
SEAL = frozenset({"proof_form", "server_signature", "log_inclusion"})
ANSWER = frozenset(
    {"answer_file", "answer_form", "answer_proof", "answer_signature", "answer_log", "answer_checkpoint"}
)


@dataclass(frozen=True)
class Case:
    """A record, perhaps inside a PDF, perhaps with photo files or an answer, and who must name the change."""

    what: str
    sealed: Sealed
    named_by: frozenset[str] = frozenset()
    """One of these claims must fail; `every` says that all of them must. Empty: untouched, none may."""
    every: bool = False
    pdf: bytes | None = None
    photos: Mapping[str, bytes] = field(default_factory=dict)
    answer: bytes | None = None

    def verified(self) -> list[Claim]:
        """What our verifier says of it."""
        sealed, key_file = self.sealed, self.sealed.key_file
        if self.pdf is not None:
            return verify_pdf(self.pdf, key_file)
        claims = verify_record(sealed.record, sealed.proof, sealed.strokes, key_file, self.photos)
        return claims + (verify_answer(sealed.record, self.answer, key_file) if self.answer is not None else [])

    def is_named(self, failed: set[str]) -> bool:
        """Whether the claims that failed name the change; for an untouched record, whether none failed."""
        if not self.named_by:
            return not failed
        if failed == {"record_form"} and self.is_of_a_newer_version():
            return True  # one bit makes a 3 of a 1; of what is not known here nothing else is said
        return self.named_by <= failed if self.every else bool(self.named_by & failed)

    def is_of_a_newer_version(self) -> bool:
        """Whether the change made another version of the record's type."""
        try:
            kind = json.loads(self.sealed.record)["type"]
        except (LookupError, TypeError, ValueError):
            return False
        return re.fullmatch("fieldproof/record/v[1-9][0-9]*", str(kind)) is not None


BASES = 12


@cache
def base(number: int) -> Sealed:
    """A record to be changed: two languages, signed and not, with and without photos and arrival; the last four are of
    version 2, with photos that never arrived or arrived damaged."""
    kind = ("signed", "signed", "refused", "customer_absent")[number % 4]
    locale = ("zh-CN", "en")[number % 2]
    decided = STANDS[number % 4] if number >= 8 else ()
    return make_sealed(locale, seed=1, kind=kind, photos=2 + number % 3, arrival=True, decided=decided)


@cache
def base_pdf(number: int) -> tuple[Sealed, bytes]:
    """A sealed PDF to be changed."""
    sealed = make_sealed(("zh-CN", "en")[number % 2], seed=60 + number % 2, photos=1)
    return sealed, signed(sealed, pdf_of(sealed))


@cache
def answer_of(number: int, kind: str) -> bytes:
    """A customer's answer to a base record."""
    return answer_to(base(number), kind)


def answer_to(sealed: Sealed, kind: str) -> bytes:
    """A customer's answer to a record, as they keep it."""
    facts = sealed.facts
    statement = canonical(
        {
            "type": ANSWER_TYPE, "record_id": facts["record_id"], "record_sha256": sha256_hex(sealed.record), "answer": kind,
            "reason": "Not done" if kind == "disputed" else None, "answered_at": SEALED_AT + 60 * MINUTE,
            "answer_until": facts["answer_until"], "holds": {"en": "", "zh": ""},
        }
    )  # fmt: skip
    return canonical({"statement": statement.decode(), "proof": seal(statement, sealed.keys, before=3, after=4)})


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of every value inside JSON that has none inside itself."""
    if isinstance(value, dict | list) and value:
        for name, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(inner, (*path, name))
    else:
        yield path


def one_leaf_changed(value: Any, dice: random.Random) -> None:
    """Change one value somewhere inside JSON."""
    path = dice.choice([path for path in leaves(value) if path])
    for step in path[:-1]:
        value = value[step]
    old = value[path[-1]]
    match old:
        case bool() | None:
            value[path[-1]] = "changed"
        case int():
            value[path[-1]] = old + dice.choice((-1, 1, 60_000_000))
        case str():
            value[path[-1]] = old + dice.choice("xyz")
        case _:
            value[path[-1]] = 1


def record_bytes(dice: random.Random, sealed: Sealed) -> Case:
    return Case("bytes of the record", replace(sealed, record=flipped(sealed.record, dice)), SEAL, every=True)


def record_field(dice: random.Random, sealed: Sealed) -> Case:
    facts = sealed.facts
    one_leaf_changed(facts, dice)
    return Case("a field of the record", replace(sealed, record=canonical(facts)), SEAL, every=True)


def resealed(dice: random.Random, sealed: Sealed) -> Case:
    sealed = make_sealed(("zh-CN", "en")[dice.randrange(2)], photos=2)
    what, change, name = dice.choice(RESEALED)
    facts = sealed.facts
    change(facts)
    return Case(f"resealed: {what}", sealed_again(sealed, canonical(facts)), frozenset({name}))


def decided_about(dice: random.Random, sealed: Sealed) -> Case:
    sealed = make_sealed(("zh-CN", "en")[dice.randrange(2)], photos=3, decided=STANDS[0])
    what, change, name = dice.choice(DECIDED)
    facts = sealed.facts
    change(facts)
    return Case(f"resealed: {what}", sealed_again(sealed, canonical(facts)), frozenset({name}))


def operation_field(dice: random.Random, sealed: Sealed) -> Case:
    facts = sealed.facts
    at = dice.randrange(len(facts["operations"]))
    operation_says(at, lambda said: one_leaf_changed(said, dice))(facts)
    changed = sealed_again(sealed, canonical(facts))
    return Case("resealed: a field of an operation", changed, frozenset({"operation_signatures"}))


def report_field(dice: random.Random, sealed: Sealed) -> Case:
    facts = sealed.facts
    report_says(lambda report: one_leaf_changed(report, dice))(facts)
    return Case("resealed: a field of the report", sealed_again(sealed, canonical(facts)), frozenset({"report_bound"}))


def operation_order(dice: random.Random, sealed: Sealed) -> Case:
    facts = sealed.facts
    at, to = dice.sample(range(len(facts["operations"])), 2)
    facts["operations"].insert(to, facts["operations"].pop(at))
    changed = sealed_again(sealed, canonical(facts))
    return Case("resealed: the order of operations", changed, frozenset({"operation_order"}))


def photo_hash(dice: random.Random, sealed: Sealed) -> Case:
    facts = sealed.facts
    photo = dice.choice(facts["photos"])
    photo["sha256"] = sha256_hex(photo["sha256"])
    return Case("resealed: a photo's hash", sealed_again(sealed, canonical(facts)), frozenset({"photo_manifest"}))


def photo_file(dice: random.Random, sealed: Sealed) -> Case:
    name = dice.choice(sorted(sealed.photos))
    photos = sealed.photos | {name: flipped(sealed.photos[name], dice)}
    return Case("bytes of a photo", sealed, frozenset({"photo_files"}), photos=photos)


def server_time(dice: random.Random, sealed: Sealed) -> Case:
    facts = sealed.facts
    by = dice.randrange(10**11, 10**12)
    match dice.randrange(3):
        case 0:
            facts["sealed_at"] -= by
        case 1:
            dice.choice(facts["operations"])["received_at"] += by
        case _:  # the first may have come earlier: nothing in the record speaks against it, and the words say whose clock it is
            dice.choice(facts["operations"][1:])["received_at"] -= by
    return Case("resealed: a time of the server", sealed_again(sealed, canonical(facts)), frozenset({"times"}))


def stroke(dice: random.Random, sealed: Sealed) -> Case:
    sealed = base(dice.randrange(2))
    drawing = json.loads(sealed.strokes or "")
    if dice.random() < 0.5:
        point = dice.choice(dice.choice(drawing["strokes"]))
        point[dice.randrange(4)] += 1
        text = json.dumps(drawing, separators=(",", ":"))
    else:
        text = flipped((sealed.strokes or "").encode(), dice).decode("latin-1")
    return Case("a stroke", replace(sealed, strokes=text), frozenset({"strokes"}))


def proof_bytes(dice: random.Random, sealed: Sealed) -> Case:
    text = canonical(sealed.proof)
    while True:
        try:
            proof = json.loads(flipped(text, dice))
        except ValueError:
            continue
        if isinstance(proof, dict) and proof != sealed.proof:
            return Case("bytes of the proof", replace(sealed, proof=proof), SEAL | {"checkpoint"})


def checkpoint_text(dice: random.Random, sealed: Sealed) -> Case:
    while True:
        try:
            note = flipped(sealed.proof["checkpoint"].encode(), dice).decode()
        except UnicodeDecodeError:
            continue
        changed = replace(sealed, proof={**sealed.proof, "checkpoint": note})
        return Case("the checkpoint", changed, frozenset({"checkpoint", "log_inclusion"}))


def record_order(dice: random.Random, sealed: Sealed) -> Case:
    index = dice.choice([at for at in range(sealed.proof["tree_size"]) if at != sealed.proof["leaf_index"]])
    moved = replace(sealed, proof={**sealed.proof, "leaf_index": index})
    return Case("the record's place in the log", moved, frozenset({"log_inclusion"}))


def pdf_bytes(dice: random.Random, _: Sealed) -> Case:
    sealed, pdf = base_pdf(dice.randrange(2))
    return Case("bytes of the PDF", sealed, frozenset({"pdf_seal"}), pdf=flipped(pdf, dice))


def container(pdf: bytes) -> tuple[int, int]:
    """Where the digits of the seal's container are."""
    start = pdf.rindex(b"/Contents <") + len("/Contents <")
    return start, pdf.index(b">", start)


def container_digit(dice: random.Random, _: Sealed) -> Case:
    sealed, pdf = base_pdf(dice.randrange(2))
    start, end = container(pdf)
    changed = bytearray(pdf)
    changed[dice.randrange(start, start + 1800 if dice.random() < 0.8 else end)] ^= 1
    return Case("the seal's container", sealed, frozenset({"pdf_seal"}), pdf=bytes(changed))


def certificate(dice: random.Random, _: Sealed) -> Case:
    """A byte of the certificate, wherever the structure around it stays as it was."""
    sealed, pdf = base_pdf(dice.randrange(2))
    start, end = container(pdf)
    der = bytes.fromhex(pdf[start:end].decode())
    inner = cms.ContentInfo.load(der)["content"]["certificates"][0].chosen.dump()
    at = der.index(inner) + dice.randrange(len(inner))
    changed = bytearray(der)
    changed[at] ^= 1 << dice.randrange(8)
    out = pdf[:start] + changed.hex().upper().encode() + pdf[end:]
    return Case("the certificate", sealed, frozenset({"pdf_seal"}), pdf=out)


def answer_bytes(dice: random.Random, _: Sealed) -> Case:
    number, kind = dice.randrange(4), dice.choice(("confirmed", "disputed"))
    file = flipped(answer_of(number, kind), dice)
    return Case("bytes of an answer", base(number), ANSWER, answer=file)


def answer_of_another(dice: random.Random, _: Sealed) -> Case:
    number = dice.randrange(4)
    file = answer_of((number + 1) % 4, "confirmed")
    return Case("the answer to another record", base(number), frozenset({"answer_record"}), answer=file)


CHANGES: tuple[Callable[[random.Random, Sealed], Case], ...] = (
    record_bytes, record_field, resealed, operation_field, report_field, operation_order, photo_hash, photo_file,
    server_time, stroke, proof_bytes, checkpoint_text, record_order, pdf_bytes, container_digit, certificate,
    answer_bytes, answer_of_another, resealed, resealed, decided_about, decided_about,
)  # fmt: skip


def changed_cases(count: int, seed: int) -> Iterator[Case]:
    """Changed records, every kind of change in turn."""
    dice = random.Random(seed)
    for number in range(count):
        yield CHANGES[number % len(CHANGES)](dice, base(dice.randrange(BASES)))


def untouched_cases(count: int, seed: int) -> Iterator[Case]:
    """True records, no two alike: languages, outcomes, photos, decisions, arrivals, erased strokes, answers; some as PDFs."""
    for number in range(count):
        dice = random.Random(seed * 1_000_003 + number)
        kind = dice.choice(("signed", "signed", "refused", "customer_absent"))
        sealed = make_sealed(
            dice.choice(("zh-CN", "en")), seed=10_000 + number, kind=kind, photos=dice.randrange(5),
            arrival=dice.random() < 0.8, rows=dice.randrange(1, 9),
            decided=dice.choice(STANDS) if dice.random() < 0.3 else (),
        )  # fmt: skip
        if number % 10 == 0:
            yield Case("a sealed PDF", sealed, pdf=signed(sealed, pdf_of(sealed)))
        elif number % 10 == 1:
            answer = answer_to(sealed, dice.choice(("confirmed", "disputed")))
            yield Case("an answered record", sealed, answer=answer)
        else:
            strokes = sealed.strokes if dice.random() < 0.8 else None
            photos = sealed.photos if dice.random() < 0.3 else {}
            yield Case("a record", replace(sealed, strokes=strokes), photos=photos)
