from __future__ import annotations

import re

from tests.support.places import PAGES, ROOT


def test_every_test_that_the_page_on_components_names_exists() -> None:
    page = (PAGES / "reference" / "sunsystems-components.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(test_\w+)`", page))
    folders = [ROOT / "tests" / folder for folder in ("components", "web", "cli", "actions")]
    written = "\n".join(
        path.read_text(encoding="utf-8") for folder in folders for path in folder.glob("test_*.py")
    )
    assert named - set(re.findall(r"^def (test_\w+)", written, re.MULTILINE)) == set()
    assert len(named) > 50
