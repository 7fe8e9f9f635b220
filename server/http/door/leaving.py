"""Headers of everything that leaves the API, errors and unknown addresses included."""

NOSNIFF = (b"x-content-type-options", b"nosniff")
POLICY = (
    b"content-security-policy",
    b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
)
"""For what is no page. A page brings a policy of its own."""

HSTS = (b"strict-transport-security", b"max-age=31536000")
"""RFC 6797: for a year a browser comes by TLS only. Other names of the company's domain are its own affair."""

Header = tuple[bytes, bytes]


def leaving(*, tls: bool) -> tuple[Header, ...]:
    """What each answer carries that has none of its own; `tls` says whether the public address is https."""
    return (NOSNIFF, POLICY, HSTS) if tls else (NOSNIFF, POLICY)
