"""Python's search for garbage, while a run makes many small values that are gone with their page."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

OFTEN = gc.get_threshold()
SELDOM = (20_000, 20, 50)
"""After how many new values the search looks at the newest, and after how many searches at older ones."""


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Search seldom, and not through what is there already: for a run, that is a tenth of its time.

    Nothing leaks: only what refers to itself waits for a search, and a page holds nothing of the kind. Where
    two runs overlap, the rest of the longer one is searched as usual.
    """
    gc.freeze()
    gc.set_threshold(*SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*OFTEN)
        gc.unfreeze()
