"""The customary.toml that ``customary init`` writes: ready to use, with every setting explained."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from customary.config.template_systems import OPERATION, SAGE200, SUNSYSTEMS, SYSPRO


class SysproAnswers(Struct, frozen=True, kw_only=True):
    """What ``customary init`` has asked for of a SYSPRO."""

    url: str
    """Where its REST service answers."""
    company: str
    operator: str
    password_variable: str = "SYSPRO_PASSWORD"  # noqa: S105 - the name of a variable
    """The environment variable that will hold the operator's password; the password is not asked for."""
    currency: str = "USD"
    """The company's own currency, ISO 4217."""


class SageAnswers(Struct, frozen=True, kw_only=True):
    """What ``customary init`` has asked for of a Sage 200."""

    client_id: str
    secret_variable: str = "SAGE_SECRET"  # noqa: S105 - the name of a variable
    """The environment variable that will hold the client's secret; ``""``: a public client without one."""
    edition: str = "extra"


class SunAnswers(Struct, frozen=True, kw_only=True):
    """What ``customary init`` has asked for of a SunSystems."""

    url: str
    unit: str
    """Its own business unit."""
    operator: str
    password_variable: str = "SUNSYSTEMS_PASSWORD"  # noqa: S105 - the name of a variable


class Answers(Struct, frozen=True, kw_only=True):
    """What ``customary init`` has asked for: the systems that there are, and who talks to the hub."""

    syspro: SysproAnswers | None = None
    sage: SageAnswers | None = None
    sun: SunAnswers | None = None
    programs: bool = False
    """Whether programs written for SunSystems are to talk to the hub."""
    business_unit: str = "MAIN"
    mail_host: str = ""
    """``""``: no mail."""
    mail_from: str = ""
    """``""``: customary at the mail server."""
    mail_to: str = ""
    """``""``: nobody gets a mail."""


def template(answers: Answers) -> str:
    """Write a configuration with comments; it loads without a mistake.

    A setting behind a ``#`` shows its default or, where it has none, an example.
    """
    operations = _operations(answers)
    text = _TEXT.replace("<steps>", _STEPS.replace("<first>", operations[0][0]) if operations else "")
    text = text.replace("<systems>", "".join(_parts(answers, operations)))
    if not answers.mail_host:
        text = _commented_out(text, "[mail]", "security =", "host =", "from =")
    if not answers.mail_host or not answers.mail_to:
        text = _commented_out(text, "notify =")
    if answers.programs:
        text = text.replace("#[web]", "[web]")
    values = _values(answers)
    return re.sub("<([A-Z_]+)>", lambda found: _quoted(values[found[1]]), text)


def _values(answers: Answers) -> dict[str, str]:
    """Give what stands in the places of the text, of the systems that there are."""
    values = {
        "BUSINESS_UNIT": answers.business_unit,
        "MAIL_HOST": answers.mail_host or "smtp.example.com",
        "MAIL_FROM": answers.mail_from or f"customary@{answers.mail_host or 'example.com'}",
        "MAIL_TO": answers.mail_to or "erp@example.com",
    }
    if syspro := answers.syspro:
        values |= {"URL": syspro.url, "COMPANY": syspro.company, "OPERATOR": syspro.operator}
        values |= {"PASSWORD": f"env:{syspro.password_variable}", "CURRENCY": syspro.currency}
    if sage := answers.sage:
        values |= {"EDITION": sage.edition, "CLIENT": sage.client_id}
        values |= {"CLIENT_SECRET": f"env:{sage.secret_variable or 'SAGE_SECRET'}"}
    if sun := answers.sun:
        values |= {"SUN_URL": sun.url, "SUN_UNIT": sun.unit, "SUN_OPERATOR": sun.operator}
        values |= {"SUN_PASSWORD": f"env:{sun.password_variable}"}
    return values


def _operations(answers: Answers) -> list[tuple[str, str, str, str]]:
    """Give each operation's name, command, source and target."""
    found = []
    if answers.syspro:
        found.append(("update-customers", "UpdateAllCustomersSYSPRO", "syspro", "hub"))
    if answers.sage:
        found.append(("download-customers", "DownloadCustomers", "sage", "hub"))
    if answers.sun:
        found.append(("upload-customers", "UploadCustomers", "hub", "sunsystems"))
    return found


def first_operation(answers: Answers) -> str:
    """Give the name of the operation to begin with; ``""`` where there is none."""
    operations = _operations(answers)
    return operations[0][0] if operations else ""


def _parts(answers: Answers, operations: Sequence[tuple[str, ...]]) -> Iterator[str]:
    if answers.syspro:
        yield SYSPRO
    if answers.sage:
        public = not answers.sage.secret_variable
        yield _commented_out(SAGE200, "client_secret =") if public else SAGE200
    if answers.sun:
        yield SUNSYSTEMS
    for names in operations:
        text = OPERATION
        for place, name in zip(("<NAME>", "<COMMAND>", "<SOURCE>", "<TARGET>"), names, strict=True):
            text = text.replace(place, _quoted(name))
        yield text


def _commented_out(text: str, *beginnings: str) -> str:
    return "".join(
        f"#{line}" if line.startswith(beginnings) else line for line in text.splitlines(keepends=True)
    )


def _quoted(value: str) -> str:
    """Write a TOML text; JSON's form of it is one, but for one character that TOML wants escaped."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


_STEPS = """\
#   customary run <first> --initial-load --dry-run     tells what a first load would do
#   customary run <first> --initial-load               loads every customer for the first time
#   customary run <first>                              is every later run
"""

_TEXT = """\
# What Customary does, and with which systems. Try it out with:
#
#   customary check                                    tries every system: reachable, logon, rights
<steps>#   customary serve                                    carries out what is scheduled, and answers
#
# A setting behind a # shows its default or an example; take the # away to change it. Paths are relative to
# this file. A password never stands here, only where it is kept: "env:NAME" (an environment variable),
# "file:PATH" (a file that holds nothing else) or "keyring:NAME" (the key ring of this computer).

# The folder of the hub's database, beside this file.
#data = "customary-data"


# The hub: Customary's own customer master.
[hub]
# A file in the data folder, or "postgresql://USER@HOST/DATABASE" with password = "env:HUB_PASSWORD" below it.
url = "sqlite:///hub.db"


# A business unit is a part of the hub with customer codes of its own. Repeat this table for each.
[[business_unit]]
code = <BUSINESS_UNIT>
# Whether it holds financial data only.
#financials_only = false
# The reference lists that a code must be in; see "customary reference".
#closed_lists = ["currency"]


<systems># The server that mail is sent by.
[mail]
host = <MAIL_HOST>
# "starttls", "tls" or "none". The port is 587, 465 or 25 unless you give one.
security = "starttls"
#port = 587
from = <MAIL_FROM>
# Who is told what is about no single run, as a login that ends soon; else those of the operations concerned.
#to = []
# If it wants a logon:
#username = "customary"
#password = "env:MAIL_PASSWORD"
# Seconds to wait for it, and your own certificate authority.
#timeout = 30.0
#ca_file = "authority.pem"


# How "customary ssc" answers payloads of SunSystems Connect: how much one CreateReplaceOrDelete may delete,
# and which rules hold.
#[components]
#delete = "1%"
# What CreateReplaceOrDelete deletes: what the "unit" has and the payload has not, or "never" anything; of
# item customers what the payload's "items" have, the "unit" has, or "never" anything.
#delete_customers = "unit"
#delete_item_customers = "items"
# Whether a customer needs an account: "always", "never", or "auto", unless a system feeds its business unit.
#account = "auto"
#account_must_exist = false
#account_used_once = true
#invoicing_customer_must_exist = true
# Whether a customer may be deleted while it has item customers, and whether these have CreateAsDraft.
#delete_with_items = false
#item_customer_drafts = false
# Where messages stand in an answer, "nested" in their records or as in "old" versions at the end; and what
# becomes of unknown elements: "ignore", "warn" or "refuse".
#messages = "nested"
#unknown_elements = "ignore"


# Where "customary serve" answers over HTTP beside its work: SunSystems Connect at /sunsystems-connect/soap,
# for operators made by "customary operator add", and /health. Without this table it does not answer.
#[web]
#listen = "127.0.0.1:8081"
# Where clients reach it, if that is not where it listens, as behind a proxy; a WSDL tells it.
#address = "https://hub.example"
# The certificate and its key, for https. Without them passwords can be read on the way.
#certificate = "certificate.pem"
#key = "key.pem"
# Megabytes of one request, and minutes that a SunSystems voucher is good.
#largest_request = 512
#voucher_minutes = 60.0
# The HTTP status of a SOAP fault: 200, or 500 as SOAP 1.1 wants it.
#fault_status = 200


# What is logged, to standard error: "debug", "info", "warning" or "error"; as lines for a person ("console")
# or, for a program that reads them, as an object a line ("json").
#[logs]
#level = "info"
#format = "console"
"""
