"""The mail about a login that ends soon: what it says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

from msgspec import Struct

from customary.notify.mail import addressed, one_line, rendered


class LoginMail(Struct, frozen=True, kw_only=True):
    """What a mail tells about a login."""

    system: str
    ends: datetime
    """When it ends, or ended; an aware time."""
    now: datetime
    operations: tuple[str, ...]
    """The operations that stop when it ends."""

    @property
    def days(self) -> int:
        """How many whole days are left; negative when it has ended."""
        return (self.ends - self.now) // timedelta(days=1)

    @property
    def left(self) -> str:
        """How long it still lasts, in words."""
        if self.days < 0:
            return "has ended"
        if self.days == 0:
            return "ends within a day"
        return f"ends in {self.days} {'day' if self.days == 1 else 'days'}"


def compose_login(mail: LoginMail, sender: str, to: Sequence[str]) -> EmailMessage:
    """Write the mail, as text; ``send`` adds date and message id."""
    subject = one_line(f"[Customary] Customary: the login to {mail.system} {mail.left}")
    message = addressed(subject, sender, to)
    facts = {"mail": mail, "ends": f"{mail.ends.astimezone(UTC):%Y-%m-%d %H:%M} UTC"}
    message.set_content(rendered("login.txt", facts), cte="quoted-printable")
    return message
