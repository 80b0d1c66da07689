"""Sending a mail by SMTP."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import make_msgid

from customary.config.settings import MailConfig, Security
from customary.errors import ConfigError, MailNotSent


def send(message: EmailMessage, config: MailConfig) -> None:
    """Send the mail to everybody in its To and Cc, with its date and message id.

    With ``starttls`` and ``tls`` nothing is sent before the connection is encrypted and the server's
    certificate verified. Nothing is tried twice. Raises ``MailNotSent`` when it did not reach every
    recipient, also when the password cannot be fetched.
    """
    del message["Date"], message["Message-ID"]
    message["Date"] = datetime.now(UTC)
    message["Message-ID"] = make_msgid(domain=message["From"].addresses[0].domain)
    with log_on(config) as server:
        refused = server.send_message(message)
    if refused:
        raise MailNotSent(f"{_name(config)} refused {_recipients(refused)}; the others have the mail")


@contextmanager
def log_on(config: MailConfig) -> Iterator[smtplib.SMTP]:
    """Give a connection to the mail server, encrypted and logged on as configured, while the block runs.

    Raises ``MailNotSent`` when that cannot be, or when the server refuses what the block does.
    """
    password = _password(config)
    try:
        with _connection(config) as server:
            if config.username:
                server.login(config.username, password)
            yield server
    except smtplib.SMTPAuthenticationError as error:
        raise MailNotSent(
            f"{_name(config)} refused the logon of {config.username} ({error.smtp_code})"
        ) from None
    except UnicodeError:
        text = f"{_name(config)}: its user name or password has letters that SMTP cannot send"
        raise MailNotSent(text) from None
    except OSError as error:  # every error of smtplib is one, and so are those of the network and of TLS
        raise MailNotSent(f"{_name(config)}: {_reason(error)}") from None


def _name(config: MailConfig) -> str:
    return f"the mail server {config.host}:{config.port_in_use}"


def _password(config: MailConfig) -> str:
    try:
        return config.password.reveal() if config.password else ""
    except ConfigError as error:
        raise MailNotSent(str(error)) from None


def _connection(config: MailConfig) -> smtplib.SMTP:
    if config.security is Security.NONE:
        return smtplib.SMTP(config.host, config.port_in_use, timeout=config.timeout)
    trusted = ssl.create_default_context(cafile=config.ca_file)
    if config.security is Security.TLS:
        return smtplib.SMTP_SSL(config.host, config.port_in_use, timeout=config.timeout, context=trusted)
    server = smtplib.SMTP(config.host, config.port_in_use, timeout=config.timeout)
    try:
        server.starttls(context=trusted)
    except OSError:
        server.close()
        raise
    return server


def _reason(error: OSError) -> str:
    match error:
        case ssl.SSLCertVerificationError():
            return f"its certificate is not trusted: {error.verify_message}"
        case smtplib.SMTPNotSupportedError() if "STARTTLS" in str(error):
            return 'it offers no STARTTLS, so nothing was sent; try security = "tls"'
        case smtplib.SMTPRecipientsRefused():
            return f"it refused {_recipients(error.recipients)}"
        case smtplib.SMTPResponseException():
            return f"it answered {error.smtp_code} {_text(error.smtp_error)}"
        case TimeoutError():
            return "it did not answer in time"
        case _:
            return error.strerror or str(error)


def _recipients(refused: dict[str, tuple[int, bytes]]) -> str:
    return ", ".join(f"{who} ({code} {_text(text)})" for who, (code, text) in refused.items())


def _text(answer: bytes | str) -> str:
    return answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
