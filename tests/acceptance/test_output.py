"""What a person and a program are shown: JSON, exit codes, terminals of every kind, mistakes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence

import pytest

from customary.model.outcome import Outcome
from customary.model.run import EXIT_DONE, EXIT_ISSUES, EXIT_SYSTEM, EXIT_USAGE
from customary.sandboxes.faults import Fault
from tests.acceptance.conftest import CUSTOMERS
from tests.support.product import OPERATION, PASSWORD, Product, cycles
from tests.support.terminal import on_terminal

CUSTOMARY = [sys.executable, "-m", "customary.cli"]
HEAVY = {"alembic", "cryptography", "dbos", "httpx", "jinja2", "lxml", "psycopg", "pycountry", "sqlalchemy"}


def environ(**more: str) -> dict[str, str]:
    """The environment of a real process."""
    return {**os.environ, "SYSPRO_PASSWORD": PASSWORD, **more}


@pytest.mark.parametrize("arguments", [("--help",), ("run", "--help"), ("--version",)])
def test_help_starts_at_once_because_nothing_heavy_is_loaded(arguments: Sequence[str]) -> None:
    program = (
        f"import sys; sys.argv = ['customary', *{arguments!r}]; from customary.cli.main import main\n"
        "try: main()\n"
        "finally: print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout
    assert not HEAVY & set(done.stderr.split())


def test_the_json_of_a_run_is_the_documented_contract(loaded: Product) -> None:
    loaded.syspro.state.customers.change("0000002", {"Email": "", "CreditLimit": "7", "TpmPricingFlag": "Y"})
    loaded.syspro.state.customers.hide("0000003", ["Email"])
    run = loaded.run_json("--customers", "0000002,0000003,NOBODY")

    assert run.keys() >= {
        *("run", "operation", "state", "scope", "counts", "messages", "cycles", "started", "finished"),
    }
    assert run["counts"].keys() == {outcome.value for outcome in Outcome}
    assert sum(run["counts"].values()) == run["scope"] == 3
    assert len(run["cycles"]) + run["counts"]["unchanged"] == run["scope"]
    assert run["started"] < run["finished"]
    assert run["started"].endswith("+00:00")
    changes = {item["field"]: item for item in cycles(run)["0000002"]["changes"]}
    assert (changes["email"]["after"], changes["credit_limit"]["after"]) == ("", "7"), "texts, and a blank"
    (note,) = cycles(run)["NOBODY"]["messages"]
    assert (note["level"], note["field"]) == ("error", "")
    assert cycles(run).keys() == {"0000002", "NOBODY"}, "an unchanged customer is left out"
    assert loaded.call("show", "run", "2", "--json").json() == run
    (newest, first) = loaded.call("runs", "--json").json()
    assert (newest["run"], first["counts"]["created"]) == (2, CUSTOMERS)


def test_the_json_of_a_customer_is_the_documented_contract(product: Product) -> None:
    product.syspro.state.customers.hide("0000002", ["Branch"])
    product.syspro.state.customers.change("0000002", {"Contact": "", "CreditLimit": "5"})
    product.load()
    product.call("edit", "0000002", "classes=Dealer,Special")

    found = product.customer("0000002")

    assert found.keys() >= {
        *("code", "business_unit", "status", "fields", "vendor", "addresses", "contacts", "keys", "classes"),
    }
    assert (found["code"], found["business_unit"], found["status"]) == ("0000002", "PK1", "open")
    assert found["keys"] == {"syspro": "0000002"}
    assert found["classes"] == ["Dealer", "Special"]
    assert (found["fields"]["contact_name"], found["fields"]["credit_limit"]) == ("", "5")
    assert "branch" not in found["fields"], "absent is left out"


def test_every_command_that_reads_has_json(loaded: Product) -> None:
    for arguments in (
        ("check",),
        ("runs",),
        ("show", "run", "1"),
        ("show", "customer", "0000002"),
        ("mapping", "syspro"),
        ("edit", "0000002", "comment=x"),
    ):
        answer = loaded.call(*arguments, "--json")
        assert answer.exit_code == EXIT_DONE, arguments
        assert answer.json(), arguments
        assert answer.err == "", arguments


def test_exit_codes_of_wrong_calls_and_of_what_is_not_there(product: Product) -> None:
    for arguments in (
        ("nonsense",),
        ("run",),
        ("run", "nonsense"),
        ("run", OPERATION, "--nonsense"),
        ("check", "nonsense"),
        ("show", "run", "99"),
        ("show", "run", "abc"),
        ("show", "customer", "0000002"),
        ("mapping", "nonsense"),
        ("edit", "0000002"),
        ("edit", "0000002", "colour=red"),
        ("--config", "nonsense.toml", "runs"),
    ):
        answer = product.call(*arguments)
        assert answer.exit_code == EXIT_USAGE, arguments
        assert answer.err.strip(), arguments
        assert "Traceback" not in answer.told, arguments


def test_what_is_asked_for_and_not_there_is_told_with_what_there_is(loaded: Product) -> None:
    assert "configured: update-customers" in loaded.call("run", "update-customer").err
    assert "configured: syspro" in loaded.call("check", "sypsro").err
    assert "the newest is run 1" in loaded.call("show", "run", "99").err
    assert "did you mean 'country'?" in loaded.call("edit", "0000002", "countri=DE").err


def test_all_mistakes_of_the_configuration_are_told_at_once_with_their_places(product: Product) -> None:
    product.configure(
        system='reed = "batch"\npage = "many"',
        operation='scope = "some"\nschedule = { cron = "* *" }\nlimits = { create = "200%" }',
        more='[mail]\nhost = "smtp.example.com"\nsecurity = "maybe"\n',
    )
    answer = product.run()

    assert answer.exit_code == EXIT_USAGE
    for place in (
        "systems.syspro.reed",
        "systems.syspro.page",
        "operation[1].scope",
        "operation[1].schedule.cron",
        "operation[1].limits.create",
        "mail.security",
        "mail.from",
    ):
        assert place in answer.err, answer.err
    assert all(line.startswith("customary.toml") for line in answer.err.splitlines())
    assert product.syspro.state.counts().total == 0


@pytest.mark.parametrize("command", [("run", OPERATION, "--initial-load"), ("check",), ("serve",)])
def test_a_secret_that_is_not_there_is_a_mistake_before_anything_runs(
    product: Product, command: Sequence[str]
) -> None:
    product.configure(system='company_password = "file:nowhere"')
    answer = product.call(*command)

    assert answer.exit_code == EXIT_USAGE
    assert "systems.syspro.company_password" in answer.told
    assert product.rows("SELECT count(*) FROM run") == [(0,)]
    assert product.syspro.state.counts().total == 0


@pytest.mark.parametrize("command", [("run", OPERATION, "--initial-load"), ("check",), ("serve",)])
def test_a_mapping_with_a_mistake_is_told_before_anything_runs(
    product: Product, command: Sequence[str]
) -> None:
    (product.folder / "mapping.toml").write_text('[[field]]\nfield = "nmae"\n', encoding="utf-8")
    product.configure(system='mapping = "mapping.toml"')
    answer = product.call(*command)

    assert answer.exit_code == EXIT_USAGE
    assert "nmae" in answer.told
    assert product.syspro.state.counts().total == 0


def test_a_data_directory_that_cannot_be_made_is_a_mistake_with_its_cure(product: Product) -> None:
    (product.folder / "file").write_text("", encoding="utf-8")
    answer = product.call("--data", "file/inside", "check")

    assert answer.exit_code == EXIT_USAGE
    assert "inside cannot be used: " in answer.err
    assert "--data" in answer.err


def test_without_a_terminal_there_are_plain_lines_and_no_escapes(loaded: Product) -> None:
    for arguments in (("run", OPERATION), ("runs",), ("show", "run", "1"), ("check",), ("mapping", "syspro")):
        answer = loaded.call(*arguments)
        assert "\x1b" not in answer.told, arguments
    assert "1    update-customers  succeeded" in loaded.call("runs").out, "a line a run, not wrapped"


def test_a_console_that_cannot_show_a_name_shows_a_substitute_and_json_stays_utf_8(loaded: Product) -> None:
    loaded.syspro.state.customers.change("0000002", {"Name": "Łódź שלום"})
    loaded.run()
    ascii_only = environ(LANG="C", LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    ascii_only["PYTHONIOENCODING"] = "ascii"

    def show(*more: str) -> bytes:
        command = [*CUSTOMARY, "show", "customer", "0000002", *more]
        return subprocess.run(
            command, cwd=loaded.folder, env=ascii_only, capture_output=True, check=True
        ).stdout

    assert b"name                     ??d? ????" in show()
    assert json.loads(show("--json").decode("utf-8"))["fields"]["name"] == "Łódź שלום"


def test_output_that_nobody_reads_to_its_end_is_no_error(loaded: Product) -> None:
    command = [*CUSTOMARY, "show", "run", "1", "--json"]
    with subprocess.Popen(
        command, cwd=loaded.folder, env=environ(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as shown:
        assert shown.stdout is not None
        assert shown.stderr is not None
        shown.stdout.read(10)
        shown.stdout.close()
        assert b"Traceback" not in shown.stderr.read()


def test_on_a_narrow_terminal_a_bar_shows_how_far_a_run_is(loaded: Product) -> None:
    loaded.configure(system="page = 10")
    loaded.syspro.state.faults.add(Fault(kind="slow", object="COMFND", seconds=0.1, times=0))

    code, shown = on_terminal([*CUSTOMARY, "run", OPERATION], loaded.folder, 40, environ())

    assert code == EXIT_DONE
    assert "\x1b[" in shown
    assert f"/{CUSTOMERS}" in shown, "so many of so many"
    assert "60 customers in scope" in shown


def test_init_writes_a_configuration_that_works_and_never_overwrites_one(product: Product) -> None:
    (product.folder / "customary.toml").unlink()
    first = product.call("init", "--defaults")
    again = product.call("init", "--defaults")
    runs = product.call("runs")
    check = product.call("check")

    assert first.exit_code == runs.exit_code == EXIT_DONE
    assert again.exit_code == EXIT_USAGE
    assert "exists already" in again.err
    assert "No runs yet" in runs.out
    assert check.exit_code == EXIT_SYSTEM, "there is no erp.example"


def test_init_writes_where_config_says(product: Product) -> None:
    there = ("--config", "other.toml")
    first = product.call(*there, "init", "--defaults")
    again = product.call(*there, "init", "--defaults")
    both = product.call(*there, "init", "third.toml", "--defaults")
    nowhere = product.call("init", "nowhere/customary.toml", "--defaults")

    assert first.exit_code == EXIT_DONE
    assert "customary --config other.toml check" in first.out
    assert (again.exit_code, both.exit_code, nowhere.exit_code) == (EXIT_USAGE,) * 3
    assert "other.toml exists already" in again.err
    assert "name two files" in both.err
    assert "there is no folder nowhere" in nowhere.err
    assert sorted(file.name for file in product.folder.glob("*.toml")) == ["customary.toml", "other.toml"]


def test_init_asks_for_the_system_and_tries_the_connection(product: Product) -> None:
    (product.folder / "customary.toml").unlink()
    answers = ("syspro", product.syspro.url, "A", "WEB", "SYSPRO_PASSWORD", "USD", "PK1", "", "y", "")
    done = subprocess.run(
        [*CUSTOMARY, "init"],
        cwd=product.folder,
        env=environ(),
        input="\n".join(answers),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == EXIT_DONE
    assert "logon: operator WEB in company A" in done.stdout
    assert "Next: customary run update-customers --initial-load --dry-run" in done.stdout
    assert PASSWORD not in done.stdout + done.stderr
    assert product.run("--customers", "0000002").exit_code == EXIT_DONE


def test_numbers_that_blanks_separate_are_told_to_want_commas(product: Product) -> None:
    answer = product.run("--customers", "0000002 0000003")

    assert answer.exit_code == EXIT_ISSUES
    assert "no customer 0000002 0000003" in answer.out
    assert "several numbers are separated by commas" in answer.out


@pytest.mark.parametrize("kind", ["syspro", "sage200"])
def test_a_sandbox_whose_port_is_taken_says_how_to_choose_another(product: Product, kind: str) -> None:
    port = product.syspro.url.split(":")[2].split("/")[0]
    answer = product.call("sandbox", kind, "--port", port)

    assert answer.exit_code == EXIT_USAGE
    assert f"port {port} is taken or not allowed; choose another by --port" in answer.err


def test_the_sandbox_is_a_server_of_its_own_that_stops_on_a_signal(product: Product) -> None:
    rehearsal = product.folder / "faults.toml"
    rehearsal.write_text(
        f'[[settings.operators]]\npassword = "{PASSWORD}"\n\n'
        '[[fault]]\nkind = "missing"\ncustomer = "0000003"\ntimes = 0\n',
        encoding="utf-8",
    )
    arguments = [
        *CUSTOMARY,
        "sandbox",
        "syspro",
        "--port",
        "0",
        "--customers",
        "7",
        "--faults",
        rehearsal.name,
    ]
    with subprocess.Popen(arguments, cwd=product.folder, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        url = server.stdout.readline().split()[-1]
        text = (product.folder / "customary.toml").read_text(encoding="utf-8")
        text = text.replace(product.syspro.url, url)
        (product.folder / "customary.toml").write_text(text, encoding="utf-8")
        answer = product.run("--customers", "0000002,0000003")
        server.terminate()
        assert server.wait() == 0

    assert answer.exit_code == EXIT_ISSUES
    assert "1 created" in answer.out
    assert "has no customer 0000003" in answer.out
