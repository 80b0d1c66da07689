import msgspec
import pytest

from customary.model.secret import Secret


class Account(msgspec.Struct, frozen=True):
    user: str
    password: Secret


def secret() -> Secret:
    return Secret(lambda: "hunter2", "env:PASSWORD")


def test_a_secret_gives_its_value_only_when_it_is_revealed() -> None:
    assert secret().reveal() == "hunter2"


def test_no_way_of_writing_a_secret_shows_it() -> None:
    account = Account("WEB", secret())
    written = [
        str(secret()),
        repr(secret()),
        f"{secret()} {secret()!r:>9}",
        repr(account),
        str([secret()]),
        repr({"password": secret()}),
    ]
    assert all("hunter2" not in text and "***" in text for text in written)


def test_a_secret_cannot_be_encoded_into_a_file_or_a_row() -> None:
    with pytest.raises(TypeError):
        msgspec.json.encode(secret())
