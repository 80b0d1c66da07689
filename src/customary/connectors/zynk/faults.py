"""What goes wrong with a file, and which of Customary's errors it is.

| what happens | what it is |
|---|---|
| it is not there, is locked, or breaks while it is read | ``Unreachable`` |
| it may not be read | ``NotPermitted`` |
| it is no XML of customers, or ends too early; it changed while it was read | ``Unreadable`` |
"""

from __future__ import annotations

from pathlib import Path

from customary.errors import ConnectorError, NotPermitted, Unreachable, Unreadable
from customary.protocols.zynk_stream import ZynkFormatError


def error_of_file(system: str, path: Path, error: OSError | ZynkFormatError) -> ConnectorError:
    """Give the error of a fault of opening, reading or understanding a file."""
    match error:
        case ZynkFormatError():
            return Unreadable(system, f"{path}: {error}")
        case FileNotFoundError():
            return Unreachable(system, f"there is no file {path}")
        case IsADirectoryError():
            return NotPermitted(system, f"{path} is a folder, not a file")
        case PermissionError():
            return NotPermitted(system, f"{path} may not be read by this account")
        case _:
            return Unreachable(system, f"{path} cannot be read: {error.strerror}")
