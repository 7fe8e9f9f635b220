"""The slow reference for a seal: what pyHanko says of it, and its container re-encoded whole by asn1crypto.

The verifiers did this until they read containers themselves. Whatever they accept, it must accept.
"""

import asyncio
import io
from concurrent.futures import ThreadPoolExecutor

from asn1crypto import cms
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import SignatureCoverageLevel, async_validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko_certvalidator import ValidationContext


def accepts(pdf: bytes) -> bool:
    """Whether the library finds the seal valid over the whole file, and its container strictly encoded.

    asn1crypto takes time that doubles with the depth of what it re-encodes; over the stamps of some authorities, for ever.
    """
    return finds_valid(pdf) and not is_loose(pdf)


def finds_valid(pdf: bytes) -> bool:
    """Whether the library finds the seal and its time stamp valid over the whole file, however they are encoded."""
    try:
        signature = _signature(pdf)
        context = ValidationContext(
            trust_roots=[signature.signer_cert], allow_fetching=False, moment=signature.self_reported_timestamp
        )
        with ThreadPoolExecutor(1) as thread:
            status = thread.submit(lambda: asyncio.run(async_validate_pdf_signature(signature, context))).result()
        stamp = status.timestamp_validity
        timed = stamp is None or (stamp.intact and stamp.valid)
        return status.intact and status.valid and timed and status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    except Exception:  # noqa: BLE001  whatever the library raises about a damaged seal means the same
        return False


def _signature(pdf: bytes) -> EmbeddedPdfSignature:
    (signature,) = PdfFileReader(io.BytesIO(pdf), strict=True).embedded_signatures
    return signature


def is_loose(pdf: bytes) -> bool:
    """Whether the container is of another form than the seal has."""
    signature = _signature(pdf)
    start, length, after, rest = (int(number) for number in signature.byte_range)
    gap = pdf[start + length : after]
    der = cms.ContentInfo.load(bytes.fromhex(gap[1:-1].decode()), strict=False).dump(force=True)
    written = b"<" + der.hex().upper().encode().ljust(len(gap) - 2, b"0") + b">"
    data, signer = signature.signed_data, signature.signer_info
    digests = [each["algorithm"].native for each in data["digest_algorithms"]]
    others = {each["type"].native for each in signer["unsigned_attrs"] or []} - {"signature_time_stamp_token"}
    if digests != ["sha256"] or data["version"].native != "v1" or signer["version"].native != "v1" or others:
        return True
    return start != 0 or after + rest != len(pdf) or gap != written
