"""Run as a program of its own (`server/ground/forked.py`): verifies PDFs, each in a limited process that is made for it and ends with it.

A PDF is packed twice and more: 2 kB can unfold to gigabytes in a reader that is made to read PDFs. The answer is the claims, and the record's bytes
when all of them hold.
"""

import io
import json
import mmap
import os
from typing import Any

import pikepdf
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from server.ground import forked
from server.records.verify import Claim, all_hold, verify_pdf, verify_pdf_answer
from server.records.verify.document import carried_record

STRANGE = "it cannot be read as a PDF"
LONGEST = 10_000
"""Characters of a claim's detail; it may quote what stands in the file."""
KINDER = 10
"""By how much other work goes before this one."""


def read(data: mmap.mmap, asked: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Verify what was sent: a key file, a PDF and answers to it, one behind the other."""
    key_file, pdf, *answers = _apart(data, asked["sizes"])
    claims = verify_pdf(pdf, key_file)
    held = all_hold(claims)
    for answer in answers:
        claims += verify_pdf_answer(pdf, answer, key_file)
    return {"claims": [_row(each) for each in claims]}, carried_record(pdf) if held else b""


def _apart(data: mmap.mmap, sizes: list[int]) -> list[bytes]:
    data.seek(0)
    return [data.read(size) for size in sizes]


def _row(claim: Claim) -> list[Any]:
    detail = claim.detail.encode(errors="replace").decode()  # half a character cannot be sent
    return [claim.id, claim.ok, claim.statement, detail[:LONGEST]]


def warm() -> None:
    """Read a small PDF, so that each process finds loaded what it needs: it may not open another file."""
    out = io.BytesIO()
    with pikepdf.new() as made:
        made.attachments["record.json"] = pikepdf.AttachedFileSpec(made, b'{"type":"none"}')
        made.attachments["proof.json"] = pikepdf.AttachedFileSpec(made, b"{}")
        made.save(out)
    parts = [_KEYS, out.getvalue(), b"{}"]
    with mmap.mmap(-1, sum(map(len, parts))) as data:
        data.write(b"".join(parts))
        json.dumps(read(data, {"sizes": [*map(len, parts)]})[0])
    for codec in ("utf-16-be", "utf-16", "latin-1", "ascii", "pdfdoc"):
        b"".decode(codec)
    ec.ECDSA(hashes.SHA256())  # loads the library's back end


_KEYS = b"""-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt
6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q==
-----END PUBLIC KEY-----
-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=
-----END PUBLIC KEY-----
"""
"""Of nobody: the generator of P-256, and the first test of RFC 8032."""


if __name__ == "__main__":
    os.nice(KINDER)
    warm()
    forked.serve(read, doing="reading it", strange=STRANGE)
