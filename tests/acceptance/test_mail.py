"""The mail about a run: when it is sent, to whom, and what it says; through a real mail server."""

from __future__ import annotations

from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path

import pytest

from customary.model.run import EXIT_DONE, EXIT_ISSUES, EXIT_SYSTEM, EXIT_USAGE
from customary.sandboxes.faults import Fault
from tests.support.product import OPERATION, Answer, Product, told
from tests.support.smtp import HOST, Mailbox, mail_server

LOGON = ("customary-mailer", "a mail password")


class Table(HTMLParser):
    """The rows of an HTML page's tables, each a list of its cells' texts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_data(self, data: str) -> None:
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += data


def configure(product: Product, box: Mailbox, when: str, more: str = "", security: str = "starttls") -> None:
    """Have mails sent after the operation's runs."""
    product.configure(
        operation=f'scope = "all"\nnotify = {{ when = "{when}", to = ["erp@example.com"]{more} }}',
        more=(
            f'[mail]\nhost = "{HOST}"\nport = {box.port}\nsecurity = "{security}"\n'
            f'from = "Customary <customary@example.com>"\nusername = "{LOGON[0]}"\n'
            f'password = "env:MAIL_PASSWORD"\nca_file = "{box.ca_file.as_posix()}"\n'
        ),
    )


def run(product: Product, *arguments: str) -> Answer:
    """Carry the operation out."""
    return product.call("run", OPERATION, *arguments, MAIL_PASSWORD=LOGON[1])


def part(message: EmailMessage, kind: str) -> str:
    """The text or the HTML of a mail."""
    body = message.get_body((kind,))
    assert body is not None
    return str(body.get_content())


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_the_mail_arrives_and_names_the_failing_customers(
    loaded: Product, tmp_path: Path, security: str
) -> None:
    customers = loaded.syspro.state.customers
    customers.change("0000003", {"TaxStatus": "<X>", "CreditLimit": "-1"})
    del customers["0000004"]
    loaded.syspro.state.faults.add(Fault(kind="forbidden_character", customer="0000005", times=0))
    with mail_server(tmp_path, "tls" if security == "tls" else "starttls", logon=LOGON) as box:
        configure(loaded, box, "on_issue", ', cc = ["Älice <cc@example.com>"], category = "SYSPRO"', security)
        answer = run(loaded)

    assert answer.exit_code == EXIT_ISSUES
    (message,) = box.messages
    assert box.encrypted == [True]
    assert box.recipients == ["erp@example.com", "cc@example.com"]
    assert message["Subject"].startswith("[SYSPRO] Customary: update-customers succeeded: ")
    assert "2 rejected, 1 failed" in message["Subject"]
    text, rows = part(message, "plain"), Table(part(message, "html")).rows
    for customer, outcome, reason in (
        ("0000003", "rejected", "TaxStatus '<X>' is not one of E, N, O"),
        ("0000003", "rejected", "CreditLimit -1 is less than 0"),
        ("0000004", "rejected", "no customer 0000004"),
        ("0000005", "failed", "cannot be read"),
    ):
        assert customer in text
        assert reason in " ".join(text.split())
        (row,) = [cells for cells in rows if cells and cells[0].strip() == customer]
        assert row[1].strip() == outcome
        assert reason in row[2]
    assert "0000002" not in text
    assert "mail sent to erp@example.com" in told(loaded.call("show", "run", "2", "--json").json())


@pytest.mark.parametrize(
    ("when", "mails"),
    [("never", []), ("always", [1, 2, 3]), ("on_failure", [3]), ("on_issue", [2, 3])],
)
def test_a_mail_is_sent_when_the_operation_wants_one(
    loaded: Product, tmp_path: Path, when: str, mails: list[int]
) -> None:
    faults = loaded.syspro.state.faults
    with mail_server(tmp_path, "starttls", logon=LOGON) as box:
        configure(loaded, box, when)
        assert run(loaded).exit_code == EXIT_DONE
        assert run(loaded, "--customers", "NOBODY").exit_code == EXIT_ISSUES
        faults.add(Fault(kind="wrong_password"))
        assert run(loaded).exit_code not in (EXIT_DONE, EXIT_ISSUES)

    subjects = [message["Subject"] for message in box.messages]
    words = {1: "succeeded: 60 unchanged", 2: "succeeded: 1 rejected", 3: "failed: syspro: company A refuses"}
    assert len(subjects) == len(mails)
    assert all(words[mail] in subject for mail, subject in zip(mails, subjects, strict=True)), subjects


def test_a_mail_that_cannot_be_sent_is_told_on_the_run_and_changes_nothing_else(
    loaded: Product, tmp_path: Path
) -> None:
    with mail_server(tmp_path, "starttls", logon=("somebody", "else")) as box:
        configure(loaded, box, "always")
        answer = run(loaded, "--json")
    gone = run(loaded, "--json")

    assert answer.exit_code == gone.exit_code == EXIT_DONE
    assert answer.json()["state"] == gone.json()["state"] == "succeeded"
    assert "refused the logon of customary-mailer" in told(answer.json())
    assert "the mail about this run was not sent" in told(gone.json())
    assert box.messages == []


def test_a_run_refused_by_a_limit_is_told_with_its_reason(product: Product, tmp_path: Path) -> None:
    with mail_server(tmp_path, "starttls", logon=LOGON) as box:
        configure(product, box, "on_failure")
        run(product)

    (message,) = box.messages
    assert "refused: 60 customers would be created" in message["Subject"]
    assert "--initial-load" in part(message, "plain")


def test_check_tries_the_mail_server_and_sends_nothing(product: Product, tmp_path: Path) -> None:
    with mail_server(tmp_path, "starttls", logon=LOGON) as box:
        configure(product, box, "always")
        well = product.call("check", MAIL_PASSWORD=LOGON[1])
        wrong = product.call("check", MAIL_PASSWORD="hunter2")
        only = product.call("check", "syspro")
    gone = product.call("check", "--json", MAIL_PASSWORD=LOGON[1])
    missing = product.call("check")

    assert well.exit_code == EXIT_DONE, well.told
    assert "starttls, logged on as customary-mailer); nothing was sent" in well.out
    assert wrong.exit_code == EXIT_SYSTEM
    assert "refused the logon of customary-mailer (535)" in wrong.out
    assert "hunter2" not in wrong.told
    assert only.exit_code == EXIT_DONE
    assert "nothing was sent" not in only.out
    assert gone.exit_code == EXIT_SYSTEM
    assert [(report["system"], report["ok"]) for report in gone.json()] == [
        ("hub", True),
        ("syspro", True),
        ("mail", False),
    ]
    assert missing.exit_code == EXIT_USAGE
    assert "failed   secret: customary.toml:" in missing.out
    assert "logon: operator WEB in company A" in missing.out, "a mail password that is missing hides nothing"
    assert box.messages == []
