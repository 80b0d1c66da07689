"""A process that reads a page and then waits to be killed: ``reader_process.py URL LEASE_FILE``."""

from __future__ import annotations

import sys
from pathlib import Path

from customary.connectors.syspro.connector import SysproSource
from customary.model.source import Everything
from tests.connectors.syspro.file_lease import FileLease
from tests.connectors.syspro.rig import FIELDS, config

if __name__ == "__main__":
    source = SysproSource("erp", config(sys.argv[1], page=2), FIELDS, FileLease(Path(sys.argv[2])))
    pages = source.read(Everything())
    print(len(next(pages).records), flush=True)
    sys.stdin.read()
