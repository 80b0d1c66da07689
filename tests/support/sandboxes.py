"""What the tests of the sandboxes share: a README held to what its sandbox does, and a process of its own."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Collection
from pathlib import Path
from types import ModuleType
from typing import Any


def readme_of(package: ModuleType) -> str:
    """The README beside a package."""
    return (Path(str(package.__file__)).parent / "README.md").read_text(encoding="utf-8")


def example(readme: str, language: str) -> str:
    """The first example in a language."""
    found = re.search(rf"```{language}\n(.*?)```", readme, re.DOTALL)
    assert found is not None
    return found[1]


def fault_file(readme: str) -> dict[str, Any]:
    """The example of a fault file, read."""
    return tomllib.loads(example(readme, "toml"))


def kinds_told(readme: str) -> list[str]:
    """The kinds of fault that its table tells."""
    table = readme.partition("| kind | what happens |")[2].partition("\n\n")[0]
    return re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)


def paths_untold(readme: str, routes: Collection[tuple[str, str]]) -> list[str]:
    """The requests of the control path that its table does not tell."""
    table = readme.partition("| request | what it does |")[2]
    return [f"{method} {path}" for method, path in routes if f"`{method} {path}" not in table]


PROGRAM = """
import sys
from importlib import import_module
from pathlib import Path
file = Path(sys.argv[2]) if len(sys.argv) > 2 else None
run = import_module(sys.argv[1]).run
run(0, 60, 3, file, ready=lambda sandbox: print(sandbox.url, sandbox.control_url, flush=True))
print("stopped", flush=True)
"""


def started(package: ModuleType, *arguments: str) -> subprocess.Popen[str]:
    """A sandbox of 60 customers as a process of its own, by a fault file if any; it prints its addresses."""
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, package.__name__, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
