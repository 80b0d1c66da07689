from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyRing
from msgspec import Struct

from customary.config.load import load
from customary.config.references import secret, unresolved
from customary.errors import ConfigError
from customary.model.secret import Secret


class KeyRing(KeyringBackend):
    """A key ring that forgets when the test ends."""

    priority = 1.0

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.entries: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.entries[service, username] = password


@pytest.fixture
def key_ring() -> Iterator[KeyRing]:
    before, ring = keyring.get_keyring(), KeyRing()
    keyring.set_keyring(ring)
    yield ring
    keyring.set_keyring(before)


def made(reference: str, folder: Path, environ: dict[str, str] | None = None) -> Secret:
    return secret(reference, "systems.shop.password", folder, {} if environ is None else environ)


def test_a_secret_is_fetched_from_the_environment_when_it_is_revealed(tmp_path: Path) -> None:
    environ: dict[str, str] = {}
    password = made("env:SHOP_PASSWORD", tmp_path, environ)
    with pytest.raises(ConfigError, match=r"systems.shop.password: .* SHOP_PASSWORD is not set"):
        password.reveal()
    environ["SHOP_PASSWORD"] = "hunter2"
    assert password.reveal() == "hunter2"


def test_a_secrets_file_is_relative_to_the_configuration_and_loses_only_its_line_end(tmp_path: Path) -> None:
    (tmp_path / "password.txt").write_bytes(b"\xef\xbb\xbf p\xc3\xa4ss \r\n")
    assert made("file:password.txt", tmp_path).reveal() == " päss "
    assert made(f"file:{tmp_path / 'password.txt'}", tmp_path / "other").reveal() == " päss "


def test_a_secrets_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"systems.shop.password: .*none.txt cannot be read: No such file"):
        made("file:none.txt", tmp_path).reveal()
    (tmp_path / "latin.txt").write_bytes(b"p\xe4ss")
    with pytest.raises(ConfigError, match="it is not UTF-8 text"):
        made("file:latin.txt", tmp_path).reveal()


def test_a_secret_is_fetched_from_the_key_ring(tmp_path: Path, key_ring: KeyRing) -> None:
    key_ring.entries = {("erp", "web"): "one", ("customary", "shop"): "two"}
    assert made("keyring:erp/web", tmp_path).reveal() == "one"
    assert made("keyring:shop", tmp_path).reveal() == "two"
    with pytest.raises(ConfigError, match='no entry "other" of "erp"; add it by: keyring set erp other'):
        made("keyring:erp/other", tmp_path).reveal()


def test_a_computer_without_a_key_ring_says_so(tmp_path: Path, key_ring: KeyRing) -> None:
    keyring.set_keyring(NoKeyRing())  # type: ignore[no-untyped-call]
    with pytest.raises(ConfigError, match="key ring of this computer cannot be used"):
        made("keyring:erp/web", tmp_path).reveal()


@pytest.mark.parametrize("plain", ["hunter2", "env:", "ENV:X", "vault:hunter2", "", "file: "])
def test_a_plain_value_is_refused_and_not_repeated(tmp_path: Path, plain: str) -> None:
    with pytest.raises(ConfigError, match='write where it is kept: "env:NAME"') as caught:
        made(plain, tmp_path)
    assert "hunter2" not in str(caught.value)


class Account(Struct, frozen=True):
    token: Secret


class ShopConfig(Struct, frozen=True, kw_only=True):
    password: Secret
    account: Account | None = None


TWO_SYSTEMS = """
[hub]
url = "postgresql://customary@db.example/hub"
password = "env:HUB_PASSWORD"
[[business_unit]]
code = "PK1"
[systems.one]
connector = "shop"
password = "env:ONE"
account = { token = "file:token.txt" }
[systems.two]
connector = "shop"
password = "env:TWO"
[mail]
host = "smtp.example.com"
from = "customary@example.com"
username = "customary"
password = "env:MAIL"
"""


def test_every_secret_that_cannot_be_fetched_is_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "customary.toml"
    file.write_text(TWO_SYSTEMS, encoding="utf-8")
    config = load(file, connectors={"shop": ShopConfig}, commands={}, environ={"TWO": "hunter2"})

    def places(*parts: Struct | None) -> list[str]:
        return [problem.split(": ")[0] + " " + problem.split(": ")[1] for problem in unresolved(*parts)]

    hub, mail = "customary.toml:4 hub.password", "customary.toml:18 mail.password"
    one = ["customary.toml:9 systems.one.password", "customary.toml:10 systems.one.account.token"]
    first, second = (config.systems[name].settings for name in ("one", "two"))
    assert places(config.hub, config.mail, first, second) == [hub, mail, *one]
    assert places(config.hub, config.mail, second) == [hub, mail]
    assert places(first) == one
    assert places(None) == []
