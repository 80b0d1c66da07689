"""An environment of dlt's own, so that neither program sees the other's dependencies."""

from __future__ import annotations

import os
import subprocess
import venv
from pathlib import Path

REQUIREMENTS = Path(__file__).with_name("requirements-dlt.txt")


def dlt_python(work: Path) -> str:
    """Give the Python of the environment, made with what the lock names where it is not there yet."""
    folder = work / "dlt"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    stamp = folder / "requirements.txt"
    wanted = REQUIREMENTS.read_text(encoding="utf-8")
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
        print("making an environment for dlt; the first time this takes a minute", flush=True)
        venv.EnvBuilder(clear=True, with_pip=True, symlinks=os.name != "nt").create(folder)
        options = ("-qq", "--disable-pip-version-check", "--require-hashes", "--requirement", REQUIREMENTS)
        if subprocess.call([python, "-m", "pip", "install", *options]):
            raise SystemExit("bench: dlt could not be installed; --no-dlt leaves it out")
        stamp.write_text(wanted, encoding="utf-8")
    return str(python)
