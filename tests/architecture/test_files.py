from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.places import SOURCES, files, name, sources

ADDRESS_OF_AN_INDEX = re.compile(
    r"pypi\.(?:org|python)|files\.pythonhosted|^\s*-{1,2}(?:extra-)?index-url|/simpl[e]/", re.M
)
PATH_OF_A_MACHINE = re.compile(r"(?<![\w.:/-])/(?:work|root|home|Users)/\w|(?<!\w)[A-Z]:\\Users\\\w")
MERGE_MARKER = re.compile(r"^(?:<{7}|>{7}|\|{7})(?: |$)", re.MULTILINE)

MOST_LINES = 400


@pytest.mark.parametrize(
    "what", [ADDRESS_OF_AN_INDEX, PATH_OF_A_MACHINE, MERGE_MARKER], ids=["index", "machine", "merge marker"]
)
def test_no_file_holds_what_belongs_to_one_machine_or_one_merge(what: re.Pattern[str]) -> None:
    found = {}
    for path in files():
        text = path.read_bytes().decode("utf-8", errors="replace")
        if match := what.search(text):
            found[name(path)] = match[0]
    assert found == {}


def test_what_belongs_to_one_machine_is_found() -> None:
    assert PATH_OF_A_MACHINE.search("see " + "/home" + "/anna/x")
    assert ADDRESS_OF_AN_INDEX.search("--" + "index-url https://example.com")
    assert MERGE_MARKER.search("a\n" + "<" * 7 + " HEAD\n")


def test_every_source_is_short_enough_to_read() -> None:
    lengths = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in sources()}
    assert {path: lines for path, lines in lengths.items() if lines > MOST_LINES} == {}


def test_the_locks_pin_and_hash_everything() -> None:
    for lock in ("requirements.lock", "requirements-dev.lock"):
        text = (SOURCES.parents[1] / lock).read_text(encoding="utf-8")
        names = re.findall(r"^[\w.\-\[\]]+", text, re.MULTILINE)
        pinned = re.findall(r"^[\w.\-\[\]]+==\S+(?: ; [^\\\n]+)? \\\n    --hash=sha256:", text, re.MULTILINE)
        assert len(names) == len(pinned) > 10


def test_both_locks_agree() -> None:
    versions: dict[str, str] = {}
    for lock in ("requirements.lock", "requirements-dev.lock"):
        text = (SOURCES.parents[1] / lock).read_text(encoding="utf-8")
        for package, version in re.findall(r"^([\w.\-]+)==(\S+)", text, re.MULTILINE):
            assert versions.setdefault(package, version) == version, package


def test_every_connector_has_the_same_files() -> None:
    wanted = {
        "__init__.py",
        "config.py",
        "connector.py",
        "client.py",
        "codec.py",
        "faults.py",
        "mapping.toml",
        "README.md",
    }
    for folder in sorted(path for path in (SOURCES / "connectors").iterdir() if path.is_dir()):
        if folder.name in ("__pycache__", "hub"):  # the hub has no wire, and so none of these
            continue
        assert wanted - {path.name for path in folder.iterdir()} == set(), folder.name


def test_every_sandbox_says_what_is_documented_observed_or_guessed() -> None:
    for folder in sorted(path for path in (SOURCES / "sandboxes").iterdir() if path.is_dir()):
        if folder.name == "__pycache__":
            continue
        text = (folder / "README.md").read_text(encoding="utf-8")
        assert all(mark in text for mark in ("documented", "observed", "guess")), folder.name


def test_paths_that_tests_are_named_by_are_the_same_everywhere() -> None:
    assert name(Path(__file__)) == "tests/architecture/test_files.py"
