from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tests.support.places import PAGES

BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CONFIGURATION = '[[business_unit]]\ncode = "PK1"\n\n[components]\naccount = "never"\n'
PAYLOAD = (
    "<SSC><SunSystemsContext><BusinessUnit>PK1</BusinessUnit></SunSystemsContext><Payload>"
    "<Customer><CustomerCode>A</CustomerCode></Customer><Customer><Name>x</Name></Customer></Payload></SSC>"
)


def test_the_page_on_the_components_from_python_can_be_followed(tmp_path: Path) -> None:
    page = (PAGES / "how-to" / "use-the-components-from-python.md").read_text(encoding="utf-8")
    (tmp_path / "customary.toml").write_text(CONFIGURATION, encoding="utf-8")
    (tmp_path / "customers.xml").write_text(PAYLOAD, encoding="utf-8")
    program = "\n".join(BLOCK.findall(page))
    told = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert told.stdout.splitlines() == [
        "run 1: 2 records, 1 failed",
        "A done",
        "UNSET failed",
        "  error: CustomerCode must be present in the payload, for every customer",
    ]
