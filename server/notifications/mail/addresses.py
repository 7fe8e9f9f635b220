"""Which texts are addresses that mail can be sent to: one address, without anything that a header or an envelope would read otherwise."""

import re

LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
DOMAIN = re.compile(r"([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
LONGEST_LOCAL, LONGEST = 64, 254
"""RFC 5321, section 4.5.3.1, and what a path of 256 characters leaves."""


def mail_address(text: str) -> str | None:
    """The address as an envelope has it, its domain in ASCII; None for what is no single address (RFC 5321, without quoted local parts)."""
    local, at, domain = text.strip(" ").rpartition("@")
    try:
        domain = domain.encode("idna").decode() if not domain.isascii() else domain
    except UnicodeError:
        return None
    if not at or not LOCAL.fullmatch(local) or not DOMAIN.fullmatch(domain):
        return None
    address = f"{local}@{domain}"
    return address if len(local) <= LONGEST_LOCAL and len(address) <= LONGEST else None
