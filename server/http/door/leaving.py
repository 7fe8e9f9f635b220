"""Headers of everything that leaves the API, errors and unknown addresses included."""

from litestar.types import BeforeMessageSendHookHandler, Message, Scope

from server.http.observed import answered

NOSNIFF = (b"x-content-type-options", b"nosniff")
POLICY = (
    b"content-security-policy",
    b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
)
"""For what is no page. A page brings a policy of its own."""

HSTS = (b"strict-transport-security", b"max-age=31536000")
"""RFC 6797: for a year a browser comes by TLS only. Other names of the company's domain are its own affair."""


def leaving(*, tls: bool) -> BeforeMessageSendHookHandler:
    """Put them on each answer that has none of its own, and its request's name; `tls` says whether the public address is https."""
    wanted = (NOSNIFF, POLICY, HSTS) if tls else (NOSNIFF, POLICY)

    async def put(message: Message, scope: Scope) -> None:
        if message["type"] == "http.response.start":
            there = {name.lower() for name, _ in message["headers"]}
            message["headers"] = [
                *message["headers"], *(one for one in wanted if one[0] not in there), *answered(message, scope),
            ]  # fmt: skip

    return put
