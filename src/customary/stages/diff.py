"""Stage 6: desired against existing gives the changes."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import UNSET

from customary.model.change import SOURCE_OWNS, FieldChange
from customary.model.fields import Fields


def diff(desired: Fields, existing: Fields, rules: Mapping[str, str]) -> tuple[FieldChange, ...]:
    """Give what must change so that the target holds what is desired.

    ``rules`` names the rule of a field where it is not that the source owns it. Fields that are not desired
    are not touched.
    """
    changes = []
    for name, value in desired.items():
        before = existing.get(name, UNSET)
        if before != value:
            changes.append(FieldChange(name, before, value, rules.get(name, SOURCE_OWNS)))
    return tuple(changes)
