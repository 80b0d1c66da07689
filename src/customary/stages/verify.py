"""Stage 9: read back what was written, and compare again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from customary.errors import StoreError
from customary.model.change import Change


def verify(changes: Sequence[Change], versions: Mapping[str, int]) -> None:
    """Make sure that the target holds every customer at the version that applying gave it.

    ``versions`` are read back from the target, by identity. Raises ``StoreError`` naming the first customer
    that is not as it was written; the page's transaction must then be given up.
    """
    for change in changes:
        expected = change.target_version + 1 if change.fields else change.target_version
        found = versions.get(change.identity)
        if found != expected:
            raise StoreError(
                f"customer {change.code} was written at version {expected} and reads back"
                f" {'as missing' if found is None else f'at version {found}'}: the page is undone"
            )
