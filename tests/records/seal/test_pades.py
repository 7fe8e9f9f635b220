"""The company's seal on the PDF, judged by poppler's pdfsig."""

import io
import subprocess
from pathlib import Path

import pikepdf
import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from server.records.seal.pades import make_certificate, sign_pdf
from server.records.verify import verify_pdf
from tests.records.authority import NOT_BEFORE, SIGNED_AT
from tests.records.conftest import pdf_of
from tests.records.factory import Sealed, make_sealed


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


def timed(sealed: Sealed, pdf: bytes, authority: str) -> bytes:
    """The PDF with the company's seal and an authority's time on it."""
    key = sealed.keys.document
    cert = make_certificate(key, "Hengtong", NOT_BEFORE)
    return sign_pdf(pdf, key, cert, signed_at=SIGNED_AT, timestamp_url=authority)


def test_an_independent_authority_times_the_seal(authority, tmp_path):
    sealed = make_sealed("en", photos=0, seed=12)
    pdf = timed(sealed, pdf_of(sealed), authority)
    assert "Signature is Valid" in pdfsig(pdf, tmp_path)
    claims = {claim.id: claim for claim in verify_pdf(pdf, sealed.key_file)}
    assert claims["pdf_seal"].ok, claims["pdf_seal"].detail
    assert claims["pdf_timestamp"].ok is None
    assert "2026-03-14 04:20:00 UTC" in claims["pdf_timestamp"].detail
    assert "Test Time Authority" in claims["pdf_timestamp"].detail
