"""Sealed PDFs that several tests look at; made once, since they never change."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest

from mobile_contract.phone import Phone
from server.ground.clock import from_micros
from server.records.print.pdf import render_pdf
from server.records.seal.pades import make_certificate, sign_pdf
from tests.company import Company
from tests.phones import enrolled
from tests.records.authority import running_authority
from tests.records.factory import LINK, START, Sealed, make_sealed


def pdf_of(sealed: Sealed, **options: Any) -> bytes:
    """The unsigned PDF of a sealed record, with its verification link."""
    return render_pdf(sealed.record, sealed.proof, sealed.strokes, sealed.photos, link=LINK, **options)


def signed(sealed: Sealed, pdf: bytes) -> bytes:
    """The PDF with the company's seal, made at the time of sealing."""
    cert = make_certificate(sealed.keys.document, sealed.facts["issuer"]["name"], from_micros(START))
    return sign_pdf(pdf, sealed.keys.document, cert, signed_at=from_micros(sealed.facts["sealed_at"]))


@cache
def _sealed_pdf(locale: str) -> tuple[Sealed, bytes]:
    sealed = make_sealed(locale, photos=14)
    return sealed, signed(sealed, pdf_of(sealed))


@pytest.fixture(scope="session")
def sealed_pdf() -> Callable[[str], tuple[Sealed, bytes]]:
    """A sealed record with 14 photos, and its signed PDF, by language."""
    return _sealed_pdf


@pytest.fixture
def authority() -> Iterator[str]:
    """The address of a timestamp authority."""
    with running_authority() as address:
        yield address


@pytest.fixture
async def wei(company: Company) -> Phone:
    return await enrolled(company, "wei")


@pytest.fixture
async def anna(company: Company) -> Phone:
    return await enrolled(company, "anna")
