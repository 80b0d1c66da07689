from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from customary.config.reader import Reader, description
from customary.connectors.syspro.config import SysproConfig
from customary.errors import ConfigError
from customary.model.secret import Secret

WRITTEN = {
    "url": "http://erp.example:31002/SYSPROWCFService/Rest",
    "company": "A",
    "operator": "WEB",
    "password": "env:SYSPRO_PASSWORD",
}


def read(**changes: object) -> SysproConfig:
    """Read settings as customary.toml has them; raises ``ConfigError`` with all mistakes."""
    reader = Reader(Path("customary.toml"), "", {"SYSPRO_PASSWORD": "s3cret"})
    made = reader.struct(SysproConfig, WRITTEN | changes, ("systems", "erp"))
    reader.finish()
    assert made is not None
    return made


def test_four_settings_are_enough() -> None:
    settings = read()

    assert settings.read == "batch"
    assert settings.password.reveal() == "s3cret"
    assert settings.company_password.reveal() == ""


def test_a_password_is_in_no_text_made_of_the_settings() -> None:
    assert "s3cret" not in f"{read()} {read()!r}"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("url", "erp.example/Rest"),
        ("url", "http://"),
        ("url", "http://user:word@erp.example/Rest"),
        ("url", "http://erp.example/Rest?Operator=WEB"),
        ("company", ""),
        ("password", 7),
        ("read", "bulk"),
        ("page", 0),
        ("url_limit", 100),
        ("key_length", -1),
        ("read_timeout", 0),
        ("missing_texts", [""]),
        ("tls_verify", False),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(name: str, value: object) -> None:
    with pytest.raises(ConfigError, match=name):
        read(**{name: value})


def test_every_setting_says_what_it_means() -> None:
    assert all(description(field.type) for field in msgspec.structs.fields(SysproConfig))


def test_the_texts_that_mean_something_can_be_replaced() -> None:
    assert read(missing_texts=["nicht gefunden"]).missing_texts == ("nicht gefunden",)


def test_settings_can_be_made_by_a_program() -> None:
    made = SysproConfig(url="https://erp.example/Rest", company="A", operator="WEB", password=Secret(str))

    assert made.page == 1000
