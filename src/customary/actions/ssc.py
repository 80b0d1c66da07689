"""Sending a payload to a SunSystems, as a run of the journal."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

from customary.actions.workspace import Workspace
from customary.config.references import unresolved
from customary.connectors.contract import CarriedOut, TakesPayloads
from customary.engine.requests import MAY_BE_DONE, requester, unanswered
from customary.errors import ConfigError, ConnectorError, InDoubt, RequestRefused
from customary.model.outcome import Level, Message
from customary.model.run import EXIT_DONE, EXIT_ISSUES, EXIT_SYSTEM, EXIT_USAGE, REQUEST, State
from customary.store import journal, runs
from customary.store.database import Store


def send(
    workspace: Workspace, name: str, what: tuple[str, str], payload: BinaryIO, out: Callable[[str], object]
) -> tuple[int, CarriedOut]:
    """Have a payload carried out by the system ``name``; gives the run's id and how it went.

    The run is in the journal before anything is sent; the records are told by the answer. Raises
    ``ConfigError`` when the system takes no payloads, ``RequestRefused`` when nothing was carried out,
    ``Unreachable``, ``NotPermitted`` and ``InDoubt``.
    """
    system = workspace.system(name)
    if problems := unresolved(system.settings):
        raise ConfigError(problems)
    source = workspace.open_source(system, "customary ssc")
    try:
        if not isinstance(source, TakesPayloads):
            raise ConfigError(f"{name} takes no payloads of SunSystems Connect")
        store = workspace.store
        operation = f"ssc {what[0]}/{what[1]}"[:120]
        with store.write() as connection:
            run = runs.begin_request(connection, operation, (REQUEST, name), 0, requester())
        try:
            result = source.carry_out(*what, payload, out)
        except RequestRefused as refused:
            _failed(store, run, str(refused), EXIT_USAGE)
            raise
        except InDoubt as error:
            doubt = InDoubt(name, f"{error.reason}. {MAY_BE_DONE} (run {run})")
            _failed(store, run, str(doubt), EXIT_SYSTEM)
            raise doubt from None
        except ConnectorError as error:
            _failed(store, run, str(error), EXIT_SYSTEM)
            raise
        except BaseException:
            _failed(store, run, unanswered(name, operation), EXIT_SYSTEM)
            raise
    finally:
        source.close()
    with store.write() as connection:
        journal.write_messages(connection, run, result.messages)
        runs.set_values(connection, run, enumerated=result.records)
        runs.finish(connection, run, State.SUCCEEDED, EXIT_ISSUES if result.failed else EXIT_DONE)
    return run, result


def _failed(store: Store, run: int, text: str, exit_code: int) -> None:
    with store.write() as connection:
        journal.write_messages(connection, run, [Message(level=Level.ERROR, text=text)])
        runs.finish(connection, run, State.FAILED, exit_code)
