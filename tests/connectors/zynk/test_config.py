from __future__ import annotations

from pathlib import Path

import pytest

from customary.connectors.zynk.config import ZynkConfig


def test_a_file_has_its_whole_path(tmp_path: Path) -> None:
    assert ZynkConfig(file=str(tmp_path / "later.xml")).path == tmp_path / "later.xml"
    with pytest.raises(ValueError, match=r"'later\.xml' is not a whole path"):
        ZynkConfig(file="later.xml")
