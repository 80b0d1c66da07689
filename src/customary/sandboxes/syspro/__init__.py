"""A local server that behaves like SYSPRO's e.net REST service; see README.md in this folder."""

from customary.sandboxes.faults import Fault, FaultError
from customary.sandboxes.syspro.sandbox import PORT, SysproSandbox, run
from customary.sandboxes.syspro.settings import Company, Operator, Settings, Texts

__all__ = ["PORT", "Company", "Fault", "FaultError", "Operator", "Settings", "SysproSandbox", "Texts", "run"]
