"""A SunSystems Connect to try things on: faults on demand, in front of a server that answers it."""

from customary.sandboxes.faults import Fault as Fault
from customary.sandboxes.faults import FaultError as FaultError
from customary.sandboxes.sunsystems.sandbox import SunSystemsSandbox as SunSystemsSandbox
from customary.sandboxes.sunsystems.settings import Settings as Settings
