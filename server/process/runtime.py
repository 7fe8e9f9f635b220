"""Puts a process together from its settings: tokens, storage, what seals are made with, and the application."""

import secrets
from datetime import UTC, datetime
from pathlib import Path

from cryptography.x509 import Certificate
from litestar import Litestar

from server.ground.processes import secret_file
from server.http.door.door import Door
from server.identity.tokens import Tokens
from server.media.storage import Storage
from server.process.app import make_app
from server.process.services import Services
from server.process.settings import Settings, SettingsError
from server.process.share import Share
from server.records.keys import ServerKeys, load_keys, load_or_make_keys, load_or_make_vault
from server.records.seal.pades import make_certificate
from server.records.sealer import Sealer
from server.records.vault import Vault, read_vault

CERTIFIED_FROM = datetime(2025, 1, 1, tzinfo=UTC)
"""A fixed day, so that every process that holds the key makes the same certificate."""


def server_keys(settings: Settings) -> ServerKeys:
    """The keys of seals and of the log: the ones that are set, or ones made once in the data folder."""
    if bool(settings.signing_key) != bool(settings.log_key):
        raise SettingsError("Set both FIELDPROOF_SIGNING_KEY and FIELDPROOF_LOG_KEY, or neither.")
    if settings.signing_key and settings.log_key:
        return load_keys(settings.signing_key.encode(), settings.log_key.encode(), vault(settings))
    keys = load_or_make_keys(settings.data / "keys")
    return ServerKeys(keys.document, keys.log, vault(settings)) if settings.strokes_key else keys


def vault(settings: Settings) -> Vault:
    """What encrypts signatures at rest: the key that is set, or one made once in the data folder."""
    return read_vault(settings.strokes_key) if settings.strokes_key else load_or_make_vault(settings.data / "keys")


def company_certificate(keys: ServerKeys, company: str) -> Certificate:
    """The self-made certificate of the company's document key."""
    return make_certificate(keys.document, company, CERTIFIED_FROM)


def token_secret(settings: Settings) -> str:
    """What tokens are signed with: the secret that is set, or one made once and readable by its owner alone."""
    return settings.token_secret or secret_file(settings.data / "token.secret", lambda: secrets.token_urlsafe(48))


def make_sealer(settings: Settings) -> Sealer:
    """What seals are made with."""
    keys = server_keys(settings)
    return Sealer(
        keys, company_certificate(keys, settings.company), settings.company, settings.public_url, settings.tsa_url,
        strokes_days=settings.strokes_days, dispute_days=settings.dispute_days,
        link_days=settings.link_days, company_phone=settings.company_phone or "",
    )  # fmt: skip


def make_storage(settings: Settings, services: Services) -> Storage:
    """The storage, signing addresses for phones: under its public name, or under the API's."""
    return Storage(services.s3, settings.s3_bucket, services.s3_public_endpoint_url, through=settings.public_url)


def build(
    settings: Settings, services: Services, *, work: bool, door: Door | None = None, share: Share | None = None
) -> Litestar:
    """The application of this process; `door` is what it shares with others of this machine, `share` its part among
    those of one `serve`."""
    return make_app(
        services.database_url, make_storage(settings, services), Tokens(token_secret(settings)), make_sealer(settings),
        work=work, custody=settings.custody, door=door, enrolment_people=settings.enrolment_people,
        narrow=settings.desks_see == "office",
        share=share, metrics_token=settings.metrics_token, outgoing=settings.outgoing,
    )  # fmt: skip


def public_key_path(settings: Settings) -> Path:
    """Where `keys` writes the public keys."""
    return settings.data / "server.pub"
