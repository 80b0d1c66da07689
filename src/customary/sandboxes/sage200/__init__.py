"""A local server that behaves like Sage 200's API; see README.md in this folder."""

from customary.sandboxes.faults import Fault, FaultError
from customary.sandboxes.sage200.sandbox import PORT, Sage200Sandbox, run
from customary.sandboxes.sage200.settings import Company, Settings

__all__ = ["PORT", "Company", "Fault", "FaultError", "Sage200Sandbox", "Settings", "run"]
