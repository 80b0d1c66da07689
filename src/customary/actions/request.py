"""Asking for a run: an operation and a command's options give a request, or a clear error."""

from __future__ import annotations

from customary.config.parameters import with_options
from customary.config.settings import OperationConfig
from customary.errors import ConfigError
from customary.model.run import Request, ScopeName


def request_of(
    operation: OperationConfig,
    *,
    customers: str | None = None,
    classes: str | None = None,
    initial_load: bool = False,
    dry_run: bool = False,
) -> Request:
    """Make the request of one run.

    ``customers`` and ``classes`` are comma-separated lists that replace the configured parameters;
    ``initial_load`` means everything the source has, with the create limit lifted.
    Raises ``ConfigError`` when the options contradict each other or an option is empty.
    """
    if initial_load:
        if customers is not None or classes is not None:
            raise ConfigError(
                "--initial-load means every customer of the source; leave out --customers and --classes"
            )
        modified = operation.modified
        return Request(scope=ScopeName.ALL, initial_load=True, modified=modified, dry_run=dry_run)
    parameters = with_options(operation.parameters, customers, classes)
    return Request(
        scope=operation.scope,
        customers=parameters.customers,
        classes=parameters.classes,
        all_classes=parameters.all_classes,
        together=operation.together,
        modified=operation.modified and not parameters,
        deletes=operation.missing == "delete" and not parameters,
        dry_run=dry_run,
    )
