from datetime import UTC, datetime, timedelta, timezone
from email.message import EmailMessage
from typing import Any

import pytest
from lxml import html

from customary.config.settings import NotifyConfig, When
from customary.model.outcome import Level, Message, Outcome
from customary.model.run import State
from customary.notify.mail import ROWS, Issue, RunMail, compose, should_send, subject

START = datetime(2026, 3, 1, 6, 0, 5, tzinfo=UTC)
NOTIFY = NotifyConfig(to=("ERP <erp@example.com>",), cc=("it@example.com",))


def mail(**changes: Any) -> RunMail:
    given = {
        "operation": "update-customers",
        "run": 12,
        "state": State.SUCCEEDED,
        "scope": "the hub's customers of syspro",
        "started": START,
        "finished": START + timedelta(minutes=2),
        "counts": {Outcome.UNCHANGED: 4998, Outcome.REJECTED: 1, Outcome.FAILED: 1},
        "issues": (
            issue("0000002", "value is not one of E, N, O", field="tax_status"),
            issue("0000038", "SYSPRO no longer has it"),
        ),
    }
    return RunMail(**{**given, **changes})


def issue(customer: str, text: str, field: str = "") -> Issue:
    messages = (Message(level=Level.ERROR, text=text, field=field),)
    return Issue(customer=customer, outcome=Outcome.REJECTED, messages=messages)


def quiet(**changes: Any) -> RunMail:
    return mail(**{"counts": {Outcome.UNCHANGED: 5000}, "issues": (), **changes})


def parts(message: EmailMessage) -> tuple[str, str]:
    text, rich = message.get_body(("plain",)), message.get_body(("html",))
    assert isinstance(text, EmailMessage)
    assert isinstance(rich, EmailMessage)
    return text.get_content(), rich.get_content()


def table(rich: str) -> list[list[str]]:
    """The rows of the last table, the one of the customers with issues."""
    rows = html.fromstring(rich).findall(".//table")[-1].findall(".//tr")
    return [[words_of(cell) for cell in row] for row in rows]


def words(body: str) -> str:
    """What a person reads in a body, whichever it is."""
    return words_of(html.fromstring(body))


def words_of(element: html.HtmlElement) -> str:
    return " ".join(str(element.xpath("string()")).split())


WARNING = Message(level=Level.WARNING, text="the class Dealer does not exist")
NOTE = Message(level=Level.INFORMATION, text="read one at a time")


@pytest.mark.parametrize(
    ("told", "due"),
    [
        (quiet(), {When.ALWAYS}),
        (quiet(messages=(NOTE,)), {When.ALWAYS}),
        (quiet(state=State.PLANNED), {When.ALWAYS}),
        (quiet(messages=(WARNING,)), {When.ALWAYS, When.ON_ISSUE}),
        (quiet(counts={Outcome.REJECTED: 1}), {When.ALWAYS, When.ON_ISSUE}),
        (quiet(counts={Outcome.FAILED: 1}), {When.ALWAYS, When.ON_ISSUE}),
        (quiet(counts={Outcome.UNKNOWN: 1}), {When.ALWAYS, When.ON_ISSUE}),
        (quiet(issues=(issue("1", "longer than SYSPRO says"),)), {When.ALWAYS, When.ON_ISSUE}),
        (quiet(state=State.FAILED), {When.ALWAYS, When.ON_ISSUE, When.ON_FAILURE}),
        (quiet(state=State.REFUSED), {When.ALWAYS, When.ON_ISSUE, When.ON_FAILURE}),
        (quiet(state=State.STOPPED), {When.ALWAYS, When.ON_ISSUE, When.ON_FAILURE}),
    ],
)
def test_a_mail_is_due_as_configured(told: RunMail, due: set[When]) -> None:
    assert {when for when in When if should_send(when, told)} == due


def test_the_subject_begins_with_the_category_and_says_how_the_run_ended() -> None:
    assert subject(mail(), "ERP") == (
        "[ERP] Customary: update-customers succeeded: 1 rejected, 1 failed, 4,998 unchanged"
    )
    assert subject(quiet(counts={}), "Customary") == (
        "[Customary] Customary: update-customers succeeded: no customers"
    )


def test_the_subject_of_a_failed_run_says_why_and_does_not_get_long() -> None:
    error = Message(level=Level.ERROR, text="syspro: the logon of WEB was refused")
    told = subject(quiet(state=State.FAILED, messages=(WARNING, error)), "Customary")
    assert told == "[Customary] Customary: update-customers failed: syspro: the logon of WEB was refused"
    long = Message(level=Level.ERROR, text="so " * 500)
    assert len(subject(quiet(state=State.FAILED, messages=(long,)), "Customary")) < 200


def test_the_mail_names_the_customers_with_issues_in_text_and_in_a_table() -> None:
    text, rich = parts(compose(mail(), NOTIFY, "customary@example.com"))
    assert table(rich) == [
        ["Customer", "Outcome", "Why"],
        ["0000002", "rejected", "error: tax_status: value is not one of E, N, O"],
        ["0000038", "rejected", "error: SYSPRO no longer has it"],
    ]
    assert "0000002: rejected\n  - error: tax_status: value is not one of E, N, O\n" in text
    assert "0000038: rejected\n  - error: SYSPRO no longer has it\n" in text


def test_the_mail_says_what_happened_and_when_with_the_zone() -> None:
    berlin = timezone(timedelta(hours=2))
    told = quiet(started=START.astimezone(berlin), messages=(WARNING, NOTE))
    for body in parts(compose(told, NOTIFY, "customary@example.com")):
        read = words(body)
        assert "2026-03-01 06:00:05 UTC" in read
        assert "2026-03-01 06:02:05 UTC" in read
        assert "5,000" in read
        assert "the hub's customers of syspro" in read
        assert "warning: the class Dealer does not exist" in read
        assert "information: read one at a time" in read


def test_a_run_that_never_began_has_no_time() -> None:
    text, _ = parts(compose(quiet(started=None, finished=None), NOTIFY, "customary@example.com"))
    assert "Started   -\n" in text


@pytest.mark.parametrize(
    ("told", "command"),
    [
        (mail(), "customary show run 12"),
        (mail(), "customary show customer CODE"),
        (quiet(state=State.FAILED), "customary check"),
        (quiet(state=State.REFUSED), "customary run update-customers --dry-run"),
        (quiet(state=State.REFUSED, operation="all of them"), 'customary run "all of them" --dry-run'),
    ],
)
def test_the_mail_says_what_to_do_next(told: RunMail, command: str) -> None:
    text, rich = parts(compose(told, NOTIFY, "customary@example.com"))
    assert command in text
    assert command in words(rich)


def test_a_long_list_is_cut_and_what_is_left_out_is_counted() -> None:
    many = tuple(issue(f"C{number:05}", "longer than 30 characters") for number in range(ROWS + 34))
    text, rich = parts(compose(mail(issues=many), NOTIFY, "customary@example.com"))
    assert len(table(rich)) == ROWS + 1
    assert f"C{ROWS - 1:05}" in text
    assert f"C{ROWS:05}" not in text
    assert "34 more customers with issues are left out here." in text
    assert "34 more customers with issues are left out here." in rich


def test_what_the_caller_has_left_out_already_is_counted_too() -> None:
    text, _ = parts(compose(mail(issue_count=1202), NOTIFY, "customary@example.com"))
    assert "1,200 more customers with issues are left out here." in text
    whole, _ = parts(compose(mail(), NOTIFY, "customary@example.com"))
    assert "left out" not in whole


def test_many_messages_about_the_run_are_cut_too() -> None:
    notes = tuple(Message(level=Level.WARNING, text=f"note {number}") for number in range(ROWS + 5))
    for body in parts(compose(quiet(messages=notes), NOTIFY, "customary@example.com")):
        assert "and 5 more" in body
        assert f"note {ROWS}" not in body


def test_the_mail_goes_to_those_configured() -> None:
    message = compose(mail(), NOTIFY, "Customary <customary@example.com>")
    assert message["To"] == "ERP <erp@example.com>"
    assert message["Cc"] == "it@example.com"
    assert message["From"] == "Customary <customary@example.com>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert compose(mail(), NotifyConfig(to=("a@b.c",)), "customary@example.com")["Cc"] is None


EVIL = "x\r\nBcc: victim@example.com\n\n<script>alert(1)</script> \u202ebackwards"


def test_no_name_and_no_message_makes_a_header_or_markup() -> None:
    notes = (Message(level=Level.ERROR, text=EVIL),)
    evil = mail(
        operation=EVIL, scope=EVIL, state=State.FAILED, messages=notes, issues=(issue(EVIL, EVIL, EVIL),)
    )
    message = compose(evil, NotifyConfig(to=("a@b.c",), category=EVIL), "customary@example.com")
    assert message.keys() == ["Subject", "From", "To", "Auto-Submitted", "MIME-Version", "Content-Type"]
    assert "\n" not in message["Subject"]
    assert "\u202e" not in message["Subject"]
    text, rich = parts(message)
    assert "<script" not in rich
    assert html.fromstring(rich).findall(".//script") == []
    assert not any(line.startswith(("Bcc", "<script")) for line in text.splitlines())


def test_names_of_any_script_arrive_as_they_are() -> None:
    name = "Łódź 東京 القاهرة"
    sent = compose(mail(operation=name, issues=(issue(name, name),)), NOTIFY, "customary@example.com")
    assert name in sent["Subject"]
    wire = sent.as_bytes()
    assert wire.isascii()
    for body in parts(sent):
        assert name in body
