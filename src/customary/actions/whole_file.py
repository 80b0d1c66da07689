"""A file that is there whole or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from customary.errors import ConfigError


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Write a file beside ``path``, which takes its place at the end; after any error ``path`` is as it was.

    Raises ``ConfigError`` when it cannot be written there.
    """
    path = path.resolve()  # what a link leads to is replaced, not the link
    beside = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    try:
        if path.exists() and not path.is_file():
            raise OSError(0, "it is no file")
        file = beside.open("xb")
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {error.strerror}") from None
    try:
        with file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _into_place(beside, path)
    except BaseException:
        with suppress(OSError):
            beside.unlink()
        raise


def _into_place(beside: Path, path: Path) -> None:
    try:
        beside.replace(path)
    except OSError as error:  # on Windows also where another program has it open
        raise ConfigError(f"{path} cannot be replaced: {error.strerror}; is it open elsewhere?") from None
