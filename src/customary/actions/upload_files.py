"""The success and the fail file of an upload: every record of the input stands in exactly one of them."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO

from msgspec import Struct

from customary.errors import ConfigError
from customary.protocols.zynk_read import CustomerRecord
from customary.protocols.zynk_write import CLOSING, OPENING, failed_xml, succeeded_xml


class Ending(Struct, frozen=True):
    """How the upload of one record ended: with an id and a reference, or with errors."""

    id: str = ""
    reference: str = ""
    errors: Sequence[str] = ()
    """Why it was not uploaded; empty when it was."""


class Files(Struct, frozen=True):
    """Where the records of an upload go, in the input's format."""

    success: Path
    """Those that were uploaded, each with its id and its reference in the target."""
    fail: Path
    """Those that were not, untouched, each with its errors: corrected, it can be uploaded as it is."""

    def refuse_overlap(self, upload: Path) -> None:
        """Raise ``ConfigError`` when two of the three files are the same, or a folder is not there."""
        given = {"--success": self.success, "--fail": self.fail}
        places = [("the uploaded file", upload), *given.items()]
        for at, (name, path) in enumerate(places):
            for other, also in places[:at]:
                if path.resolve() == also.resolve():
                    raise ConfigError(f"{name} is {path}, as is {other}: give each a name of its own")
        for name, path in given.items():
            if not path.resolve().parent.is_dir():
                raise ConfigError(f"{name}: there is no folder {path.resolve().parent}")
            if path.is_dir():
                raise ConfigError(f"{name}: {path} is a folder, not a file")


def write_files(
    endings: Iterable[tuple[CustomerRecord, Ending]], files: Files, at: datetime
) -> tuple[int, int]:
    """Write both files, and give how many records succeeded and failed; ``at`` is the time of the errors.

    They get their names once both are whole, in the place of what stood there. Raises ``OSError``.
    """
    succeeded = failed = 0
    with _pending(files.success) as success, _pending(files.fail) as fail:
        for file in (success, fail):
            file.write(OPENING)
        for record, ending in endings:
            if ending.errors:
                fail.write(failed_xml(record, ending.errors, at))
                failed += 1
            else:
                success.write(succeeded_xml(record, ending.id, ending.reference))
                succeeded += 1
        for file in (success, fail):
            file.write(CLOSING)
    return succeeded, failed


@contextmanager
def _pending(path: Path) -> Iterator[IO[bytes]]:
    """Give a file to write, which gets its name when the block ends well, and is gone when it does not."""
    place = path.resolve()
    beside = place.with_name(f".{place.name}.{secrets.token_hex(4)}.part")
    try:
        with beside.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.replace(place)
    finally:
        beside.unlink(missing_ok=True)
