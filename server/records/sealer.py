"""What a seal is made with: keys, certificate, the company's name and address, and how long things are kept open."""

import msgspec
from cryptography.x509 import Certificate

from server.records.keys import ServerKeys


class Sealer(msgspec.Struct, frozen=True):
    """What a seal is made with. The days are those of the settings."""

    keys: ServerKeys
    certificate: Certificate
    company: str
    public_url: str
    tsa_url: str | None = None
    company_phone: str = ""
    link_days: int = 90
    strokes_days: int = 1095
    dispute_days: int = 14
