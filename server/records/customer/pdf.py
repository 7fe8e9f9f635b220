"""A sealed PDF as an answer, and how often whoever holds its link may ask."""

from litestar import Response

from server.http.door.pace import per_address
from server.media.storage import Storage
from server.records.models import SealedRecord
from server.records.seal.issue import read_pdf
from server.records.sealer import Sealer

BY_LINK = per_address("customer", 60)
"""For whoever has the link of a report, as a page or as a file: a person reads and answers with a handful of requests."""


async def pdf_answer(storage: Storage, sealer: Sealer, row: SealedRecord) -> Response[bytes]:
    """A record's PDF as a response."""
    data = await read_pdf(storage, sealer.keys.vault, row)
    headers = {"content-disposition": f'inline; filename="report-{row.id}.pdf"', "cache-control": "private, no-store"}
    return Response(data, media_type="application/pdf", headers=headers)
