"""A phone's chain of signed operations: canonical text, SHA-256 link, ECDSA P-256 signature as raw r||s."""

import hashlib
import secrets
import time
from base64 import urlsafe_b64encode
from typing import Any
from uuid import UUID

import rfc8785
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature


def base64url(data: bytes) -> str:
    """Unpadded base64url."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def uuid7() -> str:
    """A time-ordered id (RFC 9562 section 5.7)."""
    random = secrets.randbits(74)
    value = (time.time_ns() // 1_000_000 << 80) | (0x7 << 76) | (random >> 62 << 64) | (0b10 << 62) | random % (1 << 62)
    return str(UUID(int=value))


def sha256_hex(text: str) -> str:
    """SHA-256 of a text's UTF-8 bytes, lowercase hex."""
    return hashlib.sha256(text.encode()).hexdigest()


class DeviceKey:
    """The device's key pair. A real phone keeps it in its key store and never exports it."""

    def __init__(self, private: ec.EllipticCurvePrivateKey | None = None) -> None:
        self.private = private or ec.generate_private_key(ec.SECP256R1())

    def public(self) -> str:
        """base64url of the SubjectPublicKeyInfo."""
        return base64url(
            self.private.public_key().public_bytes(
                serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
            )
        )

    def sign(self, text: str) -> str:
        """base64url of raw r||s over the UTF-8 bytes."""
        r, s = decode_dss_signature(self.private.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
        return base64url(r.to_bytes(32) + s.to_bytes(32))

    def pem(self) -> str:
        """For the phone's own disk."""
        return self.private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()

    @classmethod
    def from_pem(cls, pem: str) -> "DeviceKey":
        """Back from the phone's disk."""
        key = serialization.load_pem_private_key(pem.encode(), password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise TypeError("a device key is an EC key")
        return cls(key)


def make_operation(key: DeviceKey, envelope: dict[str, Any], attachment: str | None = None) -> dict[str, Any]:
    """The wire form of an operation: the canonical text of the envelope, and its signature."""
    text = rfc8785.dumps(envelope).decode()
    wire = {"body": text, "signature": key.sign(text)}
    return wire if attachment is None else wire | {"attachment": attachment}
