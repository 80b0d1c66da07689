"""``python -m customary.cli`` is ``customary``."""

import sys

from customary.cli.main import main

sys.exit(main())
