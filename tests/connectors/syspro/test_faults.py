from __future__ import annotations

import pytest

from customary.connectors.syspro.faults import Fault, error_of_status, fault_of
from customary.errors import ConnectorError, NotPermitted, Unreachable, Unreadable
from tests.connectors.syspro.rig import config

SETTINGS = config("http://erp.example/Rest")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", Fault.NONE),
        # SOURCE: facts/syspro.md 5a; observed, or relied on by client code.
        (
            "The supplied UserID is invalid. Either you were not logged in; or your session has expired.",
            Fault.SESSION_LOST,
        ),
        (
            "Access denied to Functional Area 'System Query' for operator 'WEB' (Business Object 'COMFND')",
            Fault.REFUSED,
        ),
        ("e.net exception raised: 100000", Fault.REFUSED),
        ("e.net exception 100000", Fault.REFUSED),
        # SOURCE: facts/syspro.md 5a (guess).
        ("Key NOT FOUND on table ArCustomer", Fault.MISSING),
        ("Customer not on file", Fault.MISSING),
        ("Unable to read the SYSPRO base directory registry string BaseDir8", Fault.OTHER),
    ],
)
def test_an_error_text_tells_what_went_wrong(text: str, fault: Fault) -> None:
    assert fault_of(text, SETTINGS) is fault


def test_the_texts_of_another_language_can_be_set() -> None:
    german = config("http://erp.example/Rest", missing_texts=("Schlüssel",), refused_texts=("Zugriff",))

    assert fault_of("SCHLÜSSEL fehlt", german) is Fault.MISSING
    assert fault_of("Kein Zugriff auf COMFND", german) is Fault.REFUSED
    assert fault_of("Key not found", german) is Fault.OTHER


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, NotPermitted),
        (403, NotPermitted),
        (302, Unreachable),
        (500, Unreachable),
        (503, Unreachable),
        (408, Unreachable),
        (429, Unreachable),
        (404, Unreadable),
        (414, Unreadable),
    ],
)
def test_an_http_status_other_than_200_is_an_error(status: int, kind: type[ConnectorError]) -> None:
    error = error_of_status("erp", status)

    assert type(error) is kind
    assert f"HTTP {status}" in str(error)


def test_http_200_is_no_error() -> None:
    assert error_of_status("erp", 200) is None
