from __future__ import annotations

import pytest

from customary.connectors.sage200.faults import error_of_status
from customary.errors import ConnectorError, NotPermitted, Rejected, Unreachable, Unreadable


@pytest.mark.parametrize("status", [200, 201, 204])
def test_success_is_no_error(status: int) -> None:
    assert error_of_status("sage", status, "reading x", "") is None


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, NotPermitted),
        (403, NotPermitted),
        (400, Rejected),
        (404, NotPermitted),
        (405, NotPermitted),
        (408, Unreachable),
        (429, Unreachable),
        (302, Unreachable),
        (500, Unreachable),
        (504, Unreachable),
        (418, Unreadable),
    ],
)
def test_each_status_is_what_the_caller_does_about_it(status: int, kind: type[ConnectorError]) -> None:
    error = error_of_status("sage", status, "reading customers", "Sage says so")
    assert isinstance(error, ConnectorError)
    assert type(error) is kind
    assert "reading customers" in error.reason
    assert "Sage says so" in str(error)


def test_an_empty_401_says_what_to_look_at() -> None:
    text = str(error_of_status("erp", 401, "reading customers", ""))
    assert all(part in text for part in ("`site`", "`company`", "customary login erp"))
