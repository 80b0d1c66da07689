"""The file itself: the only module that opens it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from customary.connectors.zynk.faults import error_of_file
from customary.errors import Unreadable
from customary.protocols.zynk_read import CustomerRecord, read_customers
from customary.protocols.zynk_stream import ZynkFormatError

CHUNK: Final = 1 << 18
Stamp = tuple[int, int]
"""A file's size and the time of its last change."""


class ZynkFile:
    """One file, read as a stream from its beginning each time."""

    def __init__(self, system: str, path: Path) -> None:
        self.system = system
        self.path = path

    def stamp(self) -> Stamp:
        """Tell the file from what it may be later. Raises ``Unreachable`` and ``NotPermitted``."""
        try:
            found = os.stat(self.path)
        except OSError as error:
            raise error_of_file(self.system, self.path, error) from None
        return found.st_size, found.st_mtime_ns

    def records(self) -> Iterator[CustomerRecord]:
        """Give the records in the file's order.

        Raises ``Unreachable``, ``NotPermitted``, and ``Unreadable`` where it breaks or is no such file.
        """
        try:
            yield from read_customers(self._chunks())
        except (OSError, ZynkFormatError) as error:
            raise error_of_file(self.system, self.path, error) from None

    def unchanged(self, stamp: Stamp) -> None:
        """Raise ``Unreadable`` when the file is not what it was."""
        if self.stamp() != stamp:
            raise Unreadable(self.system, f"{self.path} changed while it was read: run it again")

    def _chunks(self) -> Iterator[bytes]:
        with self.path.open("rb") as file:
            while chunk := file.read(CHUNK):
                yield chunk
