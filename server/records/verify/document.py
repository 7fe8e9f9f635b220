"""Checks of the PDF: the company's seal (PAdES) over the whole file, and the sealed bytes that travel inside it."""

import asyncio
import io
import json
import logging
import zlib
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pikepdf
from asn1crypto import cms
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import SignatureCoverageLevel, async_validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext

from server.records.verify.claim import Finding
from server.records.verify.strict import read_canonical, sha256
from server.records.verify.trusted import Trusted

for _name in ("pyhanko", "pyhanko_certvalidator"):  # what they would log is in the finding already
    logging.getLogger(_name).addHandler(logging.NullHandler())

LARGEST = 32 * 1024 * 1024
"""Bytes of an attachment that are read at most; a record of a visit has some tens of thousands."""

NAMES = ("record.json", "proof.json", "strokes.json")


class NoRecord(ValueError):
    """The file is no PDF of a sealed record."""


def attachments(pdf: bytes) -> tuple[bytes, dict[str, Any], str | None]:
    """The record's bytes, the proof and the strokes inside a PDF; raises `NoRecord` when they are not there."""
    try:
        with pikepdf.open(io.BytesIO(pdf)) as opened:
            files = opened.attachments
            found = {name: _content(files[name].get_file().obj) for name in NAMES if name in files}
        proof = read_canonical(found["proof.json"])
        strokes = found["strokes.json"].decode() if "strokes.json" in found else None
        return found["record.json"], dict(proof), strokes
    except (pikepdf.PdfError, LookupError, TypeError, ValueError, RuntimeError, zlib.error) as error:
        raise NoRecord(f"no readable record.json and proof.json inside: {error}") from error


def _content(stream: Any) -> bytes:
    """A stream's bytes, read up to a limit, so that a small file cannot fill the memory."""
    raw = bytes(stream.read_raw_bytes())
    if "/Filter" not in stream:
        return raw
    if stream.Filter not in ("/FlateDecode", ["/FlateDecode"]):
        raise ValueError("an attachment is packed in another way than Deflate")
    unpacking = zlib.decompressobj()
    data = unpacking.decompress(raw, LARGEST)
    if unpacking.unconsumed_tail:
        raise ValueError("an attachment is too large")
    return data


def names_record(pdf: bytes, record: bytes) -> Finding:
    """The PDF's own metadata names the hash of the record that it carries."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        keywords = str(opened.docinfo.get("/Keywords", ""))
    if f"sha256:{sha256(record)}" not in keywords:
        return Finding(["the pages were made for another record than the one attached"])
    sealed = json.loads(record)["record_id"]
    return Finding(
        [], f"record {sealed}; that the pages show what it says rests on the seal: the company laid them out"
    )


def seal(pdf: bytes, trusted: Trusted) -> Finding:
    """One signature, by the company's document key, valid, over every byte of the file."""
    try:
        signature = _only_signature(pdf)
        certificate = signature.signer_cert
        moment = _claimed_time(signature)
        context = ValidationContext(trust_roots=[certificate], allow_fetching=False, moment=moment)
        status = _validated(signature, context)
    except (PdfError, SignatureValidationError) as error:
        return Finding([f"the PDF's signature cannot be read: {error}"])
    problems = []
    if sha256(certificate.public_key.dump()) not in trusted.document:
        problems.append("the PDF is signed with a key that is not in the key file")
    if not status.intact:
        problems.append("the PDF was changed after it was sealed")
    if not status.valid:
        problems.append("the PDF's signature is not valid: it or its certificate was changed")
    if status.coverage != SignatureCoverageLevel.ENTIRE_FILE:
        problems.append("the signature does not cover the whole file: something was added after the sealing")
    problems += _loose_container(pdf, signature)
    return Finding(
        problems, f"PAdES by {certificate.subject.human_friendly}, claimed time {moment:%Y-%m-%d %H:%M:%S} UTC"
    )


def timestamp(pdf: bytes) -> Finding:
    """Whether an independent authority timed the seal; without one the time is the company's word."""
    try:
        signature = _only_signature(pdf)
        if not signature.signer_info["unsigned_attrs"]:
            return Finding([], "no timestamp of an independent authority: times rest on the company's clock", open=True)
        context = ValidationContext(trust_roots=[signature.signer_cert], allow_fetching=False)
        validity = _validated(signature, context).timestamp_validity
    except (PdfError, SignatureValidationError) as error:
        return Finding([f"the timestamp cannot be read: {error}"])
    if validity is None or not validity.intact or not validity.valid:
        return Finding(["the timestamp does not belong to this seal"])
    words = f"{validity.timestamp:%Y-%m-%d %H:%M:%S} UTC by {validity.signing_cert.subject.human_friendly}"
    return Finding([], f"{words}; whether to trust that authority is for the reader to decide", open=True)


def _only_signature(pdf: bytes) -> EmbeddedPdfSignature:
    signatures: list[EmbeddedPdfSignature] = PdfFileReader(io.BytesIO(pdf), strict=True).embedded_signatures
    if len(signatures) != 1:
        raise ValueError(f"the PDF has {len(signatures)} signatures and should have one")
    return signatures[0]


def _validated(signature: EmbeddedPdfSignature, context: ValidationContext) -> PdfSignatureStatus:
    """pyHanko's answer, asked in a thread of its own, so that callers inside an event loop may ask too."""

    def ask() -> PdfSignatureStatus:
        return asyncio.run(async_validate_pdf_signature(signature, context))

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(ask).result()


def _claimed_time(signature: EmbeddedPdfSignature) -> datetime:
    moment = signature.self_reported_timestamp
    if moment is None:
        raise ValueError("the signature gives no time")
    return moment


def _loose_container(pdf: bytes, signature: EmbeddedPdfSignature) -> list[str]:
    """The signature's own bytes lie outside what it covers, so their form is pinned: hex, strict DER, then zeros.

    Found by changing each of its bits: without this, version numbers and the list of digests could be changed unseen.
    """
    start, length, after, rest = (int(number) for number in signature.byte_range)
    gap = pdf[start + length : after]
    der = cms.ContentInfo.load(bytes.fromhex(gap[1:-1].decode()), strict=False).dump(force=True)
    written = b"<" + der.hex().upper().encode().ljust(len(gap) - 2, b"0") + b">"
    data, signer = signature.signed_data, signature.signer_info
    digests = [each["algorithm"].native for each in data["digest_algorithms"]]
    loose = {each["type"].native for each in signer["unsigned_attrs"] or []} - {"signature_time_stamp_token"}
    if digests != ["sha256"] or data["version"].native != "v1" or signer["version"].native != "v1" or loose:
        return ["the signature's container is not of the form that the seal has"]
    if start != 0 or after + rest != len(pdf) or gap != written:
        return ["the signature's container is not as it was written"]
    return []
