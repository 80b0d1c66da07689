from __future__ import annotations

import pytest

from customary.errors import StoreError
from customary.model.change import Action, Change, FieldChange
from customary.stages.verify import verify


def change(action: Action, version: int, *fields: FieldChange) -> Change:
    return Change(identity="i", key="7", code="0007", action=action, fields=fields, target_version=version)


NAME = FieldChange("name", "a", "b")


def test_what_reads_back_at_the_version_that_writing_gave_it_is_right() -> None:
    verify([change(Action.CREATE, 0, NAME)], {"i": 1})
    verify([change(Action.UPDATE, 4, NAME)], {"i": 5})
    verify([change(Action.UPDATE, 4)], {"i": 4})
    verify([], {})


@pytest.mark.parametrize(
    ("versions", "said"), [({}, "as missing"), ({"i": 4}, "at version 4"), ({"i": 6}, "at version 6")]
)
def test_anything_else_undoes_the_page_and_names_the_customer(versions: dict[str, int], said: str) -> None:
    with pytest.raises(StoreError, match=f"customer 0007 was written at version 5 and reads back {said}"):
        verify([change(Action.UPDATE, 4, NAME)], versions)
