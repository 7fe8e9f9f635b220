"""Verifies a sealed record, offline and without the server: every claim checked, one line each."""

import json
import re
from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any

from pikepdf import Pdf

from server.records.verify import chain, content, document, modesty, sealing
from server.records.verify.answer import answer_claims
from server.records.verify.claim import MALFORMED, Claim, Finding, claim
from server.records.verify.company_seal import Seal, read_seal, seal, timestamp
from server.records.verify.evidence import Evidence
from server.records.verify.photos import RECORD_TYPES, photo_custody
from server.records.verify.trusted import NoKeys, Trusted, read_keys

Check = Callable[[Evidence], Finding]
_VERSION = re.compile(r"fieldproof/record/v[1-9][0-9]*\Z")

CHECKS: list[tuple[str, str, Check]] = [
    ("record_form", "The record is canonical and of a known type", sealing.record_form),
    ("proof_form", "The proof is about this record", sealing.proof_form),
    ("server_signature", "The company signed this record", sealing.server_signature),
    ("log_inclusion", "The record is in the company's log", sealing.log_inclusion),
    ("checkpoint", "The log's key signed the checkpoint", sealing.checkpoint),
    ("operation_signatures", "Every operation is signed by its device", chain.operation_signatures),
    ("operation_order", "The operations are in order", chain.operation_order),
    ("chain_links", "Each operation names the one before it", chain.chain_links),
    ("chain_gaps", "Gaps in the chain", chain.chain_gaps),
    ("operation_subjects", "Everything is about one visit", chain.operation_subjects),
    ("report_hash", "The report has its hash", content.report_hash),
    ("report_bound", "The report is the one that was shown and signed", content.report_bound),
    ("signature", "The customer's decision is the one that was signed", content.signature_words),
    ("strokes", "The drawn signature is the one that was made", content.strokes),
    ("consent", "The consent text is the one that was shown", content.consent),
    ("photo_manifest", "Every photo is one that the device signed for", content.photo_manifest),
    ("photos_report", "The report shows exactly the photos of the record", content.photos_report),
    ("photo_custody", "How each photo arrived", photo_custody),
    ("photo_files", "Original photo files", content.photo_files),
    ("times", "Times of the server are in order", content.times),
    ("phone_times", "Times of the phone", content.phone_times),
    ("arrival", "The arrival verdict fits its interval and window", content.arrival),
    ("amendment", "Record and report agree on what they amend", content.amendment),
    ("modesty", "The record claims no more than it holds", modesty.modesty),
]


def verify_record(
    record_bytes: bytes,
    proof: Mapping[str, Any],
    strokes: str | None,
    key_file: bytes,
    photos: Mapping[str, bytes] | None = None,
) -> list[Claim]:
    """Every claim of a record, its proof and its strokes, against the keys of `server.pub`.

    `photos` are original files by photo id, when whoever verifies has them. Never raises on what is verified: input of
    the wrong shape is a claim that fails. Of a record of a newer version there is one claim: that it is not known here.
    """
    trusted = _keys(key_file)
    if isinstance(trusted, Claim):
        return [trusted]
    if newer := _of_a_newer_version(record_bytes):
        return [newer]
    return _claims(Evidence(record_bytes, proof, strokes, trusted, photos or {}))


def verify_pdf(pdf: bytes, key_file: bytes, photos: Mapping[str, bytes] | None = None) -> list[Claim]:
    """Every claim of a sealed PDF: its seal, then all of the record that it carries. As `verify_record`.

    Blocks for about a hundredth of a second: call it in a thread.
    """
    trusted = _keys(key_file)
    if isinstance(trusted, Claim):
        return [trusted]
    try:
        with document.opening(pdf) as opened:
            return _pdf_claims(opened, pdf, trusted, photos or {})
    except document.NoRecord as error:
        return [Claim(name, False, statement, str(error)) for name, statement in (SEAL, TIME, CARRIES)]


SEAL = "pdf_seal", "The company's seal covers the whole PDF"
TIME = "pdf_timestamp", "Time of the seal"
CARRIES = "pdf_record", "The PDF carries its record"


def _pdf_claims(opened: Pdf, pdf: bytes, trusted: Trusted, photos: Mapping[str, bytes]) -> list[Claim]:
    @cache
    def found() -> Seal:
        return read_seal(opened, pdf)

    try:
        record, proof, strokes = document.attachments(opened)
        carried = None
    except document.NoRecord as error:
        carried = Claim(CARRIES[0], False, CARRIES[1], str(error))
    if carried is None and (newer := _of_a_newer_version(record)):
        return [newer]
    claims = [claim(*SEAL, lambda: seal(found(), trusted)), claim(*TIME, lambda: timestamp(found()))]
    if carried is not None:
        return [*claims, carried]
    named = claim(*CARRIES, lambda: document.names_record(opened, record))
    evidence = Evidence(record, proof, strokes, trusted, photos)
    return [*claims, named, *_claims(evidence)]


def _claims(evidence: Evidence) -> list[Claim]:
    return [claim(name, statement, partial(check, evidence)) for name, statement, check in CHECKS]


def _of_a_newer_version(record_bytes: bytes) -> Claim | None:
    """The one claim about a record whose version is not known here: what is unknown is not accused of anything else.

    It fails all the same, because nothing was checked.
    """
    try:
        kind = json.loads(record_bytes)["type"]
    except MALFORMED:
        return None  # each claim says for itself what it cannot read
    if not isinstance(kind, str) or kind in RECORD_TYPES or not _VERSION.match(kind):
        return None
    name, statement, _ = CHECKS[0]
    return Claim(
        name, False, statement,
        f"unknown record type {kind}: a newer version made it, and nothing of it was checked; use a newer verifier",
    )  # fmt: skip


def verify_answer(record_bytes: bytes, answer_file: bytes, key_file: bytes) -> list[Claim]:
    """Every claim of a customer's answer file (`answer-confirmed.json`) about a record."""
    trusted = _keys(key_file)
    return [trusted] if isinstance(trusted, Claim) else answer_claims(record_bytes, answer_file, trusted)


def verify_pdf_answer(pdf: bytes, answer_file: bytes, key_file: bytes) -> list[Claim]:
    """The same, about the record inside a sealed PDF."""
    try:
        record = document.carried_record(pdf)
    except document.NoRecord as error:
        return [Claim("answer_record", False, "The answer is about this record", str(error))]
    return verify_answer(record, answer_file, key_file)


def _keys(key_file: bytes) -> Trusted | Claim:
    try:
        return read_keys(key_file)
    except NoKeys as error:
        return Claim("key_file", False, "The key file has the company's public keys", str(error))
