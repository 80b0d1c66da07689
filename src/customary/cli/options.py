"""What every command is given: where the configuration is, and how much to log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec import Struct

if TYPE_CHECKING:
    from customary.actions.workspace import Workspace


Json = Annotated[bool, typer.Option("--json", help="Print JSON, a documented contract.")]


class Options(Struct, frozen=True):
    """The options that stand before the command."""

    config: Path | None = None
    data: Path | None = None
    verbose: bool = False

    @contextmanager
    def workspace(self, *, quiet: bool = True) -> Iterator[Workspace]:
        """Open the configuration and the hub; ``quiet`` logs warnings only, unless ``--verbose``."""
        from customary.actions.workspace import Where, open_workspace
        from customary.logs import configure

        with open_workspace(Where(self.config, self.data)) as workspace:
            logs = workspace.config.logs
            configure("debug" if self.verbose else "warning" if quiet else logs.level, logs.format)
            yield workspace
