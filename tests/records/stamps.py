"""Time stamps (RFC 3161) over a seal's signature, by authorities with each kind of key; nobody should trust them."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from server.records.verify.der import context, der, read_der

SEQUENCE, SET, OCTETS, INTEGER, NULL = 0x30, 0x31, 0x04, 0x02, bytes.fromhex("0500")
NAMES: dict[str, tuple[bytes, hashes.HashAlgorithm]] = {
    "sha256": (bytes.fromhex("0609608648016503040201"), hashes.SHA256()),
    "sha384": (bytes.fromhex("0609608648016503040202"), hashes.SHA384()),
    "sha512": (bytes.fromhex("0609608648016503040203"), hashes.SHA512()),
}
RSA = bytes.fromhex("06092a864886f70d010101")
PSS, MGF1 = bytes.fromhex("06092a864886f70d01010a"), bytes.fromhex("06092a864886f70d010108")
SIGNED_DATA, TST_INFO = bytes.fromhex("06092a864886f70d010702"), bytes.fromhex("060b2a864886f70d0109100104")
CONTENT_TYPE, DIGEST = bytes.fromhex("06092a864886f70d010903"), bytes.fromhex("06092a864886f70d010904")
CERTIFICATE_V2 = bytes.fromhex("060b2a864886f70d010910022f")
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@cache
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def pss(by: str) -> bytes:
    name = der(SEQUENCE, NAMES[by][0], NULL)
    mask = der(SEQUENCE, MGF1, name)
    salt = der(INTEGER, bytes([NAMES[by][1].digest_size]))
    return der(SEQUENCE, PSS, der(SEQUENCE, der(context(0), name), der(context(1), mask), der(context(2), salt)))


def ecdsa(by: str) -> bytes:
    return der(SEQUENCE, bytes.fromhex("06082a8648ce3d0403") + bytes([{"sha256": 2, "sha384": 3, "sha512": 4}[by]]))


KINDS: dict[str, tuple[Callable[[], Key], str, Callable[[str], bytes]]] = {
    "RSA": (rsa_key, "sha256", lambda _: der(SEQUENCE, RSA, NULL)),
    "RSA with SHA-512 in its name": (rsa_key, "sha512", lambda _: der(SEQUENCE, RSA[:-1] + b"\x0d", NULL)),
    "RSA-PSS": (rsa_key, "sha384", pss),
    "P-256": (lambda: ec.derive_private_key(7, ec.SECP256R1()), "sha256", ecdsa),
    "P-384": (lambda: ec.derive_private_key(7, ec.SECP384R1()), "sha384", ecdsa),
    "P-521": (lambda: ec.derive_private_key(7, ec.SECP521R1()), "sha512", ecdsa),
}


def stamp(kind: str, signature: bytes, at: datetime = datetime(2026, 3, 14, 4, 20, tzinfo=UTC)) -> bytes:
    """The token of an authority with this kind of key over a signature."""
    make, by, algorithm = KINDS[kind]
    key, (name, digest) = make(), NAMES[by]
    certificate = _certificate(key)
    hashed = der(SEQUENCE, der(SEQUENCE, name, NULL), der(OCTETS, hashlib.new(by, signature).digest()))
    policy, serial = bytes.fromhex("06092b06010401a0320202"), der(INTEGER, b"\x07")
    info = der(
        SEQUENCE, der(INTEGER, b"\1"), policy, hashed, serial, der(0x18, at.strftime("%Y%m%d%H%M%S.25Z").encode())
    )
    named = der(SEQUENCE, der(SEQUENCE, der(SEQUENCE, der(OCTETS, hashlib.sha256(certificate).digest()))))
    pairs = [(CONTENT_TYPE, TST_INFO), (DIGEST, der(OCTETS, hashlib.new(by, info).digest())), (CERTIFICATE_V2, named)]
    attributes = sorted(der(SEQUENCE, attribute, der(SET, value)) for attribute, value in pairs)
    data = der(SET, *attributes)
    if isinstance(key, rsa.RSAPrivateKey):
        scheme = padding.PSS(padding.MGF1(digest), digest.digest_size) if algorithm is pss else padding.PKCS1v15()
        made = key.sign(data, scheme, digest)
    else:
        made = key.sign(data, ec.ECDSA(digest, deterministic_signing=True))
    body = read_der(certificate).parts[0]
    signer = der(
        SEQUENCE, der(INTEGER, b"\1"), der(SEQUENCE, body.parts[3].whole, body.parts[1].whole), der(SEQUENCE, name),
        der(context(0), *attributes), algorithm(by), der(OCTETS, made),
    )  # fmt: skip
    content = der(SEQUENCE, TST_INFO, der(context(0), der(OCTETS, info)))
    whole = der(
        SEQUENCE,
        der(INTEGER, b"\3"),
        der(SET, der(SEQUENCE, name)),
        content,
        der(context(0), certificate),
        der(SET, signer),
    )
    return der(SEQUENCE, SIGNED_DATA, der(context(0), whole))


def _certificate(key: Key) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "T")])
    start, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = builder.serial_number(7).not_valid_before(start).not_valid_after(end).sign(key, hashes.SHA256())
    return made.public_bytes(Encoding.DER)
