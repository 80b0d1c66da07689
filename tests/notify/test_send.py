import socket
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from customary.config.references import secret
from customary.config.settings import MailConfig, Security
from customary.errors import MailNotSent
from customary.model.secret import Secret
from customary.notify.send import log_on, send
from tests.support.smtp import HOST, Mailbox, mail_server

PASSWORD = "hunter2"


def message(text: str = "Grüße aus Köln") -> EmailMessage:
    made = EmailMessage()
    made["Subject"] = "Über 5 € für Łódź"
    made["From"] = "Customary <customary@example.com>"
    made["To"] = "erp@example.com"
    made["Cc"] = "it@example.com, boss@example.com"
    made.set_content(text)
    return made


def config(box: Mailbox, security: Security, password: str = PASSWORD, trusted: bool = True) -> MailConfig:
    return MailConfig(
        host=HOST,
        port=box.port,
        security=security,
        sender="customary@example.com",
        username="customary" if password else "",
        password=Secret(lambda: password) if password else None,
        timeout=60,
        ca_file=box.ca_file if trusted else None,
    )


@pytest.fixture
def starttls(tmp_path: Path) -> Iterator[Mailbox]:
    with mail_server(tmp_path, "starttls", ("customary", PASSWORD)) as box:
        yield box


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[Mailbox]:
    with mail_server(tmp_path, "none") as box:
        yield box


def test_mail_goes_out_by_starttls_with_a_logon(starttls: Mailbox) -> None:
    send(message(), config(starttls, Security.STARTTLS))
    (got,) = starttls.messages
    assert got["Subject"] == "Über 5 € für Łódź"
    assert got.get_content().strip() == "Grüße aus Köln"
    assert got["Date"]
    assert got["Message-ID"].endswith("@example.com>")
    assert sorted(starttls.recipients) == ["boss@example.com", "erp@example.com", "it@example.com"]
    assert starttls.encrypted == [True]


# aiosmtpd knows only STARTTLS as TLS and warns of a logon without it.
@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_mail_goes_out_by_tls_with_a_logon(tmp_path: Path) -> None:
    with mail_server(tmp_path, "tls", ("customary", PASSWORD)) as box:
        send(message(), config(box, Security.TLS))
        assert (len(box.messages), box.encrypted) == (1, [True])


def test_mail_goes_out_without_encryption_only_when_told_so(plain: Mailbox) -> None:
    send(message(), config(plain, Security.NONE, password=""))
    assert (len(plain.messages), plain.encrypted) == (1, [False])


def test_the_same_mail_can_be_sent_again(plain: Mailbox) -> None:
    mail = message()
    send(mail, config(plain, Security.NONE, password=""))
    send(mail, config(plain, Security.NONE, password=""))
    first, second = (got["Message-ID"] for got in plain.messages)
    assert first != second


def test_a_server_without_starttls_gets_nothing(plain: Mailbox) -> None:
    with pytest.raises(MailNotSent, match="offers no STARTTLS, so nothing was sent"):
        send(message(), config(plain, Security.STARTTLS, password=""))
    assert plain.messages == []


def test_a_wrong_password_is_told_and_not_shown(starttls: Mailbox) -> None:
    with pytest.raises(MailNotSent, match=r"refused the logon of customary \(535\)") as caught:
        send(message(), config(starttls, Security.STARTTLS, password="wrong-password"))
    assert "wrong-password" not in str(caught.value)
    assert starttls.messages == []


def test_a_password_that_smtp_cannot_send_is_told_and_not_shown(starttls: Mailbox) -> None:
    with pytest.raises(MailNotSent, match="letters that SMTP cannot send") as caught:
        send(message(), config(starttls, Security.STARTTLS, password="pässword"))
    assert "ä" not in str(caught.value)


def test_a_password_that_cannot_be_fetched_is_told_like_any_mail_that_is_not_sent(tmp_path: Path) -> None:
    gone = secret("file:gone.txt", "customary.toml:9: mail.password", tmp_path, {})
    unfetched = MailConfig(
        host=HOST, sender="customary@example.com", username="customary", password=gone, timeout=60
    )
    with pytest.raises(MailNotSent, match=r"mail.password: the secret's file .*gone.txt cannot be read"):
        send(message(), unfetched)


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_a_certificate_that_nobody_vouches_for_gets_nothing(tmp_path: Path, security: Security) -> None:
    with mail_server(tmp_path, security.value) as box:
        with pytest.raises(MailNotSent, match="certificate is not trusted: unable to get local issuer"):
            send(message(), config(box, security, password="", trusted=False))
        assert box.messages == []


def test_a_certificate_of_another_host_gets_nothing(starttls: Mailbox) -> None:
    elsewhere = config(starttls, Security.STARTTLS)
    other = MailConfig(
        host="localhost", port=starttls.port, sender=elsewhere.sender, ca_file=starttls.ca_file, timeout=60
    )
    with pytest.raises(MailNotSent, match="certificate is not trusted: Hostname mismatch"):
        send(message(), other)
    assert starttls.messages == []


def test_a_server_that_is_not_there_is_told() -> None:
    with socket.socket() as closed:
        closed.bind((HOST, 0))
        port = closed.getsockname()[1]
        absent = MailConfig(host=HOST, port=port, sender="customary@example.com", timeout=60)
        with pytest.raises(MailNotSent, match=f"the mail server {HOST}:{port}: "):
            send(message(), absent)


def test_a_recipient_that_the_server_refuses_is_named_and_the_others_have_the_mail(plain: Mailbox) -> None:
    plain.refuses = {"it@example.com"}
    told = r"refused it@example.com \(550 no such mailbox\); the others have the mail"
    with pytest.raises(MailNotSent, match=told):
        send(message(), config(plain, Security.NONE, password=""))
    assert plain.recipients == ["erp@example.com", "boss@example.com"]


def test_recipients_that_are_all_refused_are_named(plain: Mailbox) -> None:
    plain.refuses = {"erp@example.com", "it@example.com", "boss@example.com"}
    with pytest.raises(MailNotSent, match=r"it refused erp@example.com \(550 no such mailbox\), it@"):
        send(message(), config(plain, Security.NONE, password=""))
    assert plain.messages == []


def test_a_server_can_be_tried_without_sending_anything(starttls: Mailbox) -> None:
    with log_on(config(starttls, Security.STARTTLS)) as server:
        assert server.noop()[0] == 250
    with (
        pytest.raises(MailNotSent, match="refused the logon"),
        log_on(config(starttls, Security.STARTTLS, password="wrong-password")),
    ):
        pass
    assert starttls.messages == []
