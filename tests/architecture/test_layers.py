"""``./run test`` runs import-linter itself; these tests see to it that its contracts forget nothing."""

from __future__ import annotations

import tomllib
from typing import Any

from tests.support.places import ROOT, SOURCES

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


def test_only_the_engine_knows_what_makes_runs_durable() -> None:
    assert set(CONTRACTS["durable-runs"]["source_modules"]) >= PACKAGES - {"customary.engine"}


def test_rules_know_no_vendor() -> None:
    assert set(CONTRACTS["rules-know-no-vendor"]["forbidden_modules"]) >= CONNECTORS
