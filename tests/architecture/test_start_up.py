from __future__ import annotations

import subprocess
import sys

HEAVY = (
    *("alembic", "babel", "dbos", "httpx", "jinja2", "lxml", "psycopg", "sqlalchemy", "cryptography"),
    *("argon2", "litestar", "uvicorn"),
)


def test_help_loads_nothing_heavy() -> None:
    """``customary --help`` must start in a third of a second: what is heavy is loaded when it is needed."""
    program = f"import customary.cli.main, sys; print(*(set({HEAVY}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
