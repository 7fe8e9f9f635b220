"""What phones hold of reports: what is agreed to, what was shown, what the customer did with it, and whether it is sealed."""

from uuid import UUID

import msgspec

from server.field.collection import Collection, Everybodys, Micros, Of
from server.records import models


class Report(msgspec.Struct, forbid_unknown_fields=True):
    """A report that was shown, what the customer did with it, and when it was sealed."""

    id: UUID
    visit_id: UUID
    amends_id: UUID | None
    locale: str
    sha256: str
    signature: str | None
    sealed_at: Micros | None


class ConsentText(msgspec.Struct, forbid_unknown_fields=True):
    """A text of the company's own that customers agree to, by language; the newest that is not retired is shown (`shapes/build.py`)."""

    id: UUID
    code: str
    texts: dict[str, str]
    retired_at: Micros | None


COLLECTIONS = (
    Collection(name="consent_text", row=ConsentText, table=models.ConsentText, parent=Everybodys(), came=2),
    Collection(
        name="report", row=Report, table=models.ServiceReport, parent=Of("visit", "visit_id"),
        body={
            "signature": "(select s.outcome from signature s where s.report_id = r.id)",
            "sealed_at": "(select sync_micros(k.sealed_at) from sealed_record k where k.report_id = r.id)",
        },
        parts=(("signature", "report_id"), ("sealed_record", "report_id")),
    ),
)  # fmt: skip
