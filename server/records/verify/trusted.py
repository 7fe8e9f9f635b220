"""The keys that whoever verifies brings along: `server.pub`, got by a way that they trust."""

import re
from dataclasses import dataclass

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from server.records.verify.strict import sha256

_PEM = re.compile(rb"-----BEGIN PUBLIC KEY-----.{1,1000}?-----END PUBLIC KEY-----", re.DOTALL)
_LOG = re.compile(rb"^Log: ([^+\s]+)\+", re.MULTILINE)


LARGEST = 100_000
"""Bytes of a key file; a key has some two hundred."""


class NoKeys(ValueError):
    """The key file holds no usable public key."""


@dataclass(frozen=True)
class Trusted:
    """Document keys by the hex SHA-256 of their SubjectPublicKeyInfo, log keys, and the log's name when it is given.

    Several of a kind may stand in one file, since keys are replaced over the years.
    """

    document: dict[str, ec.EllipticCurvePublicKey]
    log: tuple[Ed25519PublicKey, ...]
    origins: tuple[str, ...]


def read_keys(key_file: bytes) -> Trusted:
    """The keys of a file with PEM public keys and `Log:` lines; raises `NoKeys` unless both kinds are there."""
    document: dict[str, ec.EllipticCurvePublicKey] = {}
    log: list[Ed25519PublicKey] = []
    if len(key_file) > LARGEST:
        raise NoKeys("the key file is too large")
    for pem in _PEM.findall(key_file):
        try:
            key = load_pem_public_key(pem)
        except (ValueError, UnsupportedAlgorithm) as error:
            raise NoKeys(f"a public key in the key file cannot be read: {error}") from error
        if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
            document[sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))] = key
        elif isinstance(key, Ed25519PublicKey):
            log.append(key)
    if not document or not log:
        raise NoKeys("the key file needs a P-256 key (documents) and an Ed25519 key (log), in PEM")
    origins = tuple(name.decode() for name in _LOG.findall(key_file))
    return Trusted(document, tuple(log), origins)
