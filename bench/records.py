"""Measures sealing: record, leaf and proof, PDF, PAdES, verification. `bench/log.py` has the log of a million leaves.

Medians on one core. Target: a sealed PDF of a visit with 14 photos within 150 ms.
"""

import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bench.measure import Result, limited
from bench.stage import Stage
from server.ground.clock import from_micros
from server.records.keys import public_keys
from server.records.print.pdf import render_pdf
from server.records.record import build_record
from server.records.seal.pades import make_certificate, sign_pdf
from server.records.verify import all_hold, verify_pdf
from tests.records.factory import LINK, ORIGIN, SEALED_AT, make_facts, seal, server_keys
from tests.records.story import START

TARGET = 150.0


def median(name: str, work: Callable[[int], object], rounds: int, *, target: float | None = None) -> Result:
    """Median milliseconds of a piece of work; the round's number goes in, so that no cache answers."""
    times = []
    for number in range(rounds):
        start = time.perf_counter()
        work(number)
        times.append((time.perf_counter() - start) * 1000)
    how = f"{rounds} rounds on one core, at most {max(times):.3g} ms"
    return limited(name, statistics.median(times), "ms", how, target=target)


@contextmanager
def one_core() -> Iterator[None]:
    """Keep to one core where the system can (Linux)."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def sealing(locale: str, photos: int, rounds: int) -> list[Result]:
    """The whole way from facts to a signed PDF, each round another record."""
    keys = server_keys()
    stories = [make_facts(locale, seed=100 + number, photos=photos) for number in range(rounds)]
    certificate = make_certificate(keys.document, stories[0][0]["issuer"]["name"], from_micros(START))
    records = [build_record(facts) for facts, _, _ in stories]
    proofs = [seal(record, keys) for record in records]
    pages: dict[int, bytes] = {}
    signed: dict[int, bytes] = {}

    def draw(number: int) -> None:
        _, strokes, pictures = stories[number]
        pages[number] = render_pdf(records[number], proofs[number], strokes, pictures, link=LINK)

    def sign(number: int) -> None:
        signed[number] = sign_pdf(pages[number], keys.document, certificate, signed_at=from_micros(SEALED_AT))

    def whole(number: int) -> None:
        facts, strokes, pictures = stories[number]
        record = build_record({**facts, "sealed_at": SEALED_AT + 60_000_000})
        pdf = render_pdf(record, seal(record, keys), strokes, pictures, link=LINK)
        sign_pdf(pdf, keys.document, certificate, signed_at=from_micros(SEALED_AT))

    render_pdf(records[0], proofs[0], stories[0][1], stories[0][2])  # the first call loads the fonts
    about = f"{locale}, {photos} photos"
    public = public_keys(keys, ORIGIN).encode()
    steps = [
        median(f"record: claims, canonical form ({about})", lambda number: build_record(stories[number][0]), rounds),
        median(
            f"leaf, proof, checkpoint, server signature ({about})", lambda number: seal(records[number], keys), rounds
        ),
        median(f"PDF/A-3 with attachments ({about})", draw, rounds),
        median(f"PAdES B-B ({about})", sign, rounds),
        median(f"sealed PDF, all of it ({about})", whole, rounds, target=TARGET),
    ]
    claims = verify_pdf(signed[0], public)
    assert all_hold(claims)
    checking = f"verify the PDF: {len(claims)} claims, every device signature ({about})"
    return [*steps, median(checking, lambda number: verify_pdf(signed[number], public), rounds)]


async def measure(stage: Stage) -> list[Result]:
    """Sealing in two languages."""
    with one_core():
        rounds = 7 if stage.quick else 25
        return [*sealing("zh-CN", 14, rounds), *sealing("en", 4, rounds)]
