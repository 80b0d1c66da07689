"""Passwords and session ids stand in no log, message, journal row, mail or file, whatever happens."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

from sqlalchemy import create_engine, text

from customary.config.hub_url import read_hub_url
from customary.sandboxes.faults import Fault
from tests.support.product import DATA, OPERATION, PASSWORD, Product, wait_until
from tests.support.smtp import HOST, mail_server

SESSION = re.compile(rb"(?<![0-9A-Za-z])[0-9A-F]{34}(?![0-9A-Za-z])")
"""SOURCE: facts/syspro.md 4: 34 hex characters."""
WRONG = "Wröng & guessed=99"
MAIL_PASSWORD = "mail-Passw0rd/%"
NOT_TOLD = tuple(
    form
    for secret in (PASSWORD, WRONG, MAIL_PASSWORD)
    for form in {
        secret.encode(),
        secret.encode("cp1252"),
        quote(secret, safe="").encode(),
        quote_plus(secret).encode(),
        secret[2:-2].encode(),
    }
)


def assert_no_secret(where: str, told: bytes) -> None:
    """Make sure that neither a password, in any form, nor a session's id is told."""
    for form in NOT_TOLD:
        assert form not in told, f"{where} has a password"
    assert not SESSION.search(told), f"{where} has a session's id"


def dump(url: str) -> bytes:
    """All rows of all tables of a PostgreSQL database, the engine's own too."""
    engine = create_engine(read_hub_url(url, Path())[0])
    tables = "SELECT table_schema, table_name FROM information_schema.tables WHERE table_type = 'BASE TABLE'"
    told = []
    with engine.connect() as connection:
        for schema, name in connection.execute(text(tables)).all():
            if schema not in ("pg_catalog", "information_schema"):
                rows = connection.execute(text(f'SELECT t::text FROM "{schema}"."{name}" t'))  # noqa: S608
                told += [str(row[0]) for row in rows]
    engine.dispose()
    return "\n".join(told).encode()


def test_secrets_are_told_nowhere(either: Product, tmp_path: Path) -> None:
    with mail_server(tmp_path, "starttls", logon=("mailer", MAIL_PASSWORD)) as box:
        mail = (
            f'[mail]\nhost = "{HOST}"\nport = {box.port}\nfrom = "customary@example.com"\n'
            f'username = "mailer"\npassword = "env:MAIL_PASSWORD"\nca_file = "{box.ca_file.as_posix()}"\n'
            '[logs]\nlevel = "debug"\n'
        )
        operation = 'scope = "all"\nnotify = { when = "always", to = ["erp@example.com"] }'
        either.configure(system="page = 20", operation=operation, more=mail)
        told: dict[str, Any] = {}
        logon = {"MAIL_PASSWORD": MAIL_PASSWORD}
        faults = either.syspro.state.faults

        def call(name: str, *arguments: str, **environ: str) -> None:
            told[name] = either.call("--verbose", *arguments, **{**logon, **environ}).told

        # a server that repeats in its refusals what it was told
        call("a wrong password", "run", OPERATION, "--initial-load", SYSPRO_PASSWORD=WRONG)
        faults.add(Fault(kind="wrong_password", text=f"ERROR: {PASSWORD} is not the password of WEB"))
        call("a repeated password", "run", OPERATION, "--initial-load")
        faults.clear()
        call("the load", "run", OPERATION, "--initial-load", "--json")
        call("the check", "check", "--json")
        faults.add(Fault(kind="session_lost", object="COMFND", nth=2, times=2))
        call("a lost session", "run", OPERATION)
        faults.clear()
        faults.add(Fault(kind="http_500", object="COMFND", nth=2), Fault(kind="html", object="COMFND"))
        call("a server error", "run", OPERATION)
        faults.clear()
        faults.add(Fault(kind="slow", object="COMFND", seconds=0.3, times=0))
        with either.begin("--verbose", "run", OPERATION, **logon) as command:
            wait_until(lambda: either.syspro.state.counts().sessions.open == 1, "the logon")
            wait_until(lambda: bool(either.rows("SELECT 1 FROM lease WHERE sealed IS NOT NULL")), "the seal")
            command.kill()
            told["the killed run"] = command.told()
        told["mails"] = "\n".join(str(message) for message in box.messages)
        bodies = [part for message in box.messages for part in message.walk() if not part.is_multipart()]
        told["texts of mails"] = "\n".join(str(part.get_content()) for part in bodies)
        for number in range(1, 7):
            call(f"run {number}", "show", "run", str(number), "--json")
    assert len(box.messages) == 5

    for name, output in told.items():
        assert_no_secret(name, output.encode())
    files = either.files
    assert any(path.name == "engine.db" for path in files) or either.postgresql
    for path in files:
        assert_no_secret(path.name, path.read_bytes())
    if either.postgresql:
        rows = dump(either.postgresql)
        assert b"update-customers" in rows
        assert_no_secret("the database", rows)
    else:
        assert b"update-customers" in (either.folder / DATA / "hub.db").read_bytes()
