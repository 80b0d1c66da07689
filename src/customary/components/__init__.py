"""The SunSystems Connect components that the hub answers itself.

    execute(request, wiring, out)     carries a payload out and writes its answer; gives a Result

``Request`` says what is asked for, ``Wiring`` with which hub and under which ``Rules``; ``rules_of`` takes
these from the configuration. ``docs/how-to/use-the-components-from-python.md`` has a whole program.
"""

from __future__ import annotations

from customary.components.executor import Request as Request
from customary.components.executor import Result as Result
from customary.components.executor import Wiring as Wiring
from customary.components.executor import execute as execute
from customary.components.switches import rules_of as rules_of
from customary.components.work import Rules as Rules
