"""The photos as a sealed page shows them: their thumbnails, and together never more than a page budget, however many they are.

The bytes of the originals are not in a PDF. So that a report with hundreds of photos can be made, stored and read again within a
stated memory, thumbnails that are larger than their share are shrunk once more, in the limited process that decodes photos.
"""

from collections.abc import Sequence
from typing import Any

from server.media.custody import thumbnail_key
from server.media.storage import Storage
from server.media.verify import shrink_in_thread

BUDGET = 24 * 1024 * 1024
"""Bytes of all pictures of one PDF."""
MAX_THUMBNAIL = 2 * 1024 * 1024
SMALLER = ((480, 75), (320, 70), (200, 60))
"""Longer side in pixels and JPEG quality, tried in this order for a thumbnail that is larger than its share."""


async def pictures_of(storage: Storage, photos: Sequence[dict[str, Any]]) -> dict[str, bytes]:
    """JPEG bytes by photo id for the photos of a record whose thumbnail is in the storage. Raises `Unavailable`, `Busy`."""
    share = BUDGET // max(len(photos), 1)
    found: dict[str, bytes] = {}
    for photo in photos:
        small = await storage.read(thumbnail_key(photo["sha256"]), MAX_THUMBNAIL)
        if small:
            found[photo["photo_id"]] = small
    if sum(map(len, found.values())) <= BUDGET:
        return found
    keys = {photo["photo_id"]: thumbnail_key(photo["sha256"]) for photo in photos}
    return {name: await _within(storage, keys[name], data, share) for name, data in found.items()}


async def _within(storage: Storage, key: str, data: bytes, share: int) -> bytes:
    for side, quality in SMALLER:
        if len(data) <= share:
            break
        shrunk = await shrink_in_thread(storage, key, side=side, quality=quality)
        if shrunk is not None and not shrunk.fault:
            data = shrunk.small
    return data
