from __future__ import annotations

from importlib import import_module

import pytest

from customary.connectors.registry import CONNECTORS


@pytest.mark.parametrize("name", CONNECTORS)
def test_what_a_configuration_is_held_against_is_what_the_source_says_of_itself(name: str) -> None:
    known = CONNECTORS[name]
    source = getattr(import_module(f"{known.package}.connector"), known.source)
    assert known.only_some is getattr(source, "only_some", False)
    assert not known.deletes or hasattr(source, "write")
