"""A report with many photos is made small enough to be read again, and what is too large is said in its own words."""

import asyncio
import hashlib
import io
import os
from uuid import uuid4

import pytest
from PIL import Image

from server.media.custody import thumbnail_key
from server.media.storage import Storage
from server.records.print.pictures import BUDGET, pictures_of
from server.records.seal import issue, trial
from server.records.seal.issue import OVERHEAD, fetch_pdf, pdf_key, store_pdf
from server.records.seal.trial import PdfTooLarge
from server.records.sealer import Sealer
from tests.records.factory import make_sealed


def noisy(seed: int) -> bytes:
    """A thumbnail about as large as one can be."""
    out = io.BytesIO()
    Image.effect_noise((640, 480), 60 + seed % 40).convert("RGB").save(out, "JPEG", quality=80)
    return out.getvalue()


async def test_the_pictures_of_180_photos_fit_the_budget_of_a_pdf(bucket: Storage) -> None:
    photos = [{"photo_id": str(n), "sha256": hashlib.sha256(b"%d of 180" % n).hexdigest()} for n in range(180)]
    many = [noisy(n) for n in range(12)]
    for n, photo in enumerate(photos):
        await bucket.write(thumbnail_key(photo["sha256"]), many[n % 12], "image/jpeg")
    assert sum(len(many[n % 12]) for n in range(180)) > BUDGET
    found = await pictures_of(bucket, photos)
    assert found.keys() == {photo["photo_id"] for photo in photos}
    assert sum(map(len, found.values())) <= BUDGET
    assert all(Image.open(io.BytesIO(data)).size == (480, 360) for data in found.values())
    few = await pictures_of(bucket, photos[:14])
    assert list(few.values()) == [many[n % 12] for n in range(14)], "a usual report keeps its thumbnails as they are"


async def test_a_photo_whose_thumbnail_is_lost_leaves_a_place(bucket: Storage) -> None:
    assert await pictures_of(bucket, [{"photo_id": "a", "sha256": uuid4().hex * 2}]) == {}


async def test_a_pdf_of_30_megabytes_is_read_again(bucket: Storage, sealer: Sealer) -> None:
    record_id, pdf = uuid4(), b"%PDF" + os.urandom(30 * 1024 * 1024)
    assert await store_pdf(bucket, sealer.keys.vault, record_id, pdf) == hashlib.sha256(pdf).hexdigest()
    assert await fetch_pdf(bucket, sealer.keys.vault, record_id, pdf_key(record_id)) == pdf


async def test_what_is_too_large_is_called_that_and_not_tampered_with(
    bucket: Storage, sealer: Sealer, monkeypatch: pytest.MonkeyPatch
) -> None:
    record_id = uuid4()
    await store_pdf(bucket, sealer.keys.vault, record_id, b"%PDF" + bytes(3000))
    monkeypatch.setattr(issue, "MAX_PDF", 2000 - OVERHEAD)
    with pytest.raises(PdfTooLarge, match="more than"):
        await fetch_pdf(bucket, sealer.keys.vault, record_id, pdf_key(record_id))


async def test_a_pdf_that_could_not_be_read_again_is_found_out_before_the_log_hears_of_it(
    sealer: Sealer, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed = make_sealed("en", photos=2)
    monkeypatch.setattr(trial, "MAX_PDF", 50_000)
    with pytest.raises(PdfTooLarge, match="Ask for a report with less in it"):
        await asyncio.to_thread(
            trial.try_seal, sealer, sealed.record, sealed.facts["sealed_at"], sealed.strokes, sealed.photos
        )
