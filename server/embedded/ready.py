"""Whether a storage takes a write now, signed and read back; `python -m server.embedded.ready URL` asks it for a container.

A storage that answers may still be unable to write: its parts find each other after it listens, and its disk may be full.
"""

import os
import sys

from botocore.exceptions import BotoCoreError, ClientError

from server.embedded.s3_address import S3Address
from server.embedded.s3_client import make_client

KEY = "probe/ready"
"""Removed again at once; what a kill in between leaves is cleared away with what is left of probes."""


def takes_writes(address: S3Address, bucket: str) -> bool:
    """Whether a small object can be stored, read back and removed; makes the bucket when it is missing."""
    client = make_client(address, attempts=1, connect_seconds=1, read_seconds=3)
    body = os.urandom(16)
    try:
        if bucket not in {one["Name"] for one in client.list_buckets()["Buckets"]}:
            client.create_bucket(Bucket=bucket)
        key = f"{KEY}/{body.hex()}"  # another process may ask at the same time
        client.put_object(Bucket=bucket, Key=key, Body=body)
        same: bool = client.get_object(Bucket=bucket, Key=key)["Body"].read() == body
        client.delete_object(Bucket=bucket, Key=key)
    except (BotoCoreError, ClientError):
        return False
    finally:
        client.close()
    return same


if __name__ == "__main__":
    found = takes_writes(
        S3Address(sys.argv[1], os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]),
        os.environ.get("S3_BUCKET") or "fieldproof",
    )
    sys.exit(0 if found else 1)
