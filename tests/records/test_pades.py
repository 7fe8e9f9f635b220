"""The company's seal on the PDF, judged by poppler's pdfsig."""

import io
import subprocess
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pikepdf
import pytest
from asn1crypto import keys as asn1_keys
from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps import DummyTimeStamper

from server.records.pades import make_certificate, sign_pdf
from server.records.verify import verify_pdf
from tests.records.conftest import pdf_of
from tests.records.factory import make_sealed

NOT_BEFORE = datetime(2026, 1, 1, tzinfo=UTC)
SIGNED_AT = datetime(2026, 3, 14, 4, 20, tzinfo=UTC)


def pdfsig(pdf: bytes, tmp_path: Path) -> str:
    file = tmp_path / "report.pdf"
    file.write_bytes(pdf)
    return subprocess.run(["pdfsig", str(file)], capture_output=True, check=False, timeout=60).stdout.decode()


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_poppler_finds_the_seal_valid_over_the_whole_file(locale, sealed_pdf, tmp_path):
    sealed, pdf = sealed_pdf(locale)
    said = pdfsig(pdf, tmp_path)
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert sealed.facts["issuer"]["name"] in said
    assert "ETSI.CAdES.detached" in said


def test_poppler_sees_a_changed_byte(sealed_pdf, tmp_path):
    _, pdf = sealed_pdf("en")
    changed = bytearray(pdf)
    changed[len(pdf) // 3] ^= 1
    assert "Signature is Valid" not in pdfsig(bytes(changed), tmp_path)


def test_the_seal_leaves_the_document_as_it_was(sealed_pdf):
    sealed, pdf = sealed_pdf("zh-CN")
    assert pdf.startswith(pdf_of(sealed))
    with pikepdf.open(io.BytesIO(pdf)) as opened, opened.open_metadata() as metadata:
        assert metadata["pdfaid:part"] == "3"
        widget = opened.Root.AcroForm.Fields[0]
        assert int(widget.F) & 4, "PDF/A wants annotations that print"
        assert int(opened.Root.Perms.DocMDP.Reference[0].TransformParams.P) == 1, "no change is allowed after it"


def test_the_same_arguments_give_the_same_seal():
    sealed = make_sealed("en", photos=0, seed=11)
    pdf, key = pdf_of(sealed), sealed.keys.document
    cert = make_certificate(key, "Hengtong", NOT_BEFORE)
    assert cert == make_certificate(key, "Hengtong", NOT_BEFORE)
    assert sign_pdf(pdf, key, cert, signed_at=SIGNED_AT) == sign_pdf(pdf, key, cert, signed_at=SIGNED_AT)


def test_the_certificate_is_for_documents_and_for_nothing_else():
    cert = make_certificate(make_sealed("en", photos=0).keys.document, "很长的公司名称" * 20, NOT_BEFORE)
    assert cert.extensions.get_extension_for_class(x509.BasicConstraints).value.ca is False
    usage = cert.extensions.get_extension_for_class(x509.KeyUsage).value
    assert (usage.digital_signature, usage.content_commitment, usage.key_cert_sign) == (True, True, False)
    assert len(cert.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value.encode()) == 63
    cert.verify_directly_issued_by(cert)


@pytest.fixture
def authority():
    """The address of a timestamp authority (RFC 3161) on this machine."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test Time Authority")])
    cert = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(7).not_valid_before(NOT_BEFORE).not_valid_after(datetime(2040, 1, 1, tzinfo=UTC))
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    stamper = DummyTimeStamper(
        asn1_x509.Certificate.load(cert.public_bytes(Encoding.DER)),
        asn1_keys.PrivateKeyInfo.load(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())),
        fixed_dt=SIGNED_AT,
    )

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self):
            asked = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["content-length"])))
            body = stamper.request_tsa_response(asked).dump()
            self.send_response(200)
            self.send_header("content-type", "application/timestamp-reply")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            return

    server = HTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_independent_authority_times_the_seal(authority, tmp_path):
    sealed = make_sealed("en", photos=0, seed=12)
    key = sealed.keys.document
    cert = make_certificate(key, "Hengtong", NOT_BEFORE)
    pdf = sign_pdf(pdf_of(sealed), key, cert, signed_at=SIGNED_AT, timestamp_url=authority)
    assert "Signature is Valid" in pdfsig(pdf, tmp_path)
    claims = {claim.id: claim for claim in verify_pdf(pdf, sealed.key_file)}
    assert claims["pdf_seal"].ok, claims["pdf_seal"].detail
    assert claims["pdf_timestamp"].ok is None
    assert "2026-03-14 04:20:00 UTC" in claims["pdf_timestamp"].detail
    assert "Test Time Authority" in claims["pdf_timestamp"].detail
