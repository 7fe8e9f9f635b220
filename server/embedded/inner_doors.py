"""Closes SeaweedFS's inner doors: only its own parts pass, by a certificate that this data folder alone has.

Its parts (master, volume, filer, S3, admin) speak gRPC and HTTP to each other, on ports that anybody on the machine or in
the containers' network reaches, and would serve whoever comes: delete a collection by one GET, list and remove files by
`weed shell`. With mutual TLS on all of them, each port but S3's asks for a certificate of an authority that signed one
key and is then forgotten. The S3 port checks signatures.
"""

import shutil
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

CONFIG = "security.toml"
"""The name under which SeaweedFS looks for it."""
GRPC = ("volume", "master", "filer", "s3", "msg_broker", "msg_agent", "admin", "worker", "mq", "client")
"""The parts that SeaweedFS 4.48 reads a certificate for, `weed scaffold -config=security` lists them. A part that is missing here listens
without TLS, and tests/attack/test_inner_doors.py finds it."""
HTTPS = ("volume", "master", "filer", "admin")
FROM, UNTIL = datetime(2020, 1, 1, tzinfo=UTC), datetime(2120, 1, 1, tzinfo=UTC)
"""Fixed days: a machine whose clock is wrong must still find its storage. Whoever could use an old key has the folder."""


def close_doors(home: Path) -> Path:
    """The folder under `home` with certificate, key and `security.toml`; made on the first call, or when one is missing.

    Readable by its owner only, and never half made. Raises `OSError`.
    """
    folder = home / "doors"
    names = ("authority.pem", "inner.pem", "inner.key")
    if not all((folder / name).is_file() for name in names):
        new = home / "doors.new"
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        for name, text in zip(names, _certificates(), strict=True):
            _keep(new / name, text)
        shutil.rmtree(folder, ignore_errors=True)
        new.rename(folder)
    folder.chmod(0o700)
    # Written each time: the folder may have been moved, and the file names absolute paths.
    _keep(folder / CONFIG, _config(folder).encode())
    return folder


def _keep(file: Path, text: bytes) -> None:
    file.touch(mode=0o600)
    file.chmod(0o600)
    file.write_bytes(text)


def _certificates() -> tuple[bytes, bytes, bytes]:
    """An authority, a certificate for both ends of a connection, and its key. The authority's own key is not kept."""
    signer, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = (
        _begun("inner authority", signer.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(signer, hashes.SHA256())
    )
    places: list[x509.GeneralName] = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
    ends = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
    certificate = (
        _begun("inner", key.public_key())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName(places), critical=False)
        .add_extension(x509.ExtendedKeyUsage(ends), critical=False)
        .sign(signer, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return authority.public_bytes(pem), certificate.public_bytes(pem), secret


def _begun(name: str, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    def named(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    return (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(named("inner authority"))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(FROM)
        .not_valid_after(UNTIL)
    )


def _config(folder: Path) -> str:
    authority, certificate, key = (
        _quoted(folder / name) for name in ("authority.pem", "inner.pem", "inner.key")
    )  # fmt: skip
    own = f"cert = {certificate}\nkey = {key}\n"
    lines = [f"[grpc]\nca = {authority}\n", *(f"[grpc.{part}]\n{own}" for part in GRPC)]
    lines += [f"[https.client]\nenabled = true\n{own}ca = {authority}\n"]
    # With an authority a server asks for the other's certificate as well.
    lines += [f"[https.{part}]\n{own}ca = {authority}\n" for part in HTTPS]
    return "\n".join(lines)


def _quoted(path: Path) -> str:
    """A path as a TOML string."""
    return '"' + str(path).replace("\\", "\\\\").replace('"', '\\"') + '"'
