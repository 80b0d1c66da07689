"""Calling a command on a terminal."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest


def on_terminal(
    command: Sequence[str], folder: Path, columns: int, environ: Mapping[str, str] | None = None
) -> tuple[int, str]:
    """Call a command on a terminal of this width; gives its exit code and what the terminal got."""
    pty = pytest.importorskip("pty", reason="this system has no pseudo-terminals")
    leader, follower = pty.openpty()
    variables = {**(environ or os.environ), "COLUMNS": str(columns), "TERM": "xterm"}
    with subprocess.Popen(
        command, cwd=folder, env=variables, stdin=follower, stdout=follower, stderr=follower
    ) as called:
        os.close(follower)
        got = b""
        while True:
            try:
                part: Any = os.read(leader, 4096)
            except OSError:  # the other end is closed
                break
            if not part:
                break
            got += part
    os.close(leader)
    return called.returncode, got.decode("utf-8", "replace")
