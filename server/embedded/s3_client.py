"""A boto3 client as we want it: nothing from the environment or home folder, path-style addresses, SigV4."""

from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from server.embedded.s3_address import S3Address

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def make_client(
    address: S3Address, *, attempts: int = 2, connect_seconds: float = 3, read_seconds: float = 30
) -> "S3Client":
    """A client for this storage. It is safe to share between threads. A call ends within about a minute."""
    return boto3.client(
        "s3",
        endpoint_url=address.endpoint_url,
        aws_access_key_id=address.access_key_id,
        aws_secret_access_key=address.secret_access_key,
        region_name=address.region,
        config=Config(
            signature_version="s3v4",
            s3={"addressing_style": "path"},
            connect_timeout=connect_seconds,
            read_timeout=read_seconds,
            max_pool_connections=20,  # more than `Storage` has threads
            retries={"total_max_attempts": attempts, "mode": "standard"},
            # We name a SHA-256 where it matters; boto3's own CRC32 would end up in presigned addresses.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            proxies={} if "//127.0.0.1" in address.endpoint_url else None,
        ),
    )
