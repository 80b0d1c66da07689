"""What a process does that is the command ``customary``: started as any other process of the tests."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import customary.cli.main

for _name in ("cli.running", "cli.setting_up", "cli.showing", "cli.uploading", "connectors.syspro.connector"):
    importlib.import_module(f"customary.{_name}")  # what commands import when they need it, here beforehand
for _name in ("pycountry", "typer._adapters"):
    importlib.import_module(_name)

OUT, ERR = "stdout", "stderr"
"""The files, in the folder for output, that get what the command prints."""


def customary_command(
    arguments: Sequence[str], folder: Path, environ: Mapping[str, str], output: Path
) -> None:
    """Be ``customary ARGUMENTS`` in a folder, its output going to files; ends the process with its code."""
    os.chdir(folder)
    os.environ.update(environ)
    for number, name in ((1, OUT), (2, ERR)):
        file = os.open(output / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(file, number)
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115  # as long as the process
    sys.stderr = open(2, "w", encoding="utf-8", closefd=False, buffering=1)  # noqa: SIM115  # likewise
    sys.argv = ["customary", *arguments]
    sys.exit(customary.cli.main.main())
