from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signal that asks a process to stop from outside")
def test_the_sunsystems_sandbox_tells_how_to_use_it_and_stops_when_asked() -> None:
    words = ["sandbox", "sunsystems", "--port", "0", "--customers", "5"]
    process = subprocess.Popen(
        [sys.executable, "-m", "customary.cli", *words], stdout=subprocess.PIPE, encoding="utf-8"
    )
    try:
        assert process.stdout
        told = [process.stdout.readline().strip() for _ in range(4)]
        assert told[0].startswith("SunSystems sandbox with 5 customers at http://127.0.0.1:")
        assert told[1:] == [
            "operator SUN, password sandbox password",
            "business units PK1, and PKF, which is financials only",
            "Stop it with Ctrl-C.",
        ]
        assert "definitions" in httpx.get(f"{told[0].split()[-1]}/SecurityProvider?wsdl").text
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.wait()


def test_a_fault_file_with_mistakes_starts_nothing(tmp_path: Path) -> None:
    (tmp_path / "faults.toml").write_text("[settings]\nshoes = 5\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "customary.cli", "sandbox", "sunsystems", "--faults", "faults.toml"],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 2
    assert "shoes" in done.stderr
