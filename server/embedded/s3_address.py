"""Where an S3 storage is and how to be let in."""

import msgspec


class S3Address(msgspec.Struct, frozen=True):
    """One S3-compatible storage. The secret key never appears in logs: `repr` leaves it out."""

    endpoint_url: str
    access_key_id: str
    secret_access_key: str
    region: str = "us-east-1"

    def __repr__(self) -> str:
        return f"S3Address({self.endpoint_url!r}, access_key_id={self.access_key_id!r}, region={self.region!r})"
