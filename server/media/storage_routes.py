"""HTTP: what the storage enforces, for the admin."""

from litestar import Controller, get
from litestar.di import NamedDependency

from server.identity.audience import ADMINISTRATORS
from server.media.schemas import StorageOut
from server.media.storage import Storage


class StorageReport(Controller):
    """What the storage was seen to do."""

    path = "/v1/storage"
    tags = ("operations",)
    guards = (ADMINISTRATORS,)

    @get()
    async def get_storage_report(self, storage: NamedDependency[Storage]) -> StorageOut:
        """What the storage enforces, as it was tried at start-up; `checked_at` is null until that is through."""
        return storage.report or StorageOut(storage.address.endpoint_url, None, 0.0, [], [])
