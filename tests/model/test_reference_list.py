from __future__ import annotations

from customary.components.elements import ACCOUNT_ANALYSIS_CODE, ANALYSIS_CODE, REFERENCES
from customary.model.reference_list import NAMES, unknown


def test_the_lists_are_those_that_elements_are_looked_up_in() -> None:
    numbered = {f"{kind}_{number}" for kind in ("analysis", "account_analysis") for number in range(1, 11)}
    assert set(NAMES) == {*REFERENCES.values(), *numbered}
    assert (ANALYSIS_CODE, ACCOUNT_ANALYSIS_CODE) == ("VCustCatAnalysis_AnlCode", "VAcntCatAnalysis_AnlCode")


def test_a_name_that_there_is_not_is_told_with_the_one_that_may_be_meant() -> None:
    assert unknown("Currency") == "no code is ever looked up in a list 'Currency'; did you mean 'currency'?"
    assert "there are: account, address" in unknown("xyz")
    assert unknown("analysis_10") == ""
