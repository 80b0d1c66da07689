from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

import httpx
import pytest

from customary.protocols import enet
from customary.sandboxes import syspro
from customary.sandboxes.faults import Rehearsal
from customary.sandboxes.syspro import Fault, FaultError, Settings, SysproSandbox
from tests.support.sandboxes import started


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signal that one process can send another alone")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_sandbox_of_its_own_stops_cleanly_on_a_signal(number: signal.Signals) -> None:
    process = started(syspro)
    assert process.stdout is not None
    url, control = process.stdout.readline().split()
    assert httpx.get(url + enet.VERSION).text == "7.0.0.6"
    assert httpx.get(control + "/customers").json()["count"] == 60
    process.send_signal(number)
    printed, errors = process.communicate(timeout=30)
    assert (printed, errors, process.returncode) == ("stopped\n", "", 0)


def test_a_fault_file_sets_faults_and_behaviour(tmp_path: Path) -> None:
    file = tmp_path / "faults.toml"
    file.write_text(
        '[settings]\nversion = "8.0.0.1"\nwrapping = "json"\n'
        '[[settings.operators]]\ncode = "ANN"\npassword = "x"\n'
        '[[fault]]\nkind = "http_500"\ncall = "GetVersion"\n',
        encoding="utf-8",
    )
    process = started(syspro, str(file))
    try:
        assert process.stdout is not None
        url = process.stdout.readline().split()[0]
        assert httpx.get(url + enet.VERSION).status_code == 500
        assert httpx.get(url + enet.VERSION).json() == "8.0.0.1"
    finally:
        process.kill()
        process.communicate(timeout=30)


def test_a_fault_file_with_mistakes_is_refused_before_anything_starts(tmp_path: Path) -> None:
    file = tmp_path / "faults.toml"
    file.write_text('[settings]\nwraping = "json"\n', encoding="utf-8")
    process = started(syspro, str(file))
    _, errors = process.communicate(timeout=30)
    assert process.returncode != 0
    assert "FaultError: settings: Object contains unknown field `wraping`" in errors


def test_settings_that_are_wrong_are_named() -> None:
    with pytest.raises(FaultError, match="licences"):
        Rehearsal(settings={"licences": "many"}).settings_as(Settings)
    assert Rehearsal(settings={"case": "lower"}).settings_as(Settings) == Settings(case="lower")


def test_a_sandbox_is_gone_when_it_is_left() -> None:
    with SysproSandbox(1) as sandbox:
        url = sandbox.url
        assert httpx.get(url + enet.VERSION).status_code == 200
    with pytest.raises(httpx.ConnectError):
        httpx.get(url + enet.VERSION)


def test_leaving_ends_what_still_waits() -> None:
    answers: list[object] = []

    def ask(url: str) -> None:
        try:
            answers.append(httpx.get(url, timeout=60))
        except httpx.TransportError as error:
            answers.append(error)

    with SysproSandbox(1, faults=[Fault(kind="slow", seconds=3600)]) as sandbox:
        asking = threading.Thread(target=ask, args=(sandbox.url + enet.VERSION,))
        asking.start()
        while not sandbox.state.counts().total:
            time.sleep(0.01)
    asking.join(30)
    assert len(answers) == 1


def test_two_sandboxes_stand_side_by_side() -> None:
    with SysproSandbox(2) as one, SysproSandbox(3) as other:
        one.state.customers.change("1", {"Name": "One"})
        assert one.url != other.url
        assert (len(one.state.customers), len(other.state.customers)) == (2, 3)
        assert other.state.customers["1"]["Name"] != "One"
