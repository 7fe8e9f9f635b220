"""What a client may use up before it has said anything: sizes, seconds, connections and memory. docs/operations.md repeats it.

A person with a phone on a bad network stays far below; what is above costs others.
"""

import resource
from ipaddress import IPv6Address, ip_address

import msgspec


class Limits(msgspec.Struct, frozen=True):
    """Of one machine where it says so, else of one connection or one request."""

    head_bytes: int = 32 * 1024
    """Request line and headers together; as much again for what frames a body (chunks, trailers)."""
    head_count: int = 100
    """Headers."""
    head_seconds: float = 10.0
    """From the connection, or the first byte of a further request, to the last byte of its head."""
    gap_seconds: float = 20.0
    """Between two pieces of a body."""
    grace_seconds: float = 30.0
    """In which a body may come as slowly as it likes."""
    bytes_a_second: int = 1000
    """Of a body after that, on average, and of an answer that is read: less than GPRS."""
    unread_seconds: float = 3.0
    """For the rest of a body after its answer, so that the client reads the answer before the connection ends."""
    handshake_seconds: float = 5.0
    """Of TLS."""
    connections: int = 4096
    """Of all processes of a machine."""
    address_connections: int = 1024
    """Of one client address, in one process: many phones come from one address of their operator. A proxy that is configured
    is not held to it."""
    body_bytes: int = 256 * 1024 * 1024
    """Of bodies that are held, in all processes of a machine."""
    address_body_bytes: int = 80 * 1024 * 1024
    """Of one client address, in one process; the largest body is 64 MiB (a PDF to verify)."""


USUAL = Limits()
SMALL = 16 * 1024
"""Bytes of a body that is not counted: of as many as there may be connections a quarter of what may be held."""
SPARE_FILES = 256
"""Open files that are left for the database, the storage and ourselves."""


def within_files(limits: Limits) -> Limits:
    """These limits with no more connections than this process may open files, and half of them for one address."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return limits
    connections = min(limits.connections, max(64, soft - SPARE_FILES))
    return msgspec.structs.replace(
        limits, connections=connections, address_connections=min(limits.address_connections, connections // 2)
    )


def client_of(host: str | None) -> str:
    """The address that a limit counts: of IPv6 the network of 64 bits, which one client has to itself."""
    if host is None or ":" not in host:
        return host or ""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host
    assert isinstance(address, IPv6Address)
    return str(address.ipv4_mapped) if address.ipv4_mapped else address.exploded[:19]
