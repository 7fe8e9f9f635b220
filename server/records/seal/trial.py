"""A trial seal: the whole PDF of a record, made with keys that nobody trusts and verified, before the log hears of it.

What the log holds stays for ever, so a record that cannot be printed, or that our own verifier would accuse, must be found out
before. The trial's log has one leaf and its keys live in this process only, so that no second history of the true log is ever signed.
"""

from collections.abc import Mapping
from functools import cache

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509 import Certificate

from server.ground.clock import from_micros
from server.ground.problems import Conflict, Problem
from server.records.checkpoint import Checkpoint, make_checkpoint
from server.records.keys import ServerKeys, public_keys
from server.records.log import merkle
from server.records.log.log import ORIGIN
from server.records.print.pdf import render_pdf
from server.records.record import build_proof
from server.records.seal.pades import make_certificate, sign_pdf
from server.records.sealer import Sealer
from server.records.verify import verify_pdf
from server.records.verify.document import LARGEST

MAX_PDF = 64 * 1024 * 1024
"""Bytes of a sealed PDF: its pictures (`pictures.BUDGET`), the largest record that intake allows, fonts, and a margin."""


MAX_RECORD = LARGEST
"""Bytes of a record: what verifiers unpack of a PDF at most, those that people have already among them."""


class RecordTooLarge(Conflict):
    """The record of the visit is larger than verifiers read"""

    code = "record_too_large"


class PdfTooLarge(Conflict):
    """The PDF is larger than a PDF may be here"""

    code = "pdf_too_large"


class NotVerified(Problem):
    """What was made does not verify"""

    status, code = 500, "not_verified"


def try_seal(sealer: Sealer, record: bytes, sealed_at: int, strokes: str | None, pictures: Mapping[str, bytes]) -> None:
    """Make and verify the PDF of a record that is not in the log yet.

    Raises `NotVerified`, `RecordTooLarge` and `PdfTooLarge`. Blocks for tenths of a second.
    """
    if len(record) > MAX_RECORD:
        raise RecordTooLarge(
            f"The record of this visit would have {len(record)} bytes, and verifiers read {MAX_RECORD} at most. More was sent "
            "about it than a record can hold. End it without a sealed report, or make another visit for a new one."
        )
    keys, certificate = _throwaway(sealer)
    leaf = merkle.leaf_hash(record)
    proof = build_proof(
        record, leaf_index=0, tree_size=1, inclusion=[],
        checkpoint=make_checkpoint(Checkpoint(ORIGIN, 1, leaf), keys.log), key=keys.document,
    )  # fmt: skip
    pages = render_pdf(record, proof, strokes, pictures, link=f"{sealer.public_url}/r/{'x' * 32}")
    pdf = sign_pdf(pages, keys.document, certificate, signed_at=from_micros(sealed_at))
    must_fit(pdf)
    must_verify(pdf, keys)


def must_fit(pdf: bytes) -> None:
    """Raises `PdfTooLarge` for a PDF that could not be read again."""
    if len(pdf) > MAX_PDF:
        raise PdfTooLarge(f"The PDF has {len(pdf)} bytes; the most is {MAX_PDF}. Ask for a report with less in it.")


def must_verify(pdf: bytes, keys: ServerKeys, origin: str = ORIGIN) -> None:
    """Ask the verifier about a sealed PDF. Raises `NotVerified`, which names the claims that fail. Blocks."""
    claims = verify_pdf(pdf, public_keys(keys, origin).encode())
    if failed := [claim for claim in claims if claim.ok is False]:
        words = "; ".join(f"{claim.statement}: {claim.detail}" for claim in failed)
        raise NotVerified(f"It was not issued, because checking it failed. {words}")


@cache
def _throwaway(sealer: Sealer) -> tuple[ServerKeys, Certificate]:
    trial = ServerKeys(ec.generate_private_key(ec.SECP256R1()), Ed25519PrivateKey.generate(), sealer.keys.vault)
    return trial, make_certificate(trial.document, sealer.company, sealer.certificate.not_valid_before_utc)
