from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from customary.connectors.sunsystems.client import SunsystemsClient
from customary.connectors.sunsystems.config import SunsystemsConfig
from customary.errors import ConfigError
from customary.protocols.ssc_soap import COMPONENT_EXECUTOR


def made(**values: Any) -> SunsystemsConfig:
    return msgspec.convert({"url": "http://erp:81", "operator": "PK1"} | values, SunsystemsConfig)


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://erp:81", "http://erp:81/sunsystems-connect/soap/ComponentExecutor"),
        ("https://erp/", "https://erp/sunsystems-connect/soap/ComponentExecutor"),
        ("http://erp:8088/sunsystems-connect", "http://erp:8088/sunsystems-connect/soap/ComponentExecutor"),
        ("https://gate/t1/ssc/soap/", "https://gate/t1/ssc/soap/ComponentExecutor"),
    ],
)
def test_an_address_leads_to_its_services(url: str, address: str) -> None:
    assert made(url=url).service(COMPONENT_EXECUTOR) == address


@pytest.mark.parametrize(
    "values",
    [
        {"url": "http://user:word@erp"},
        {"url": "http://erp/?x=1"},
        {"url": "ftp://erp"},
        {"url": "http://"},
        {"operator": ""},
        {"unit": "LONG"},
        {"write": "replace"},
        {"batch": 0},
        {"voucher_texts": [" "]},
    ],
)
def test_what_cannot_be_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        made(**values)


def test_the_unit_is_the_hubs_unless_it_is_named() -> None:
    assert made(business_unit="PK1").remote_unit == "PK1"
    assert made(business_unit="MAIN", unit="PK2").remote_unit == "PK2"


def test_authorities_that_cannot_be_read_are_a_mistake_in_the_configuration(tmp_path: Path) -> None:
    file = tmp_path / "authorities.pem"
    file.write_text("nothing", encoding="utf-8")
    settings = SunsystemsConfig(url="https://erp", operator="PK1", ca_file=file)
    with pytest.raises(ConfigError, match="ca_file"):
        SunsystemsClient("sun", settings)
