from __future__ import annotations

import pytest

from customary.connectors.sage200.keys import GROUP
from customary.errors import NotPermitted, Unreachable
from customary.protocols.sage200 import MOST_TOP
from customary.sandboxes.sage200 import Sage200Sandbox
from tests.connectors.sage200.rig import calls, fault, source


def test_ids_give_references_and_what_is_no_customers_id_gives_none() -> None:
    with Sage200Sandbox(customers=GROUP + 5) as sandbox, source(sandbox) as made:
        known = {str(record["id"]): record["reference"] for record in sandbox.state.customers}
        asked = [*known, "1", "0", "abc", "", "9" * 40, "-27006"]
        assert made.keys_of(asked) == known
        assert calls(sandbox, "GET customers") == 2


def test_an_id_is_a_number_whatever_zeros_stand_before_it(sandbox: Sage200Sandbox) -> None:
    with source(sandbox) as made:
        assert made.keys_of(["0027006"]).keys() == {"0027006"}


def test_all_references_cost_a_call_for_each_five_thousand() -> None:
    with Sage200Sandbox(customers=MOST_TOP + 1) as sandbox, source(sandbox) as made:
        assert list(made.all_keys()) == [record["reference"] for record in sandbox.state.customers]
        assert calls(sandbox, "GET customers") == 3


def test_references_that_come_again_stop_it(sandbox: Sage200Sandbox) -> None:
    fault(sandbox, "repeat_page", times=0)
    with source(sandbox) as made, pytest.raises(Unreachable, match="came again"):
        list(made.all_keys())


def test_an_answer_that_cannot_be_read_is_unreachable(sandbox: Sage200Sandbox) -> None:
    fault(sandbox, "garbage", call="GET customers", times=0)
    with source(sandbox) as made:
        for ask in (lambda: made.keys_of(["27006"]), lambda: list(made.all_keys())):
            with pytest.raises(Unreachable, match="references of the customers"):
                ask()


def test_without_a_company_nothing_is_asked(sandbox: Sage200Sandbox) -> None:
    with source(sandbox, company=0) as made, pytest.raises(NotPermitted, match="customary check"):
        made.keys_of(["27006"])
