"""What a phone may enrol as its key: one on P-256 in its usual form, known by its size before anything is worked out of it."""

import time
from base64 import urlsafe_b64encode
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from mobile_contract.chain import DeviceKey
from server.ground.problems import Invalid
from server.identity.signing import LONGEST, is_signed, load_public_key
from tests.company import Company

P256 = ec.generate_private_key(ec.SECP256R1())


def spki(key: Any) -> bytes:
    der: bytes = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return der


def der(tag: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    size = bytes([len(body)]) if len(body) < 128 else b"\x82" + len(body).to_bytes(2, "big")
    return bytes([tag]) + size + body


def of_own_curve(bits: int) -> bytes:
    """A curve written out in the key instead of named (X9.62): whoever takes it works with numbers of any size."""
    prime = der(0x02, b"\0" + b"\xff" * (bits // 8))
    field = der(0x30, bytes.fromhex("06072a8648ce3d0101"), prime)
    curve = der(0x30, der(0x04, b"\1" * (bits // 8)), der(0x04, b"\2" * (bits // 8)))
    base = der(0x04, b"\4" + b"\3" * (bits // 4))
    written = der(0x30, der(0x02, b"\1"), field, curve, base, prime)
    return der(0x30, der(0x30, bytes.fromhex("06072a8648ce3d0201"), written), der(0x03, b"\0\4" + b"\5" * (bits // 4)))


KEYS: dict[str, bytes] = {
    "RSA": spki(rsa.generate_private_key(65537, 2048)),
    "a short RSA": spki(rsa.generate_private_key(65537, 1024)),
    "P-384": spki(ec.generate_private_key(ec.SECP384R1())),
    "secp256k1": spki(ec.generate_private_key(ec.SECP256K1())),
    "Ed25519": spki(ed25519.Ed25519PrivateKey.generate()),
    "a small curve of its own": of_own_curve(64),
    "a large curve of its own": of_own_curve(4096),
    "a point beside the curve": spki(P256)[:-64] + bytes(63) + b"\1",
    "cut off": spki(P256)[:-1],
    "with bytes behind": spki(P256) + b"\0",
    "nested": b"\x30\x80" * (LONGEST // 2),
    "a length beyond its end": b"\x30\x84\xff\xff\xff\xff",
    "nothing": b"",
    "noise": bytes(range(LONGEST)),
    "a certificate's worth": spki(P256) + bytes(LONGEST),
}


@pytest.mark.parametrize("name", KEYS)
def test_any_other_key_is_refused_at_once_and_in_words(name: str) -> None:
    began = time.process_time()
    with pytest.raises(Invalid, match=r"public key is (?:too long|not a DER|not on curve)"):
        load_public_key(KEYS[name])
    assert time.process_time() - began < 0.1


def test_the_size_is_looked_at_before_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    def parse(_: bytes) -> None:
        raise AssertionError("parsed")

    monkeypatch.setattr("server.identity.signing.load_der_public_key", parse)
    with pytest.raises(Invalid, match="too long"):
        load_public_key(bytes(LONGEST + 1))
    with pytest.raises(AssertionError):
        load_public_key(bytes(LONGEST))
    assert len(spki(P256)) == 91


@pytest.mark.parametrize("signature", [b"", bytes(63), bytes(64), b"\xff" * 64, bytes(65), bytes(10_000)], ids=len)
def test_a_signature_of_any_size_is_only_wrong(signature: bytes) -> None:
    assert not is_signed(spki(P256), b"text", signature)


async def test_a_code_is_not_used_up_by_a_key_that_is_refused(company: Company) -> None:
    made = await company.must("mei", "POST", f"/v1/users/{company.ids['wei']}/enrolment-codes")
    key = DeviceKey()
    phone = {"code": made["code"], "label": "x", "platform": "android", "proof": key.sign(made["code"])}
    for name, wrong in KEYS.items():
        text = urlsafe_b64encode(wrong).rstrip(b"=").decode()
        answer = await company.http.post("/v1/devices", json={**phone, "public_key": text})
        assert answer.status_code == (422 if len(text) <= 400 else 400), (name, answer.text)
    answer = await company.http.post("/v1/devices", json={**phone, "public_key": key.public()})
    assert answer.status_code == 201, answer.text
