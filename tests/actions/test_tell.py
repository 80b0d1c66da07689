from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from customary.actions.tell import run_mail, scope_in_words, tell
from customary.actions.workspace import Workspace
from customary.config.settings import (
    BusinessUnit,
    Config,
    HubConfig,
    LogsConfig,
    MailConfig,
    NotifyConfig,
    OperationConfig,
    Security,
    When,
)
from customary.connectors.memory import Manner
from customary.errors import NotPermitted
from customary.model.outcome import Level, Outcome
from customary.model.run import Request, ScopeName, State, Together
from customary.model.secret import Secret
from customary.store.database import Store, open_store
from tests.support.desk import ALL, INITIAL, KNOWN, OPERATION, Desk, Ended, at_page, native, natives
from tests.support.smtp import HOST, Mailbox, mail_server

PASSWORD = "hunter2"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@pytest.fixture
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty hub on SQLite: telling asks nothing of a database that other tests do not ask of both."""
    file = tmp_path / "hub.db"
    shutil.copyfile(request.getfixturevalue("_hub_file"), file)
    store = open_store(f"sqlite:///{file.as_posix()}")
    yield store
    store.close()


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Mailbox]:
    with mail_server(tmp_path, "starttls", ("customary", PASSWORD)) as box:
        yield box


@pytest.fixture
def desk(store: Store) -> Desk:
    desk = Desk(store, natives("0001", "0002", "A3"))
    desk.run(INITIAL)
    return desk


def workspace(desk: Desk, box: Mailbox, when: When = When.ON_ISSUE, password: str = PASSWORD) -> Workspace:
    mail = MailConfig(
        host=HOST,
        port=box.port,
        security=Security.STARTTLS,
        sender="customary@example.com",
        username="customary",
        password=Secret(lambda: password),
        timeout=60,
        ca_file=box.ca_file,
    )
    operation = OperationConfig(
        name=OPERATION,
        command="UpdateCustomers",
        source="erp",
        target="hub",
        notify=NotifyConfig(when=when, to=("erp@example.com",), cc=("boss@example.com",), category="Prod"),
    )
    config = Config(
        path=Path("customary.toml"),
        data=Path("."),
        hub=HubConfig(url="sqlite:///hub.db"),
        business_units=(BusinessUnit(code="PK1"),),
        systems={},
        operations=(operation,),
        mail=mail,
        logs=LogsConfig(),
    )
    return Workspace(config, desk.store)


def with_issues(desk: Desk) -> Ended:
    desk.customers["0001"]["Tax"] = "?"
    desk.customers["0002"]["Name"] = "New"
    del desk.customers["A3"]
    return desk.run()


def test_a_mail_goes_out_once_and_names_the_customers_with_issues(desk: Desk, box: Mailbox) -> None:
    ended = with_issues(desk)
    place = workspace(desk, box)
    for _ in range(3):
        tell(place, ended.run.id)
    (got,) = box.messages
    assert sorted(box.recipients) == ["boss@example.com", "erp@example.com"]
    assert box.encrypted == [True]
    assert got["Subject"] == f"[Prod] Customary: {OPERATION} succeeded: 2 rejected, 1 updated"
    for kind in ("plain", "html"):
        part = got.get_body((kind,))
        assert part is not None
        content = part.get_content()
        assert all(text in content for text in ("0001", "A3", "the source has no customer A3"))
        assert PASSWORD not in content
    after = desk.look(ended.run.id)
    assert after.texts() == ["mail sent to erp@example.com, boss@example.com"]
    assert (after.run.state, after.run.exit_code, after.counts) == (
        ended.run.state,
        ended.run.exit_code,
        ended.counts,
    )


@pytest.mark.parametrize(
    ("when", "mails"),
    [(When.NEVER, 0), (When.ALWAYS, 1), (When.ON_FAILURE, 0), (When.ON_ISSUE, 0)],
)
def test_a_run_without_issues_is_only_told_always(desk: Desk, box: Mailbox, when: When, mails: int) -> None:
    desk.customers["0001"]["Name"] = "New"
    tell(workspace(desk, box, when), desk.run().run.id)
    assert len(box.messages) == mails


@pytest.mark.parametrize(
    ("when", "mails"),
    [(When.NEVER, 0), (When.ALWAYS, 1), (When.ON_FAILURE, 0), (When.ON_ISSUE, 1)],
)
def test_a_run_with_issues_is_told_unless_only_failures_are_asked_for(
    desk: Desk, box: Mailbox, when: When, mails: int
) -> None:
    tell(workspace(desk, box, when), with_issues(desk).run.id)
    assert len(box.messages) == mails


@pytest.mark.parametrize("when", [When.ALWAYS, When.ON_FAILURE, When.ON_ISSUE])
def test_a_run_that_failed_is_told_with_its_reason(desk: Desk, box: Mailbox, when: When) -> None:
    def refuse() -> None:
        raise NotPermitted("erp", "no licence is free")

    ended = desk.run(KNOWN, Manner(before=at_page(1, refuse)))
    assert ended.run.state is State.FAILED
    tell(workspace(desk, box, when), ended.run.id)
    (got,) = box.messages
    assert got["Subject"] == f"[Prod] Customary: {OPERATION} failed: erp: no licence is free"


def test_a_mail_that_cannot_be_sent_is_told_on_the_run_whose_outcome_stays(desk: Desk, box: Mailbox) -> None:
    ended = with_issues(desk)
    place = workspace(desk, box, password="wrong")
    tell(place, ended.run.id)
    after = desk.look(ended.run.id)
    (told,) = [note for note in after.messages if not note.customer]
    assert told.level is Level.WARNING
    assert "the mail about this run was not sent: " in told.text
    assert "wrong" not in told.text
    assert (after.run.state, after.run.exit_code, after.counts) == (
        ended.run.state,
        ended.run.exit_code,
        ended.counts,
    )
    tell(place, ended.run.id)
    assert len(desk.look(ended.run.id).messages) == len(after.messages)


def test_a_mail_server_that_is_down_is_told_on_the_run(desk: Desk, tmp_path: Path) -> None:
    with mail_server(tmp_path, "starttls") as gone:
        pass
    ended = with_issues(desk)
    tell(workspace(desk, gone), ended.run.id)
    after = desk.look(ended.run.id)
    assert f"the mail server {HOST}:{gone.port}" in after.texts()[0]
    assert after.run.exit_code == 1


def test_an_edit_and_an_operation_that_is_gone_are_told_to_nobody(desk: Desk, box: Mailbox) -> None:
    ended = with_issues(desk)
    place = workspace(desk, box, When.ALWAYS)
    gone = Workspace(replace(place.config, operations=()), desk.store)
    tell(gone, ended.run.id)
    desk.edit("0001", fax="1")
    tell(place, ended.run.id + 1)
    assert box.messages == []


def test_a_mail_has_the_customers_with_issues_and_their_number(desk: Desk, box: Mailbox) -> None:
    desk.customers.update({f"N{number:03}": native(f"N{number:03}", Tax="?") for number in range(230)})
    ended = desk.run(ALL)
    mail = run_mail(workspace(desk, box), ended.run.id)
    assert (len(mail.issues), mail.issue_count) == (200, 230)
    assert mail.issues[0].outcome is Outcome.REJECTED
    assert mail.issues[0].messages[0].text == "Tax '?' is not one of E, N"
    assert mail.scope == "every customer of erp"


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (Request(), "the customers of erp that the hub knows"),
        (Request(scope=ScopeName.ALL), "every customer of erp"),
        (INITIAL, "every customer of erp (initial load)"),
        (Request(customers=("1", "2")), "customers 1, 2"),
        (
            Request(customers=tuple(str(n) for n in range(22))),
            f"customers {', '.join(map(str, range(20)))} and 2 more",
        ),
        (Request(classes=("A", "B"), customers=("1",)), "customers 1 or classes A, B"),
        (
            Request(all_classes=True, customers=("1",), together=Together.BOTH),
            "customers 1 and every customer class",
        ),
    ],
)
def test_a_scope_is_told_in_words(store: Store, request_: Request, words: str) -> None:
    desk = Desk(store, {})
    assert scope_in_words(desk.look(desk.begin(request_)).run) == words


def test_an_edit_is_told_as_by_hand(desk: Desk) -> None:
    desk.edit("0001", fax="1")
    assert scope_in_words(desk.look(2).run) == "by hand"
