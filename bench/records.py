"""Measures sealing: record, leaf and proof, PDF, PAdES, verification. `bench/log.py` has the log of a million leaves.

`python -m bench.records` prints medians on one core. Target: a sealed PDF of a visit with 14 photos within 150 ms.
"""

import os
import statistics
import time
from collections.abc import Callable

from server.clock import from_micros
from server.records.keys import public_keys
from server.records.pades import make_certificate, sign_pdf
from server.records.pdf import render_pdf
from server.records.record import build_record
from server.records.verify import all_hold, verify_pdf
from tests.records.factory import LINK, ORIGIN, SEALED_AT, make_facts, seal, server_keys
from tests.records.story import START

TARGET = 150.0


def median(name: str, work: Callable[[int], object], rounds: int = 25) -> float:
    """Median milliseconds of a piece of work; the round's number goes in, so that no cache answers."""
    times = []
    for number in range(rounds):
        start = time.perf_counter()
        work(number)
        times.append((time.perf_counter() - start) * 1000)
    result = statistics.median(times)
    print(f"{name:<64}{result:>10.3f} ms   (max {max(times):.1f})")
    return result


def one_core() -> None:
    """Keep to one core where the system can (Linux)."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def sealing(locale: str, photos: int) -> None:
    """The whole way from facts to a signed PDF, each round another record."""
    keys = server_keys()
    stories = [make_facts(locale, seed=100 + number, photos=photos) for number in range(25)]
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
    print(f"\n{locale}, {photos} photos, record of {len(records[0]):,} bytes")
    median("record: claims, canonical form", lambda number: build_record(stories[number][0]))
    median("leaf, proof, checkpoint, server signature (log of 8)", lambda number: seal(records[number], keys))
    median("PDF/A-3 with attachments", draw)
    median("PAdES B-B", sign)
    result = median("all of it", whole)
    public = public_keys(keys, ORIGIN).encode()
    median("verify the PDF: 26 claims, every device signature", lambda number: verify_pdf(signed[number], public))
    assert all_hold(verify_pdf(signed[0], public))
    print(f"{len(signed[0]):,} bytes; {result:.0f} ms of the target of {TARGET:.0f} ms: {result / TARGET:.2f}")


if __name__ == "__main__":
    one_core()
    sealing("zh-CN", 14)
    sealing("en", 4)
