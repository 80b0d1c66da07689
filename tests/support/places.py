"""Where the things are that tests of the checkout itself look at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "src" / "customary"
PAGES = ROOT / "docs"

_FOLDERS = (".ci", "bench", "docs", "src", "tests")
_NOT_OURS = ("__pycache__", ".work")


def sources() -> list[Path]:
    """Every Python file of the program."""
    return sorted(SOURCES.rglob("*.py"))


def files() -> Iterator[Path]:
    """Every file of the checkout that belongs to the project, and nothing that was made from it."""
    yield from (path for path in sorted(ROOT.iterdir()) if path.is_file() and path.name != ".git")
    for folder in _FOLDERS:
        yield from (
            path
            for path in sorted((ROOT / folder).rglob("*"))
            if path.is_file() and not set(_NOT_OURS) & set(path.relative_to(ROOT).parts)
        )


def pages() -> list[Path]:
    """Every Markdown page of the project."""
    return [path for path in files() if path.suffix == ".md"]


def name(path: Path) -> str:
    """A file's path in the checkout, the same on every platform; also the name of its test."""
    return path.relative_to(ROOT).as_posix()
