"""The parts of customary.toml that are about one product: its system, and an operation with it."""

from __future__ import annotations

SYSPRO = """\
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


"""

SAGE200 = """\
# A Sage 200 company that customers are read from, or uploaded to.
[systems.sage]
connector = "sage200"
# The business unit that its customers belong to.
business_unit = <BUSINESS_UNIT>
# A file with mapping rows that take the place of the built-in ones.
#mapping = "mapping.toml"

# "extra" (Professional too) or "standard".
edition = <EDITION>
# Your client of Sage's API, as Sage gave it to you, and its secret; a public client has none.
client_id = <CLIENT>
client_secret = <CLIENT_SECRET>
# Where Sage leads the browser back to after a login, as registered; nothing has to answer there.
#redirect_uri = "http://127.0.0.1:53682/callback"
# The site and the company: after "customary login sage", "customary check sage" lists those that there are.
#site = ""
#company = 0
# Days that a login lasts, as agreed with Sage, and days before its end from which you are warned.
#refresh_days = 90
#warn_days = 14

# For uploads: how references are made for new customers without one (else they are rejected); which counts
# where an id and a code disagree, "code", "id" or "neither" (rejected); whether Sage refuses to amend a
# customer that is on hold.
#generate = { convention = "CompanyOtherwiseFullName", letters = 4, digits = 3 }
#prefer = "neither"
#on_hold_locked = true

# Customers a call, calls a second and at once, and seconds to wait in all where Sage is too busy.
#page = 500
#rate = 10
#concurrency = 2
#busy_wait = 120
# Seconds that reading what changed begins before the last reading.
#overlap = 300
# Seconds to wait for a connection, for an answer, and for another process that refreshes the login.
#connect_timeout = 30
#read_timeout = 120
#lease_wait = 60
# Other addresses than Sage's own, what a login is for in Sage's words, and what older clients need.
#url = ""
#identity_url = "https://id.sage.com"
#audience = "s200ukipd/sage200"
#subscription_key = "env:SAGE_SUBSCRIPTION_KEY"
# Your own certificate authority, if the machine does not know it:
#ca_file = "authority.pem"


"""

SUNSYSTEMS = """\
# A SunSystems that customers are written to, or read from.
[systems.sunsystems]
connector = "sunsystems"
# The hub's business unit whose customers it has.
business_unit = <BUSINESS_UNIT>
# SunSystems' own business unit, if its code is another than the hub's.
unit = <SUN_UNIT>
# A file with mapping rows that take the place of the built-in ones.
#mapping = "mapping.toml"

# Where SunSystems Connect answers; use https if it does.
url = <SUN_URL>
operator = <SUN_OPERATOR>
password = <SUN_PASSWORD>
# If the server wants HTTP Basic too:
#basic_user = "proxy"
#basic_password = "env:SUNSYSTEMS_BASIC_PASSWORD"

# What writes: "upsert" (CreateOrAmend), "bulk" (BulkCreateOrAmend) or "exact" (Create and Amend).
#write = "upsert"
# Whether linked accounts go "inside" the customer, or "before" it by the component Accounts.
#accounts = "inside"
# Whether a customer without account and invoicing customer is rejected, and whether the business unit is
# financials only.
#require_account = true
#financials_only = false
# Elements that this SunSystems does not know, as "customary check" tells them.
#without = []
# Whether answers are asked for in the latest format, and what a fault says when a voucher is no longer good.
#latest_format = true
#voucher_texts = ["access rights"]
# Customers that one writing call takes, and that one Query asks for.
#batch = 100
#page = 200
# Seconds to wait for a connection, and for an answer.
#connect_timeout = 30
#read_timeout = 180
# Your own certificate authority, if the machine does not know it:
#ca_file = "authority.pem"


"""

OPERATION = """\
# An operation is a job with a name. Repeat this table for each.
[[operation]]
name = <NAME>
command = <COMMAND>
source = <SOURCE>
target = <TARGET>
# "all": whatever the source has, new customers included. "known": only customers that the target has already.
scope = "all"
# Only these customers, or the customers of these classes of the hub ("Classes: all" means any class):
#parameters = \"""
#Customers: 0000002, 0000038
#Classes: Wholesaler, Dealer
#\"""
# With both, a customer must be in "either" of them, or in "both".
#together = "either"
# Whether to read only what changed since the last run; a Sage 200 can tell that, a SYSPRO cannot.
#modified = false
# What becomes of a customer of the target, a SunSystems, that the source has no more: "report" or "delete".
#missing = "report"
# When it runs by itself: minute, hour, day, month, day of week.
#schedule = { cron = "*/15 6-20 * * 1-5", time_zone = "Europe/London" }
# A run that would change more is refused before anything is written: a share of the known customers, a
# number, or both, as ["10%", 500]. Ten creates and ten updates always pass.
#limits = { create = "10%", update = "30%", status = "10%", delete = "1%" }
# Who gets a mail, and when: "never", "always", "on_failure" or "on_issue" (a failure, or any customer with an
# issue). Also possible: cc = ["..."] and category = "..." for the subject.
notify = { when = "on_issue", to = [<MAIL_TO>] }


"""
