from __future__ import annotations

import subprocess
import sys
from collections.abc import Collection

import pytest

HEAVY = {
    *("alembic", "babel", "dbos", "httpx", "jinja2", "lxml", "psycopg", "sqlalchemy", "cryptography"),
    *("argon2", "litestar", "uvicorn"),
}
LATER = (HEAVY | {"croniter", "pycountry"}) - {"cryptography", "sqlalchemy"}
"""What only a part of the runs needs, or needs only once a run is queued."""


@pytest.mark.parametrize(
    ("module", "unwanted"), [("cli.main", HEAVY), ("cli.running", LATER)], ids=["--help", "run"]
)
def test_what_is_heavy_is_loaded_when_it_is_needed(module: str, unwanted: Collection[str]) -> None:
    """``customary --help`` starts in a third of a second, ``customary run`` in little over one."""
    program = f"import customary.{module}, sys; print(*(set({unwanted}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
