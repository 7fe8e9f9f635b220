"""Checks what a device signed: ECDSA on P-256 over SHA-256, the signature as raw r||s (IEEE P1363), as WebCrypto makes it."""

from functools import lru_cache

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key

from server.ground.problems import Invalid

ALGORITHM = ec.ECDSA(hashes.SHA256())
LONGEST = 200
"""Bytes of a P-256 key as SubjectPublicKeyInfo, generously; it has 91."""


@lru_cache(maxsize=4096)
def load_public_key(spki: bytes) -> ec.EllipticCurvePublicKey:
    """A P-256 public key from its SubjectPublicKeyInfo (DER). Raises `Invalid` for anything else."""
    if len(spki) > LONGEST:
        raise Invalid("The public key is too long for one on curve P-256. Make an ECDSA key on P-256.")
    try:
        key = load_der_public_key(spki)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Invalid("The public key is not a DER SubjectPublicKeyInfo. Export it as 'spki'.") from error
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise Invalid("The public key is not on curve P-256. Make an ECDSA key on P-256.")
    return key


def is_signed(spki: bytes, message: bytes, signature: bytes) -> bool:
    """Whether this key made this 64-byte signature over this message."""
    if len(signature) != 64:
        return False
    r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
    try:
        load_public_key(spki).verify(encode_dss_signature(r, s), message, ALGORITHM)
    except InvalidSignature:
        return False
    return True
