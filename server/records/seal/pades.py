"""The company's seal on the PDF: PAdES B-B, or B-T when a timestamp authority (RFC 3161) is configured.

The certificate is self-signed by the server's own document key. It proves nothing to a stranger by itself: whoever
checks compares its key with `server.pub`. The signature certifies the document (no change allowed after it).
"""

import asyncio
import hashlib
import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from asn1crypto import cms
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.signers import cms_embedder
from pyhanko_certvalidator.registry import CertificateStore, SimpleCertificateStore

from server.records.seal.authority import Authority

DOCUMENT_SIGNING = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")
"""id-kp-documentSigning (RFC 9336)."""

LIFETIME = timedelta(days=3652)
FIELD = "Seal"
ROOM, ROOM_WITH_TIMESTAMP = 4096, 32768
"""Hex digits kept free for the signature; a timestamp brings the authority's certificates along."""


def make_certificate(
    private_key: ec.EllipticCurvePrivateKey, issuer_name: str, not_before: datetime, *, lifetime: timedelta = LIFETIME
) -> x509.Certificate:
    """A self-signed certificate for sealing documents; the same arguments give the same certificate.

    `not_before` is aware; `issuer_name` is the company's name as PDF readers will show it (cut to
    64 bytes, the limit of RFC 5280).
    """
    public = private_key.public_key()
    common = issuer_name.encode()[:64].decode(errors="ignore")
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])
    spki = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    seed = spki + issuer_name.encode() + not_before.isoformat().encode()
    serial = int.from_bytes(hashlib.sha256(seed).digest()[:16], "big") >> 1 | 1
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=True, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(public)
        .serial_number(serial)
        .not_valid_before(not_before)
        .not_valid_after(not_before + lifetime)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([DOCUMENT_SIGNING]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )
    return builder.sign(private_key, hashes.SHA256(), ecdsa_deterministic=True)


def _no_certificates() -> CertificateStore:
    make: Callable[[], CertificateStore] = SimpleCertificateStore
    return make()


class _Seal(signers.Signer):
    """Signs with the document key itself, deterministically (RFC 6979), so that the key is never exported."""

    def __init__(self, key: ec.EllipticCurvePrivateKey, cert: x509.Certificate) -> None:
        loaded = asn1_x509.Certificate.load(cert.public_bytes(Encoding.DER))
        super().__init__(signing_cert=loaded, cert_registry=_no_certificates())
        self._key = key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        if digest_algorithm != "sha256":
            raise ValueError("the seal is made with SHA-256")
        return self._key.sign(data, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))


class _Writer(IncrementalPdfFileWriter):
    """Appends the seal and nothing else: the metadata stays as it was, and the file's id follows from its bytes.

    pyHanko would write the time of day and a random id, and the same record would give another PDF each time.
    """

    def _update_meta(self) -> None:
        return

    @classmethod
    def _handle_id(cls, prev: PdfFileReader) -> generic.ArrayObject:
        prev.stream.seek(0)
        digest = hashlib.sha256(prev.stream.read()).digest()[:16]
        first, _ = prev.trailer["/ID"]
        return generic.ArrayObject([first, generic.ByteStringObject(digest)])


def sign_pdf(
    pdf: bytes,
    key: ec.EllipticCurvePrivateKey,
    cert: x509.Certificate,
    *,
    signed_at: datetime,
    timestamp_url: str | None = None,
) -> bytes:
    """The PDF with the company's seal appended; the bytes given stay as they are at its beginning.

    `signed_at` is aware and stands in the signature as the claimed time; with `timestamp_url` an independent authority
    adds its own (one HTTP request). Without one the same arguments give the same bytes. Raises pyHanko's
    `TimestampRequestError` when the authority does not answer. Blocks: call it in a thread.
    """
    out = io.BytesIO()
    steps = cms_embedder.PdfCMSEmbedder().write_cms(field_name=FIELD, writer=_Writer(io.BytesIO(pdf)))
    next(steps)
    steps.send(
        cms_embedder.SigObjSetup(
            sig_placeholder=signers.SignatureObject(
                timestamp=signed_at,
                subfilter=fields.SigSeedSubFilter.PADES,
                bytes_reserved=ROOM_WITH_TIMESTAMP if timestamp_url else ROOM,
            ),
            mdp_setup=cms_embedder.SigMDPSetup(
                md_algorithm="sha256", certify=True, docmdp_perms=fields.MDPPerm.NO_CHANGES
            ),
        )
    )
    digest, _ = steps.send(cms_embedder.SigIOSetup(md_algorithm="sha256", output=out))
    stamper = Authority(timestamp_url) if timestamp_url else None

    def sign() -> cms.ContentInfo:
        seal = _Seal(key, cert)
        return asyncio.run(seal.async_sign(digest.document_digest, "sha256", use_pades=True, timestamper=stamper))

    with ThreadPoolExecutor(1) as thread:  # of its own, so that callers inside an event loop may sign too
        steps.send(thread.submit(sign).result())
    return out.getvalue()
