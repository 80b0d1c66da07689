from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from customary.config.reader import Reader, description
from customary.connectors.sage200.config import GenerateConfig, Sage200Config
from customary.errors import ConfigError


def read(**changes: object) -> Sage200Config:
    """Read settings as customary.toml has them; raises ``ConfigError`` with all mistakes."""
    reader = Reader(Path("customary.toml"), "", {"SAGE_SECRET": "s3cret"})
    written = {"client_id": "abc", "client_secret": "env:SAGE_SECRET"}
    made = reader.struct(Sage200Config, written | changes, ("systems", "sage"))
    reader.finish()
    assert made is not None
    return made


def test_one_setting_is_enough() -> None:
    settings = Sage200Config(client_id="abc")
    assert settings.resources == "https://api.columbus.sage.com/uk/sage200extra/accounts/v1"
    assert settings.identity == "https://id.sage.com"
    assert settings.client_secret.reveal() == ""


def test_the_edition_decides_the_address_unless_it_is_set() -> None:
    assert read(edition="standard").resources == "https://api.columbus.sage.com/uk/sage200/accounts/v1"
    assert (
        read(edition="standard", url="https://elsewhere.example/v1/").resources
        == "https://elsewhere.example/v1"
    )


def test_a_secret_is_in_no_text_made_of_the_settings() -> None:
    assert read().client_secret.reveal() == "s3cret"
    assert "s3cret" not in f"{read()} {read()!r}"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("edition", "spain"),
        ("url", "https://user:word@sage.example/v1"),
        ("url", "ftp://sage.example"),
        ("url", "sage.example"),
        ("identity_url", "https://id.example?x=1"),
        ("redirect_uri", "callback"),
        ("client_id", ""),
        ("client_secret", 7),
        ("company", -1),
        ("page", 5001),
        ("page", 0),
        ("rate", 0),
        ("concurrency", 0),
        ("refresh_days", 0),
        ("tls_verify", False),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(name: str, value: object) -> None:
    with pytest.raises(ConfigError, match=name):
        read(**{name: value})


def test_every_setting_says_what_it_means() -> None:
    assert all(description(field.type) for field in msgspec.structs.fields(Sage200Config))


def test_references_that_could_not_be_made_are_a_mistake_in_the_configuration() -> None:
    with pytest.raises(ValueError, match="Sage takes at most 8") as caught:
        GenerateConfig(letters=6, digits=3, strip="[")
    assert "regular expression is wrong" in str(caught.value)
    assert GenerateConfig(letters=5).references.letters == 5


@pytest.mark.parametrize("mask", ["Z-", "???-???", "A.??????"])
def test_a_mask_whose_references_sage_would_refuse_is_a_mistake_in_the_configuration(mask: str) -> None:
    with pytest.raises(ValueError, match="letters and digits only"):
        GenerateConfig(letters=3, digits=3, mask=mask)
    assert GenerateConfig(letters=3, digits=3, mask="A??????").references.mask == "A??????"


def test_the_generation_of_references_is_read_with_every_mistake() -> None:
    made = read(generate={"letters": 5, "counting": "descending"}).generate
    assert made is not None
    assert (made.letters, made.references.counting) == (5, "descending")
    with pytest.raises(ConfigError) as caught:
        read(generate={"letters": 9, "counting": "up"})
    assert len(caught.value.problems) == 2
