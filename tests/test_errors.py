from __future__ import annotations

from customary.errors import Unreachable


def test_a_systems_error_names_it_and_its_reason_leaves_the_name_out() -> None:
    error = Unreachable("erp", "no connection")
    assert (str(error), error.reason) == ("erp: no connection", "no connection")
