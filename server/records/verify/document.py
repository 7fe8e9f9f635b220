"""The sealed bytes that travel inside a PDF, and the PDF opened for whoever checks its seal (`company_seal.py`)."""

import io
import json
import re
import zlib
from typing import Any

import pikepdf

from server.records.verify.claim import MALFORMED, Finding
from server.records.verify.strict import read_canonical, sha256

LARGEST = 32 * 1024 * 1024
"""Bytes of an attachment that are read at most; a record of a visit has some tens of thousands."""

NAMES = ("record.json", "proof.json", "strokes.json")


class NoRecord(ValueError):
    """The file is no PDF of a sealed record."""


def opening(pdf: bytes) -> pikepdf.Pdf:
    """The PDF, to be closed again by `with`; raises `NoRecord` when the bytes are none."""
    try:
        return pikepdf.open(io.BytesIO(pdf))
    except (pikepdf.PikepdfError, ValueError, RuntimeError) as error:
        said = re.sub(r"stream <[^>]*>:? ?", "", str(error))  # the library names the object that it reads from
        raise NoRecord(f"it cannot be read as a PDF: {said}") from error


def attachments(opened: pikepdf.Pdf) -> tuple[bytes, dict[str, Any], str | None]:
    """The record's bytes, the proof and the strokes inside a PDF; raises `NoRecord` when they are not there."""
    try:
        files = opened.attachments
        found = {name: _content(files[name].get_file().obj) for name in NAMES if name in files}
        proof = read_canonical(found["proof.json"])
        strokes = found["strokes.json"].decode() if "strokes.json" in found else None
        return found["record.json"], dict(proof), strokes
    except MALFORMED as error:
        raise NoRecord(f"no readable record.json and proof.json inside: {error}") from error


def carried_record(pdf: bytes) -> bytes:
    """The bytes of the record inside a PDF. Raises `NoRecord`. Blocks."""
    with opening(pdf) as opened:
        return attachments(opened)[0]


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


def names_record(opened: pikepdf.Pdf, record: bytes) -> Finding:
    """The PDF's own metadata names the hash of the record that it carries."""
    keywords = str(opened.docinfo.get("/Keywords", ""))
    if f"sha256:{sha256(record)}" not in keywords:
        return Finding(["the pages were made for another record than the one attached"])
    sealed = json.loads(record)["record_id"]
    return Finding(
        [], f"record {sealed}; that the pages show what it says rests on the seal: the company laid them out"
    )
