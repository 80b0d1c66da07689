"""The settings of a file of Zynk's customer XML: ``[systems.NAME]`` with ``connector = "zynk"``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct


class ZynkConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the file is and how it is understood."""

    file: Annotated[str, Meta(min_length=1, description="the file, with its whole path")]
    """It may come and go: whether it is there is looked at when it is read."""
    ignore_empty: Annotated[
        bool, Meta(description="whether an empty element is taken for a missing one, instead of clearing")
    ] = False
    """Zynk's own sample is full of empty elements (facts/sage200.md 8, guess)."""
    page: Annotated[int, Meta(ge=1, le=10_000, description="customers that are read at a time")] = 500

    def __post_init__(self) -> None:
        """Refuse a path that depends on where the program runs; raises ``ValueError``."""
        if not self.path.is_absolute():
            raise ValueError(f"file: '{self.file}' is not a whole path")

    @property
    def path(self) -> Path:
        """Where the file is."""
        return Path(self.file).expanduser()
