from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from customary.notify.login_mail import LoginMail, compose_login

NOW = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)


def mail(left: timedelta, operations: tuple[str, ...] = ("upload", "download")) -> LoginMail:
    return LoginMail(system="sage", ends=NOW + left, now=NOW, operations=operations)


@pytest.mark.parametrize(
    ("left", "told"),
    [
        (timedelta(days=9, hours=23), "ends in 9 days"),
        (timedelta(days=1), "ends in 1 day"),
        (timedelta(hours=23), "ends within a day"),
        (-timedelta(seconds=1), "has ended"),
    ],
)
def test_the_subject_says_how_long_it_still_lasts(left: timedelta, told: str) -> None:
    message = compose_login(mail(left), "customary@example.com", ("erp@example.com", "it@example.com"))
    assert message["Subject"] == f"[Customary] Customary: the login to sage {told}"
    assert message["To"] == "erp@example.com, it@example.com"
    assert message["Auto-Submitted"] == "auto-generated"


def test_the_text_says_when_what_stops_and_what_to_do() -> None:
    text = compose_login(mail(timedelta(days=9)), "customary@example.com", ("a@b.c",)).get_content()
    assert "2026-03-10 06:00 UTC" in text
    assert "Operations that it concerns: upload, download" in text
    assert "customary login sage" in text
    ended = compose_login(mail(-timedelta(days=2), ()), "customary@example.com", ("a@b.c",)).get_content()
    assert "Until somebody logs in again" in ended
    assert "Operations" not in ended


def test_a_name_with_a_line_break_makes_no_header() -> None:
    odd = LoginMail(system="sage\r\nBcc: x@y.z", ends=NOW, now=NOW, operations=())
    message = compose_login(odd, "customary@example.com", ("a@b.c",))
    assert message["Bcc"] is None
    assert "\n" not in message["Subject"]
