"""Where a phone keeps the bytes of its photos: a file each, apart from its state, so that a day of photos is not written
again with every tap."""

from collections.abc import Collection
from pathlib import Path

SMALL = ".small"
"""What the name of a small picture ends in."""


class Pictures:
    """Bytes by photo id; files in a folder, or in memory for a phone without a disk."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        self._held: dict[str, bytes] = {}

    def keep(self, photo_id: str, data: bytes, thumbnail: bytes | None = None) -> None:
        """Keep the bytes, and a small picture beside them; they are whole on the disk when this returns."""
        if thumbnail is not None:
            self.keep(photo_id + SMALL, thumbnail)
        if self.folder is None:
            self._held[photo_id] = data
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        new = self.folder / f"{photo_id}.new"
        new.write_bytes(data)
        new.replace(self.folder / photo_id)

    def read(self, photo_id: str) -> bytes | None:
        """The bytes, or None when they are not here (any more)."""
        if self.folder is None:
            return self._held.get(photo_id)
        file = self.folder / photo_id
        return file.read_bytes() if file.exists() else None

    def thumbnail(self, photo_id: str) -> bytes | None:
        """The small picture, or None when none was made."""
        return self.read(photo_id + SMALL)

    def without_thumbnails(self) -> None:
        """Drop them all: they show something of a customer."""
        for photo_id in [name for name in self._held if name.endswith(SMALL)]:
            del self._held[photo_id]
        if self.folder is not None and self.folder.exists():
            for file in self.folder.glob(f"*{SMALL}"):
                file.unlink()

    def only(self, photo_ids: Collection[str]) -> None:
        """Drop all others: bytes whose promise was never written down, because the app was killed in between."""
        for photo_id in [name for name in self._held if name.removesuffix(SMALL) not in photo_ids]:
            del self._held[photo_id]
        if self.folder is not None and self.folder.exists():
            for file in self.folder.iterdir():
                if file.name.removesuffix(SMALL) not in photo_ids:
                    file.unlink()
