from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from tests.support.places import PAGES, SOURCES, sources

GLOSSARY = (PAGES / "glossary.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| ([^|]+) \| [^|]+ \| `([\w.]+)` \|$", GLOSSARY, re.MULTILINE)
NOT_USED = set(re.findall(r"`(\w+)`", GLOSSARY.partition("## Not used")[2]))
NOT_AS_NOUN = {"sync"}

ALLOWED: dict[str, str] = {"store/query.py: bind_processor": "SQLAlchemy's name for it"}
"""A name with a word that is not used, and why it cannot have another."""


def named(file: Path) -> Iterator[tuple[str, bool]]:
    """The names that a file gives, each with whether it is a noun: its module, its classes and functions."""
    yield (file.parent if file.name == "__init__.py" else file).stem, True
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ClassDef):
            yield node.name, True
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, False


def words(name: str) -> set[str]:
    """The words of a name, and each without a plural's s."""
    found = {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)}
    return found | {word.removesuffix("s") for word in found}


def wrong(file: Path) -> list[str]:
    nouns = NOT_USED - NOT_AS_NOUN
    return [
        name
        for name, is_noun in named(file)
        if words(name) & (NOT_USED if is_noun else nouns)
        and f"{file.relative_to(SOURCES).as_posix()}: {name}" not in ALLOWED
    ]


def test_the_glossary_lists_words_and_words_that_are_not_used() -> None:
    assert len(ROWS) >= 30
    assert {"manager", "helper", "util", "sync"} <= NOT_USED


@pytest.mark.parametrize(("word", "place"), ROWS, ids=[word for word, _ in ROWS])
def test_a_word_of_the_glossary_is_in_the_code(word: str, place: str) -> None:
    module, found = place, None
    try:
        found = import_module(module)
    except ModuleNotFoundError:
        module, _, attribute = place.rpartition(".")
        found = getattr(import_module(module), attribute, None)
    assert found is not None, f"{word}: {place} is gone; the glossary must say where it is now"


def test_no_name_has_a_word_that_is_not_used() -> None:
    assert {str(file.relative_to(SOURCES)): wrong(file) for file in sources() if wrong(file)} == {}


def test_a_word_that_is_not_used_is_found(tmp_path: Path) -> None:
    file = SOURCES / "no_such_file.py"
    assert words("HTTPRunManagers") >= {"http", "run", "manager"}
    assert words("_sync_all") == {"sync", "all"}
    assert words(file.stem) == {"no", "such", "file"}
