"""Telling people about a run that ended: the mail that its operation's configuration asks for, once."""

from __future__ import annotations

import structlog

from customary.actions.edit import HAND
from customary.actions.workspace import Workspace
from customary.errors import ConfigError, MailNotSent
from customary.model.outcome import ISSUES, Level, Message, Outcome
from customary.model.run import REQUEST, Request, Run, ScopeName, State
from customary.notify.mail import ROWS, Issue, RunMail, compose, should_send
from customary.notify.send import send
from customary.store import journal, runs

log = structlog.get_logger()


def tell(workspace: Workspace, run_id: int) -> None:
    """Log how a run ended and which customers had issues, and send the mail about it if one is due.

    A mail that cannot be sent is told on the run and in the log; it does not change how the run ended.
    """
    mail = run_mail(workspace, run_id)
    _log(mail)
    config = workspace.config
    notify = next((item.notify for item in config.operations if item.name == mail.operation), None)
    if notify is None or config.mail is None or not should_send(notify.when, mail):
        return
    if mail.state is State.PLANNED:  # whoever asked for a dry run is looking at it
        return
    with workspace.store.read() as connection:
        if runs.mailed(connection, run_id):
            return
    try:
        send(compose(mail, notify, config.mail.sender), config.mail)
    except (MailNotSent, ConfigError) as error:
        log.error("mail not sent", run=run_id, reason=str(error))
        note = Message(level=Level.WARNING, text=f"the mail about this run was not sent: {error}")
    else:
        note = Message(level=Level.INFORMATION, text=f"mail sent to {', '.join((*notify.to, *notify.cc))}")
    with workspace.store.write() as connection:
        runs.set_values(connection, run_id, mailed=runs.now())
        journal.write_messages(connection, run_id, [note])


def _log(mail: RunMail) -> None:
    for issue in mail.issues:
        reasons = "; ".join(note.text for note in issue.messages)
        log.info("customer with an issue", run=mail.run, customer=issue.customer, reasons=reasons)
    counts = {outcome.value: count for outcome, count in mail.counts.items() if count}
    errors = [note.text for note in mail.messages if note.level is Level.ERROR]
    told = {**counts, "reason": "; ".join(errors)} if errors else counts
    log.info("run ended", run=mail.run, operation=mail.operation, state=mail.state.value, **told)


def run_mail(workspace: Workspace, run_id: int) -> RunMail:
    """Gather what a mail tells about a run."""
    with workspace.store.read() as connection:
        run = runs.read(connection, run_id)
        if run is None:
            raise LookupError(f"run {run_id}")
        counts = {Outcome(name): count for name, count in journal.counts(connection, run_id).items()}
        outcomes = [outcome for outcome in Outcome if outcome in ISSUES]
        issues = tuple(
            Issue(customer=cycle.customer, outcome=cycle.outcome, messages=cycle.messages)
            for cycle in journal.cycles(connection, run_id, outcomes=outcomes, limit=ROWS)
            if cycle.outcome is not None
        )
        return RunMail(
            operation=run.operation,
            run=run.id,
            state=run.state,
            scope=scope_in_words(run),
            started=run.started,
            finished=run.finished,
            counts=counts,
            messages=tuple(journal.run_messages(connection, run_id)),
            issues=issues,
            issue_count=sum(counts[outcome] for outcome in outcomes),
        )


def scope_in_words(run: Run) -> str:
    """Say which customers a run was about."""
    request: Request = run.request
    if run.source == HAND:
        return "by hand"
    if request.upload:
        return f"the customers of {request.upload.file}"
    if run.source == REQUEST:
        return "the records of a request"
    if request.listed:
        parts = []
        if request.customers:
            parts.append("customers " + ", ".join(request.customers[:20]))
            if len(request.customers) > 20:
                parts[-1] += f" and {len(request.customers) - 20} more"
        if request.all_classes:
            parts.append("every customer class")
        elif request.classes:
            parts.append("classes " + ", ".join(request.classes))
        return f" {'or' if request.together == 'either' else 'and'} ".join(parts)
    if request.modified and not request.initial_load:
        whose = "customers" if request.scope is ScopeName.ALL else "known customers"
        return f"the {whose} of {run.source} that changed"
    if request.scope is ScopeName.ALL:
        return f"every customer of {run.source}" + (" (initial load)" if request.initial_load else "")
    return f"the customers of {run.source} that the hub knows"
