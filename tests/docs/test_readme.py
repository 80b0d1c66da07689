"""What README.md shows is what the program prints."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"


def test_the_demo_prints_what_the_readme_shows(tmp_path: Path) -> None:
    shown = re.search(r"```text\n(A SYSPRO sandbox.*?)\n```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert shown
    done = subprocess.run(
        [sys.executable, "-m", "customary.cli.demo"], cwd=tmp_path, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    assert _timeless(done.stdout) == _timeless(shown[1])


def _timeless(text: str) -> list[str]:
    """Leave out what differs from one run to the next: moments, seconds, and the folder of the programs."""
    text = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC|\(\d+\.\d s\)|\.venv/\w+", "", text)
    return [line.rstrip() for line in text.strip().splitlines()]
