"""Everything Customary raises on purpose.

    CustomaryError
    ├── ConfigError          customary.toml, an option or an agent parameter is wrong   exit code 2
    ├── MappingError         a mapping file is wrong                                    exit code 2
    ├── PlanRefused          a limit would be passed; nothing was written               exit code 3
    ├── RequestRefused       a request to a component is refused as a whole              exit code 2
    ├── MailNotSent          a run's mail did not go out; the run itself is not concerned
    ├── StoreError           the hub's database cannot be used
    │   └── Superseded       another process has taken this run over: write nothing
    └── ConnectorError       a system did not do what was asked
        ├── Unreachable      no answer, and nothing was sent that changes anything: try again
        ├── NotPermitted     logon, licence or rights: stop, a person must act          exit code 4
        │   └── ListingRefused   only the reading of lists is refused: read one at a time
        ├── Rejected         the system refused this one record
        ├── Unreadable       an answer came and is not what the protocol promises
        └── InDoubt          sent, and no answer: settle it by reading back

A class exists only where some ``except`` treats it differently. Bad *data* is not an exception:
it is a rejection, a value that the stages pass on.
"""

from __future__ import annotations

from collections.abc import Sequence


class CustomaryError(Exception):
    """Any error that Customary raises on purpose; its text is fit for the person who runs it."""


class ConfigError(CustomaryError):
    """The configuration, an option or an agent parameter is wrong; lists every mistake, not the first."""

    def __init__(self, problems: str | Sequence[str]) -> None:
        self.problems: tuple[str, ...] = (problems,) if isinstance(problems, str) else tuple(problems)
        super().__init__("\n".join(self.problems))


class MappingError(ConfigError):
    """A mapping file is wrong; lists every mistake with its path in the file."""


class PlanRefused(CustomaryError):
    """A limit would be passed, so nothing was written; the text names the limit and shows examples."""


class RequestRefused(CustomaryError):
    """A request to a component cannot be carried out at all, as when unreadable: nothing was written."""


class MailNotSent(CustomaryError):
    """A run's mail did not reach every recipient; the text says why. The run itself is not concerned."""


class StoreError(CustomaryError):
    """The hub's database cannot be opened, is too new or too old, or refused a write."""


class Superseded(StoreError):
    """Another process took this run over (its epoch was raised): this one must write nothing more."""


class ConnectorError(CustomaryError):
    """A system did not do what was asked; ``system`` is its configured name.

    ``reason`` is the text without that name, for a message that stands under it.
    """

    def __init__(self, system: str, text: str) -> None:
        self.system = system
        self.reason = text
        super().__init__(f"{system}: {text}")


class Unreachable(ConnectorError):
    """No answer from the system, and nothing was sent that changes anything: it may be tried again."""


class NotPermitted(ConnectorError):
    """The system refused the logon, has no licence free, or the operator lacks a right."""


class ListingRefused(NotPermitted):
    """The system refuses to list customers, but may still answer for single ones."""


class Rejected(ConnectorError):
    """The system refused this one record; the others are not concerned."""


class Unreadable(ConnectorError):
    """An answer arrived that is not what the protocol promises (cut off, not XML, no record in it)."""


class InDoubt(ConnectorError):
    """Bytes were sent and no answer came: whether it happened must be settled by reading back."""
