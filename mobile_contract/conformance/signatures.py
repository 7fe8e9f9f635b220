"""Checks what a client signed: ECDSA on P-256 over SHA-256, raw r||s, base64url."""

from base64 import urlsafe_b64decode

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key


def is_signed_by(public_key: str, text: str, signature: str) -> bool:
    """Whether the key (base64url of a SubjectPublicKeyInfo) made this signature over the text's UTF-8 bytes."""
    try:
        raw = _decode(signature)
        key = load_der_public_key(_decode(public_key))
        if len(raw) != 64 or not isinstance(key, ec.EllipticCurvePublicKey):
            return False
        der = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
        key.verify(der, text.encode(), ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


def _decode(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
