from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.places import PAGES, name

DECISIONS = sorted(path for path in (PAGES / "decisions").glob("*.md") if path.name != "index.md")


@pytest.mark.parametrize("decision", DECISIONS, ids=name)
def test_a_decision_says_status_context_decision_and_consequences(decision: Path) -> None:
    text = decision.read_text(encoding="utf-8")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Status", "Context", "Decision", "Consequences"]
    assert all(part.strip() for part in re.split(r"^#.*$", text, flags=re.MULTILINE)[2:])
    assert text.startswith(f"# {decision.name[:4]}: ")


def test_decisions_are_numbered_without_a_gap_and_listed() -> None:
    assert [path.name[:4] for path in DECISIONS] == [f"{number:04}" for number in range(len(DECISIONS))]
    index = (PAGES / "decisions" / "index.md").read_text(encoding="utf-8")
    assert [path.name for path in DECISIONS if f"({path.name})" not in index] == []
