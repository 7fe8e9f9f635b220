"""Addresses as an operator writes them: what only this machine reaches, whom a setting may name, and files for TLS."""

from ipaddress import ip_address, ip_network
from pathlib import Path
from urllib.parse import urlsplit

import msgspec


class Tls(msgspec.Struct, frozen=True):
    """Files in PEM: the certificate with those that lead from it to a root, and its key."""

    certificate: Path
    key: Path


def only_here(url: str) -> bool:
    """Whether an address is one that other machines cannot reach us by."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def is_address(text: str) -> bool:
    """Whether it is an IP address or a network of them, but not everybody."""
    try:
        return ip_network(text).prefixlen > 0
    except ValueError:
        return False
