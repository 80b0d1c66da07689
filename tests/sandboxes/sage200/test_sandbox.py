from __future__ import annotations

import os
import signal
from pathlib import Path

import httpx
import pytest

from customary.sandboxes import sage200
from customary.sandboxes.faults import Rehearsal
from customary.sandboxes.sage200 import FaultError, Sage200Sandbox, Settings
from tests.support.sandboxes import started


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signal that one process can send another alone")
def test_a_sandbox_of_its_own_has_its_faults_and_stops_cleanly_on_a_signal(tmp_path: Path) -> None:
    file = tmp_path / "faults.toml"
    file.write_text(
        '[settings]\nedition = "standard"\n[[fault]]\nkind = "no_sites"\n[[settings.companies]]\n',
        encoding="utf-8",
    )
    process = started(sage200, str(file))
    assert process.stdout is not None
    url, control = process.stdout.readline().split()
    assert url.endswith("/uk/sage200/accounts/v1")
    token = httpx.post(f"{control}/token").json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    assert httpx.get(f"{url}/sites", headers=headers).json() == []
    assert len(httpx.get(f"{url}/sites", headers=headers).json()) == 1
    assert httpx.get(f"{control}/customers").json()["count"] == 60
    process.send_signal(signal.SIGTERM)
    printed, errors = process.communicate(timeout=30)
    assert (printed, errors, process.returncode) == ("stopped\n", "", 0)


def test_settings_that_are_wrong_are_named() -> None:
    with pytest.raises(FaultError, match="edition"):
        Rehearsal(settings={"edition": "spain"}).settings_as(Settings)
    assert Rehearsal(settings={"wrapped": True}).settings_as(Settings) == Settings(wrapped=True)


def test_a_sandbox_is_gone_when_it_is_left() -> None:
    with Sage200Sandbox(1) as sandbox:
        assert httpx.get(f"{sandbox.control_url}/counters").status_code == 200
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{sandbox.control_url}/counters")


def test_its_settings_show_no_secret() -> None:
    assert "sandbox" not in repr(Settings())
