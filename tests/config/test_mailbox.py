import pytest

from customary.config.mailbox import read_mailbox
from customary.errors import ConfigError


@pytest.mark.parametrize(
    ("text", "name", "address"),
    [
        ("erp@example.com", "", "erp@example.com"),
        ("ERP team <erp@example.com>", "ERP team", "erp@example.com"),
        ('"Müller, Jörg" <jm@example.com>', "Müller, Jörg", "jm@example.com"),
        (" erp@example.com ", "", "erp@example.com"),
    ],
)
def test_an_address_is_read_with_or_without_a_name(text: str, name: str, address: str) -> None:
    mailbox = read_mailbox(text)
    assert (mailbox.display_name, mailbox.addr_spec) == (name, address)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "erp",
        "a@b, c@d",
        "a b@c",
        "a@b c",
        "a@b@c",
        "a@b\nBcc: victim@example.com",
        "x\r\nBcc: victim@example.com <a@b>",
        "ERP <a@b",
    ],
)
def test_anything_that_is_not_one_address_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="is not an e-mail address"):
        read_mailbox(text)
