"""The customary.toml that ``customary init`` writes: ready to use, with every setting explained."""

from __future__ import annotations

import json
import re

from msgspec import Struct


class Answers(Struct, frozen=True, kw_only=True):
    """What ``customary init`` has asked for."""

    url: str
    """Where SYSPRO's REST service answers."""
    company: str
    operator: str
    password_variable: str = "SYSPRO_PASSWORD"  # noqa: S105 - the name of a variable
    """The environment variable that will hold the operator's password; the password is not asked for."""
    business_unit: str = "MAIN"
    currency: str = "USD"
    """The company's own currency, ISO 4217."""
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
    text = _TEXT
    if not answers.mail_host:
        text = _commented_out(text, "[mail]", "security =", "host =", "from =")
    if not answers.mail_host or not answers.mail_to:
        text = _commented_out(text, "notify =")
    values = {
        "URL": answers.url,
        "COMPANY": answers.company,
        "OPERATOR": answers.operator,
        "PASSWORD": f"env:{answers.password_variable}",
        "BUSINESS_UNIT": answers.business_unit,
        "CURRENCY": answers.currency,
        "MAIL_HOST": answers.mail_host or "smtp.example.com",
        "MAIL_FROM": answers.mail_from or f"customary@{answers.mail_host or 'example.com'}",
        "MAIL_TO": answers.mail_to or "erp@example.com",
    }
    return re.sub("<([A-Z_]+)>", lambda found: _quoted(values[found[1]]), text)


def _commented_out(text: str, *beginnings: str) -> str:
    return "".join(
        f"#{line}" if line.startswith(beginnings) else line for line in text.splitlines(keepends=True)
    )


def _quoted(value: str) -> str:
    """Write a TOML text; JSON's form of it is one, but for one character that TOML wants escaped."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


_TEXT = """\
# What Customary does, and with which systems. Try it out with:
#
#   customary check                                            tries every system: reachable, logon, rights
#   customary run update-customers --initial-load --dry-run    tells what a first load would do
#   customary run update-customers --initial-load              loads every customer for the first time
#   customary run update-customers                             is every later run
#   customary serve                                            carries out what is scheduled, and answers
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


# A system that customers are read from. Its name, here "syspro", is what operations call it.
[systems.syspro]
connector = "syspro"
# The business unit that its customers belong to.
business_unit = <BUSINESS_UNIT>
# SYSPRO's currency codes that are not ISO 4217 codes; "" is the company's own currency.
currencies = { "$" = <CURRENCY>, "" = <CURRENCY> }
# A file with mapping rows that take the place of the built-in ones.
#mapping = "mapping.toml"

# Where SYSPRO's REST service answers; use https if it does.
url = <URL>
company = <COMPANY>
# If the company has a password of its own:
#company_password = "env:SYSPRO_COMPANY_PASSWORD"
# An operator for Customary alone: whoever else logs on with it ends Customary's session.
operator = <OPERATOR>
password = <PASSWORD>

# "batch" reads many customers a call, "fetch" one; the result is the same. Where SYSPRO refuses the first,
# the second is used, and the run says so.
#read = "batch"
# Customers a call, and the longest URL in bytes, of a batch.
#page = 1000
#url_limit = 6000
# Whether 0000002 and 2 are the same customer, and how many digits are sent (0: as they are).
#zero_padded = true
#key_length = 0
# What the bytes of SYSPRO's answers are: "auto", "windows-1252" or "utf-8".
#encoding = "auto"
# Seconds to wait for a connection, for an answer, and for another run that is logged on.
#connect_timeout = 30.0
#read_timeout = 80.0
#lease_wait = 60.0
# Your own certificate authority, if the machine does not know it:
#ca_file = "authority.pem"
# How SYSPRO's error texts are understood, if your operator's language is not English.
#missing_texts = ["not found", "not on file"]
#session_lost_texts = ["userid is invalid", "session has expired"]
#refused_texts = ["access denied", "exception raised: 100000", "exception 100000"]


# A SunSystems that customers are read from or written to; see "Connect a SunSystems" in the documentation.
#[systems.sunsystems]
#connector = "sunsystems"
#business_unit = <BUSINESS_UNIT>
# SunSystems' own business unit, if its code is another than the hub's, and where SunSystems Connect answers.
#unit = "PK1"
#url = "http://sunsystems.example:81"
#operator = "CUS"
#password = "env:SUNSYSTEMS_PASSWORD"
# What writes: "upsert" (CreateOrAmend), "bulk" (BulkCreateOrAmend) or "exact" (Create and Amend).
#write = "upsert"


# An operation is a job with a name. Repeat this table for each.
[[operation]]
name = "update-customers"
command = "UpdateAllCustomersSYSPRO"
source = "syspro"
target = "hub"
# "all": whatever SYSPRO has, new customers included. "known": only customers that the hub has already.
scope = "all"
# Only these customers, or the customers of these classes of the hub ("Classes: all" means any class):
#parameters = \"""
#Customers: 0000002, 0000038
#Classes: Wholesaler, Dealer
#\"""
# With both, a customer must be in "either" of them, or in "both".
#together = "either"
# When it runs by itself: minute, hour, day, month, day of week.
#schedule = { cron = "*/15 6-20 * * 1-5", time_zone = "Europe/London" }
# A run that would change more is refused before anything is written: a share of the known customers, a
# number, or both, as ["10%", 500]. Ten creates and ten updates always pass.
#limits = { create = "10%", update = "30%", status = "10%", delete = "1%" }
# Who gets a mail, and when: "never", "always", "on_failure" or "on_issue" (a failure, or any customer with an
# issue). Also possible: cc = ["..."] and category = "..." for the subject.
notify = { when = "on_issue", to = [<MAIL_TO>] }


# The server that mail is sent by.
[mail]
host = <MAIL_HOST>
# "starttls", "tls" or "none". The port is 587, 465 or 25 unless you give one.
security = "starttls"
#port = 587
from = <MAIL_FROM>
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
