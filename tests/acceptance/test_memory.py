"""Memory does not grow with the number of customers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from customary.sandboxes.syspro.settings import URL_PREFIX
from tests.support.postgres import Postgres
from tests.support.product import OPERATION, SQLITE, SYSTEM, UNIT, counts

CUSTOMARY = [sys.executable, "-m", "customary.cli"]
ENVIRON = {**os.environ, "SYSPRO_PASSWORD": "sandbox"}
CONFIGURATION = f"""
[hub]
url = "%s"
[[business_unit]]
code = "{UNIT}"
[systems.{SYSTEM}]
connector = "syspro"
business_unit = "{UNIT}"
currencies = {{ "$" = "USD", "" = "USD" }}
url = "%s"
company = "A"
operator = "WEB"
password = "env:SYSPRO_PASSWORD"
[[operation]]
name = "{OPERATION}"
command = "UpdateAllCustomersSYSPRO"
source = "{SYSTEM}"
target = "hub"
scope = "all"
"""


@contextmanager
def sandbox(customers: int) -> Iterator[str]:
    """A sandbox in a process of its own, whose memory is not the product's; gives its address."""
    arguments = [*CUSTOMARY, "sandbox", "syspro", "--port", "0", "--customers", str(customers)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().split()[-1]
        finally:
            server.terminate()


def peak_of(folder: Path, *arguments: str) -> tuple[float, Any]:
    """Carry the operation out; gives the most MiB that its processes had together, and the run."""
    command = [*CUSTOMARY, "run", OPERATION, *arguments, "--json"]
    most = 0
    with (
        (folder / "run.json").open("wb") as out,
        subprocess.Popen(command, cwd=folder, env=ENVIRON, stdout=out) as process,
    ):
        watched = psutil.Process(process.pid)
        while process.poll() is None:
            try:
                family = [watched, *watched.children(recursive=True)]
                most = max(most, sum(each.memory_info().rss for each in family))
            except psutil.NoSuchProcess:
                continue
            time.sleep(0.02)
    run = json.loads((folder / "run.json").read_bytes())
    return most / 2**20, {"state": run["state"], "counts": counts(run)}


def change(url: str, count: int) -> None:
    """Change so many customers at the source."""
    httpx.post(f"{url.removesuffix(URL_PREFIX)}/sandbox/change", json={"count": count}).raise_for_status()


@pytest.mark.soak
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_memory_for_200000_customers_is_within_a_tenth_of_that_for_20000(
    request: pytest.FixtureRequest, tmp_path: Path, database: str
) -> None:
    peaks: dict[int, list[float]] = {}
    for customers in (20_000, 200_000):
        folder = tmp_path / str(customers)
        folder.mkdir()
        hub = SQLITE
        if database == "postgresql":
            server: Postgres = request.getfixturevalue("postgres")
            hub = server.url(server.create())
        with sandbox(customers) as url:
            (folder / "customary.toml").write_text(CONFIGURATION % (hub, url), encoding="utf-8")
            loaded, first = peak_of(folder, "--initial-load")
            again, second = peak_of(folder)
            change(url, customers // 10)
            updated, third = peak_of(folder)
        assert first["counts"] == {"created": customers}
        assert second["counts"] == {"unchanged": customers}
        assert third["counts"]["updated"] == customers // 10 - customers // 100
        peaks[customers] = [loaded, again, updated]
        shown = ", ".join(f"{peak:.0f} MiB" for peak in peaks[customers])
        print(f"{database}, {customers:,} customers: {shown}")

    for small, large in zip(peaks[20_000], peaks[200_000], strict=True):
        assert large <= small * 1.1, peaks
