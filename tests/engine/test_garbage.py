from __future__ import annotations

import gc
import weakref

import pytest

from customary.engine.garbage import OFTEN, SELDOM, seldom_collected


class Node:
    """Something that can refer to itself."""

    def __init__(self) -> None:
        self.itself = self


def test_garbage_is_searched_for_seldom_and_as_usual_afterwards() -> None:
    with seldom_collected():
        assert gc.get_threshold() == SELDOM
        assert gc.get_freeze_count() > 0
    assert gc.get_threshold() == OFTEN
    assert gc.get_freeze_count() == 0


def test_the_usual_search_comes_back_after_an_error_too() -> None:
    with pytest.raises(ValueError, match="stop"), seldom_collected():
        raise ValueError("stop")
    assert (gc.get_threshold(), gc.get_freeze_count()) == (OFTEN, 0)


def test_what_was_there_before_is_collected_afterwards() -> None:
    node = Node()
    gone = weakref.ref(node)
    with seldom_collected():
        del node
        gc.collect()
        assert gone() is not None
    gc.collect()
    assert gone() is None
