"""Headers of everything that leaves the API, errors and unknown addresses included."""

from litestar.types import BeforeMessageSendHookHandler, Message, Scope

NOSNIFF = (b"x-content-type-options", b"nosniff")
POLICY = (
    b"content-security-policy",
    b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
)
"""For what is no page. A page brings a policy of its own."""

PDF_POLICY = (
    b"content-security-policy",
    b"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
)
"""For a PDF, which Chromium shows in a frame of its own viewer: with `frame-ancestors 'none'` the page stays empty."""

HSTS = (b"strict-transport-security", b"max-age=31536000")
"""RFC 6797: for a year a browser comes by TLS only. Other names of the company's domain are its own affair."""


def leaving(*, tls: bool) -> BeforeMessageSendHookHandler:
    """Put them on each answer that has none of its own; `tls` says whether the public address is https."""

    async def put(message: Message, _: Scope) -> None:
        if message["type"] == "http.response.start":
            there = {name.lower(): value for name, value in message["headers"]}
            policy = PDF_POLICY if there.get(b"content-type", b"").startswith(b"application/pdf") else POLICY
            wanted = (NOSNIFF, policy, HSTS) if tls else (NOSNIFF, policy)
            message["headers"] = [*message["headers"], *(one for one in wanted if one[0] not in there)]

    return put
