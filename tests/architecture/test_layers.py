"""``./run test`` runs import-linter itself; these tests see to it that its contracts forget nothing."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path
from typing import Any

from tests.support.places import ROOT, SOURCES, name, sources

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONTRACTS: dict[str, Any] = {
    contract["id"]: contract for contract in PYPROJECT["tool"]["importlinter"]["contracts"]
}
PACKAGES = {f"customary.{path.name}" for path in SOURCES.iterdir() if (path / "__init__.py").exists()}
CONNECTORS = {
    f"customary.connectors.{path.name}"
    for path in (SOURCES / "connectors").iterdir()
    if (path / "__init__.py").exists()
}


def test_every_package_has_its_place() -> None:
    """A package that no contract names could import anything."""
    named = {
        part
        for contract in CONTRACTS.values()
        for entry in (*contract.get("layers", ()), *contract.get("source_modules", ()))
        for part in entry.replace("(", "").replace(")", "").replace("|", " ").split()
    }
    assert PACKAGES - named == set()


def test_sql_stands_in_the_store_only() -> None:
    assert set(CONTRACTS["sql"]["source_modules"]) >= PACKAGES - {"customary.store"}
    assert {"alembic", "psycopg", "sqlalchemy", "sqlite3"} <= set(CONTRACTS["sql"]["forbidden_modules"])


def test_outside_the_store_a_connection_is_only_passed_on() -> None:
    """The types of what is passed on are the SQL library's; a statement would need more of it."""
    found = {
        f"{name(file)}: {', '.join(sorted(taken))}"
        for file in sources()
        if not file.is_relative_to(SOURCES / "store")
        and (taken := names_of_sql(file) - {"Connection", "Engine"})
    }
    assert found == set()


def names_of_sql(file: Path) -> set[str]:
    """What a file takes from the SQL library; the library's own name where it takes it as a whole."""
    taken: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        match node:
            case ast.ImportFrom(module=str(module), names=names) if module.split(".")[0] == "sqlalchemy":
                taken |= {alias.name for alias in names}
            case ast.Import(names=names):
                taken |= {alias.name for alias in names if alias.name.split(".")[0] == "sqlalchemy"}
    return taken


def test_outside_the_store_no_transaction_begins_by_itself() -> None:
    """The store's own ways turn what a database says into errors that a user can read."""
    found = {
        f"{name(file)}, line {node.lineno}"
        for file in sources()
        if not file.is_relative_to(SOURCES / "store")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in ("begin", "begin_nested", "connect")
        if "connection" in ast.unparse(node.value) or "engine" in ast.unparse(node.value)
    }
    assert found == set()


def test_only_the_engine_knows_what_makes_runs_durable() -> None:
    assert set(CONTRACTS["durable-runs"]["source_modules"]) >= PACKAGES - {"customary.engine"}


def test_rules_know_no_vendor() -> None:
    assert set(CONTRACTS["rules-know-no-vendor"]["forbidden_modules"]) >= CONNECTORS
