"""The mail about a run: when it is due, and what it says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from customary.config.mailbox import read_mailbox
from customary.config.settings import NotifyConfig, When
from customary.model.outcome import ISSUES, Level, Message, Outcome
from customary.model.run import State

if TYPE_CHECKING:
    from jinja2 import Environment

ROWS = 200
"""The most customers with issues, and the most messages about the run, that a mail lists."""

FAILURES = frozenset({State.FAILED, State.REFUSED, State.STOPPED})
"""The states of a run that did not do what it was meant to do."""

_REASON_LENGTH = 120
_UNFIT = dict.fromkeys((*range(32), *range(127, 160), 0x2028, 0x2029), " ")
_TURNING = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)), "")


class Issue(Struct, frozen=True, kw_only=True):
    """A customer that somebody should look at, and why."""

    customer: str
    outcome: Outcome
    messages: tuple[Message, ...] = ()


class RunMail(Struct, frozen=True, kw_only=True):
    """What a mail tells about a run."""

    operation: str
    run: int
    state: State
    scope: str
    """Which customers it was about, in words."""
    started: datetime | None
    """``None``: it never began."""
    finished: datetime | None
    """``None``: it has not ended."""
    counts: Mapping[Outcome, int]
    """How many customers ended with which outcome; an outcome that is left out stands for none."""
    messages: tuple[Message, ...] = ()
    """What is to be said about the run as a whole."""
    issues: tuple[Issue, ...] = ()
    """The customers with issues; the first ``ROWS`` are enough."""
    issue_count: int = 0
    """How many customers with issues there are, where ``issues`` does not have them all."""


def should_send(when: When, mail: RunMail) -> bool:
    """Tell whether a mail about this run is due.

    ``on_failure``: the run failed, was refused or was stopped. ``on_issue``: also when a customer was
    rejected, failed or is unknown, or when there is a warning or an error about the run or a customer.
    """
    if when is When.NEVER or when is When.ALWAYS:
        return when is When.ALWAYS
    if mail.state in FAILURES:
        return True
    return when is When.ON_ISSUE and (
        any(mail.counts.get(outcome) for outcome in ISSUES)
        or bool(mail.issues or mail.issue_count)
        or any(message.level is not Level.INFORMATION for message in mail.messages)
    )


def compose(mail: RunMail, notify: NotifyConfig, sender: str) -> EmailMessage:
    """Write the mail, as text and as HTML; ``send`` adds date and message id.

    Line breaks in a name or a message stay inside the mail's body and table: they cannot make a header.
    """
    message = addressed(subject(mail, notify.category), sender, notify.to)
    if notify.cc:
        message["Cc"] = [read_mailbox(text) for text in notify.cc]
    facts = _facts(mail)
    message.set_content(rendered("run.txt", facts), cte="quoted-printable")
    message.add_alternative(rendered("run.html", facts), subtype="html", cte="quoted-printable")
    return message


def addressed(subject: str, sender: str, to: Sequence[str]) -> EmailMessage:
    """Begin a mail: its subject, and from whom it goes to whom."""
    message = EmailMessage()
    message["Subject"] = subject
    message["From"] = read_mailbox(sender)
    message["To"] = [read_mailbox(text) for text in to]
    # RFC 3834: nobody's absence notice shall answer this mail.
    message["Auto-Submitted"] = "auto-generated"
    return message


def rendered(template: str, facts: Mapping[str, object]) -> str:
    """Fill a template of this package."""
    return _templates().get_template(template).render(facts)


def subject(mail: RunMail, category: str) -> str:
    """Give the subject: ``[Customary] Customary: update-customers succeeded: 2 rejected, 4,998 unchanged``.

    The form, category first, is CyberStore's (facts/syspro.md, 10, documented).
    """
    return one_line(f"[{category}] Customary: {mail.operation} {mail.state.value}: {_summary(mail)}")


def one_line(text: str) -> str:
    """Give a text without line breaks, other controls and marks that turn the direction of what follows."""
    return " ".join(text.translate(_UNFIT | _TURNING).split())


def _summary(mail: RunMail) -> str:
    errors = [message.text for message in mail.messages if message.level is Level.ERROR]
    if mail.state in FAILURES and errors:
        reason = one_line(errors[0])
        return reason if len(reason) <= _REASON_LENGTH else reason[: _REASON_LENGTH - 3] + "..."
    counts = [f"{count:,} {outcome.value}" for outcome, count in _counts(mail)]
    return ", ".join(counts) or "no customers"


def _counts(mail: RunMail) -> list[tuple[Outcome, int]]:
    """The outcomes that occurred, those to look at first."""
    found = [(outcome, mail.counts.get(outcome, 0)) for outcome in Outcome]
    return sorted(((o, count) for o, count in found if count), key=lambda item: item[0] not in ISSUES)


def _facts(mail: RunMail) -> dict[str, object]:
    shown = mail.issues[:ROWS]
    return {
        "mail": mail,
        "times": [("Started", _time(mail.started)), ("Finished", _time(mail.finished))],
        "counts": _counts(mail),
        "messages": mail.messages[:ROWS],
        "messages_left_out": len(mail.messages) - len(mail.messages[:ROWS]),
        "issues": shown,
        "issues_left_out": max(mail.issue_count, len(mail.issues)) - len(shown),
        "steps": list(_steps(mail)),
    }


def _time(time: datetime | None) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if time else "-"


def _steps(mail: RunMail) -> Iterator[tuple[str, str]]:
    """What to do next: commands, each with what it is good for."""
    yield f"customary show run {mail.run}", "shows everything that the run did, field by field"
    if mail.issues:
        yield "customary show customer CODE", "shows what the hub holds of a customer"
    if mail.state is State.FAILED:
        yield "customary check", "tries every system: reachable, logon, rights"
    if mail.state is State.REFUSED:
        name = f'"{mail.operation}"' if " " in mail.operation else mail.operation
        yield f"customary run {name} --dry-run", "shows what it would change, and changes nothing"


@cache
def _templates() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape  # only mail needs it

    templates = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    templates.filters["one_line"] = one_line
    return templates
