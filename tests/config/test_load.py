from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import pytest
from msgspec import Meta, Struct

from customary.config.load import load, locate
from customary.config.parameters import Parameters
from customary.config.settings import (
    SYSTEM_LENGTH,
    UNIT_LENGTH,
    BusinessUnit,
    Command,
    Config,
    Security,
    When,
)
from customary.errors import ConfigError
from customary.model.limits import Limit
from customary.model.run import ScopeName, Together
from customary.model.secret import Secret
from customary.store.tables import business_unit, cross_reference


class ShopConfig(Struct, frozen=True, kw_only=True):
    """The settings of a made-up connector."""

    business_unit: str = ""
    url: Annotated[str, Meta(pattern="^https?://", examples=["https://shop"])]
    password: Secret
    read: Literal["batch", "fetch"] = "batch"
    timeout: float = 30.0
    codes: tuple[str, ...] = ()
    cache: dict[str, int] = {}

    def __post_init__(self) -> None:
        if self.read == "fetch" and self.codes:
            raise ValueError("codes are of no use with read = fetch")


EXAMPLE = """
[hub]
url = "sqlite:///hub.db"

[[business_unit]]
code = "PK1"
financials_only = false

[systems.shop]
connector = "shop"
business_unit = "PK1"
currencies = { "$" = "USD", "" = "USD" }
url = "https://shop.example"
password = "env:SHOP_PASSWORD"
timeout = 5

[[operation]]
name = "update-customers"
command = "UpdateCustomers"
source = "shop"
target = "hub"
scope = "all"
together = "both"
parameters = \"\"\"
Customers: 0000002, 0000038
Classes: Wholesaler, Dealer
\"\"\"
schedule = { cron = "*/15 6-20 * * 1-5", time_zone = "Europe/London" }
notify = { when = "on_failure", to = ["ERP <erp@example.com>"], cc = ["it@example.com"] }
limits = { create = ["10%", 500], update = 7, delete = "1%" }

[mail]
host = "smtp.example.com"
security = "starttls"
from = "customary@example.com"
"""


def read(folder: Path, text: str, data: Path | None = None) -> Config:
    file = folder / "customary.toml"
    file.write_text(text, encoding="utf-8")
    return load(
        file,
        connectors={"shop": ShopConfig},
        commands={
            "UpdateCustomers": Command("shop"),
            "Publish": Command(writes="system", deletes=("bin",), only_some=("shop",)),
        },
        environ={"SHOP_PASSWORD": "hunter2"},
        data=data,
    )


def mistakes(folder: Path, text: str) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        read(folder, text)
    return caught.value.problems


def test_the_example_of_the_design_is_read(tmp_path: Path) -> None:
    config = read(tmp_path, EXAMPLE)
    assert config.data == tmp_path / "customary-data"
    assert config.hub.url == f"sqlite:///{(config.data / 'hub.db').as_posix()}"
    assert config.business_units == (BusinessUnit(code="PK1"),)
    shop = config.systems["shop"]
    assert isinstance(shop.settings, ShopConfig)
    assert (shop.name, shop.connector, shop.business_unit) == ("shop", "shop", "PK1")
    assert shop.currencies == {"$": "USD", "": "USD"}
    assert (shop.settings.url, shop.settings.timeout) == ("https://shop.example", 5.0)
    assert shop.settings.password.reveal() == "hunter2"
    (operation,) = config.operations
    assert (operation.scope, operation.together) == (ScopeName.ALL, Together.BOTH)
    assert operation.parameters == Parameters(
        customers=("0000002", "0000038"), classes=("Wholesaler", "Dealer")
    )
    assert operation.schedule is not None
    assert operation.schedule.time_zone == "Europe/London"
    assert (operation.notify.when, operation.notify.cc) == (When.ON_FAILURE, ("it@example.com",))
    assert operation.limits.create == Limit(count=500, share=Decimal("0.1"))
    assert operation.limits.status == Limit(share=Decimal("0.1"))
    assert config.mail is not None
    assert (config.mail.sender, config.mail.port_in_use) == ("customary@example.com", 587)


def test_whatever_has_a_default_may_be_left_out(tmp_path: Path) -> None:
    config = read(tmp_path, "")
    assert config.hub.url.endswith("/customary-data/hub.db")
    assert (config.operations, config.systems, config.mail) == ((), {}, None)
    assert config.logs.format == "console"


def test_an_operation_without_notify_sends_no_mail_and_one_with_it_tells_issues(tmp_path: Path) -> None:
    quiet = read(tmp_path, EXAMPLE.replace("notify =", "# notify ="))
    assert quiet.operations[0].notify.when is When.NEVER
    loud = read(tmp_path, EXAMPLE.replace('when = "on_failure", ', ""))
    assert loud.operations[0].notify.when is When.ON_ISSUE


@pytest.mark.parametrize(("security", "port"), [("starttls", 587), ("tls", 465), ("none", 25)])
def test_the_mail_port_follows_from_the_security(tmp_path: Path, security: str, port: int) -> None:
    config = read(tmp_path, EXAMPLE.replace('"starttls"', f'"{security}"'))
    assert config.mail is not None
    assert (config.mail.security, config.mail.port_in_use) == (Security(security), port)


def test_the_only_business_unit_is_that_of_every_system(tmp_path: Path) -> None:
    config = read(tmp_path, EXAMPLE.replace('business_unit = "PK1"\n', ""))
    assert config.systems["shop"].business_unit == "PK1"
    settings = config.systems["shop"].settings
    assert isinstance(settings, ShopConfig)
    assert settings.business_unit == "PK1"


def test_the_data_directory_is_beside_the_file_unless_the_file_or_an_option_says_otherwise(
    tmp_path: Path,
) -> None:
    assert read(tmp_path, 'data = "elsewhere"\n').data == tmp_path / "elsewhere"
    assert read(tmp_path, 'data = "elsewhere"\n', tmp_path / "given").data == tmp_path / "given"
    assert read(tmp_path, "", tmp_path / "given").hub.url.endswith("/given/hub.db")


def test_a_file_that_notepad_saved_is_read(tmp_path: Path) -> None:
    file = tmp_path / "customary.toml"
    file.write_bytes(b'\xef\xbb\xbf[[business_unit]]\r\ncode = "PK1"\r\n')
    config = load(file, connectors={}, commands={}, environ={})
    assert config.business_units[0].code == "PK1"


FULL_OF_MISTAKES = """\
dta = "x"
[hub]
url = "mysql://u:hunter2@host/db"
[[business_unit]]
code = "PK1"
[[business_unit]]
code = "PK1"
[systems.shop]
connector = "shop"
business_unit = "PK2"
currencies = { "$" = "Dollar" }
url = "ftp://x"
pasword = "env:X"
read = "bach"
timeout = "5"
codes = ["a", 7]
[systems.other]
connector = "syspro"
business_unit = "PK1"
[systems.hub]
connector = "shop"
business_unit = "PK1"
url = "https://x"
password = "hunter2"
[[operation]]
name = "one"
command = "UpdateCustomer"
source = "shp"
target = "hub"
[[operation]]
name = "one"
command = "UpdateCustomers"
source = "hub"
target = "hub"
scope = "everything"
parameters = "Items: 1"
schedule = { cron = "61 * * * *", time_zone = "Europe/Londn" }
notify = { when = "always", to = ["erp"] }
limits = { create = "lots", updte = 5 }
"""


def test_all_mistakes_are_told_at_once_each_with_its_line_its_path_and_its_cure(tmp_path: Path) -> None:
    told = mistakes(tmp_path, FULL_OF_MISTAKES)
    expected = [
        '1: dta: unknown setting; did you mean "data"?',
        "3: hub.url: the hub is either on SQLite or on PostgreSQL; write",
        '7: business_unit[2].code: "PK1" is already the code of business_unit[1]',
        '10: systems.shop.business_unit: no [[business_unit]] has the code "PK2"',
        '11: systems.shop.currencies."$": "Dollar" is not an ISO 4217 code; write three capital letters',
        '12: systems.shop.url: is not of the right form; write it as "https://shop"',
        '13: systems.shop.pasword: unknown setting; did you mean "password"?',
        "8: systems.shop.password: is missing",
        '14: systems.shop.read: "bach" is not possible; did you mean "batch"? known: batch, fetch',
        "15: systems.shop.timeout: must be a number, not text in quotes",
        "16: systems.shop.codes: item 2 must be text in quotes, not a whole number",
        "18: systems.other.connector: there is no such connector; known: shop",
        "20: systems.hub: this name means the hub itself",
        "24: systems.hub.password: a secret is never written into this file; write where it is kept",
        '27: operation[1].command: there is no command "UpdateCustomer"; did you mean "UpdateCustomers"?',
        '28: operation[1].source: there is no system "shp"; did you mean "shop"?',
        '31: operation[2].name: "one" is already the name of operation[1]',
        '33: operation[2].source: UpdateCustomers reads from a system whose connector is "shop"',
        '34: operation[2].target: "hub" is the source as well',
        '35: operation[2].scope: "everything" is not possible; known: all, known',
        '36: operation[2].parameters: line 1: the argument "Items" belongs to the item operation',
        '37: operation[2].schedule.cron: "61 * * * *" is not a cron expression; write five fields',
        '37: operation[2].schedule.time_zone: there is no time zone "Europe/Londn"; did you mean "Europe',
        "38: operation[2].notify.to: 'erp' is not an e-mail address",
        "38: operation[2].notify: mail is asked for and no [mail] says how to send it",
        '39: operation[2].limits.create: "lots" is not a share; write a share',
        '39: operation[2].limits.updte: unknown setting; did you mean "update"?',
    ]
    missing = [text for text in expected if not any(f"customary.toml:{text}" in line for line in told)]
    assert missing == []
    assert len(told) == len(expected)
    assert [int(line.split(":")[1]) for line in told] == sorted(int(line.split(":")[1]) for line in told)


def test_what_the_configuration_allows_the_hub_can_hold() -> None:
    assert business_unit.c.code.type.length == UNIT_LENGTH  # type: ignore[attr-defined]
    assert cross_reference.c.system.type.length == SYSTEM_LENGTH  # type: ignore[attr-defined]


def test_no_mistake_repeats_a_secret(tmp_path: Path) -> None:
    assert "hunter2" not in "\n".join(mistakes(tmp_path, FULL_OF_MISTAKES))


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        ('name = "update-customers"', "", "operation[1].name: is missing: the operation's name"),
        ('name = "update-customers"', 'name = "a\\nb"', "operation[1].name: must be one line of visible"),
        ('"*/15 6-20 * * 1-5"', '"0 0 31 2 *"', '"0 0 31 2 *" never comes'),
        ('"*/15 6-20 * * 1-5"', '"R * * * *"', '"R * * * *" is not a cron expression'),
        ('"*/15 6-20 * * 1-5"', '"* * * * * *"', '"* * * * * *" is not a cron expression'),
        ('"Europe/London"', '"../../etc"', 'there is no time zone "../../etc"; write one as'),
        ('"Europe/London"', '"Europe"', 'there is no time zone "Europe"'),
        ('to = ["ERP <erp@example.com>"], ', "", "notify.to: is missing: nobody would get the mail"),
        ('from = "customary@example.com"', 'from = "x\\nBcc: y@z"', "mail.from: 'x\\nBcc: y@z' is not"),
        ('security = "starttls"', 'security = "ssl"', 'mail.security: "ssl" is not possible'),
        ("[mail]", '[mail]\npassword = "env:P"', "mail.username: is missing: there is a password"),
        ("[mail]", '[mail]\nusername = "u"', "mail.password: is missing: there is a username"),
        ("[mail]", "[mail]\nport = 70000", "mail.port: must be a whole number <= 65535"),
        ("[mail]", '[mail]\nca_file = "none.pem"', "mail.ca_file: there is no file"),
        ("[hub]", "[[hub]]", "hub: must be a table of settings, not a list"),
        ("[hub]", '[hub]\npassword = "env:P"', "hub.password: is one too many: a hub on SQLite has none"),
        ("[systems.shop]", "[systems.shop]\nread = 'fetch'\ncodes = ['a']", "codes are of no use"),
        ("[systems.shop]", "[systems]\nshop2 = 5\n[systems.shop]", "systems.shop2: must be a table"),
        ("[[operation]]", "[operation]", "operation: must be a list of tables; write [[operation]]"),
        (
            "[mail]",
            '[web]\nlisten = "8081"\n[mail]',
            "web.listen: is not of the right form; write it as",
        ),
        ("[mail]", '[web]\nlisten = "a:70000"\n[mail]', "web.listen: there is no port 70000"),
        ("[mail]", '[web]\nkey = "customary.toml"\n[mail]', "web.certificate: is missing: there is a key"),
        ("[mail]", '[web]\ncertificate = "no.pem"\n[mail]', "web.key: is missing: there is a certificate"),
        ("[mail]", "[web]\nfault_status = 404\n[mail]", 'web.fault_status: "404" is not possible'),
        (
            "financials_only = false",
            'closed_lists = ["curency"]',
            "closed_lists: no code is ever looked up in a list 'curency'; did you mean 'currency'?",
        ),
        ("PK1", "", "code: must be text in quotes of length >= 1"),
        ("PK1", "P" * 31, "business_unit[1].code: must be text in quotes of length <= 30"),
        ("[systems.shop]", f"[systems.{'s' * 61}]", "a system's name has at most 60 characters"),
    ],
)
def test_a_mistake_is_told_with_what_would_be_right(
    tmp_path: Path, was: str, becomes: str, told: str
) -> None:
    assert was in EXAMPLE
    assert told in "\n".join(mistakes(tmp_path, EXAMPLE.replace(was, becomes, 1)))


def test_of_several_business_units_a_system_must_name_one(tmp_path: Path) -> None:
    text = EXAMPLE.replace('business_unit = "PK1"\n', "") + '[[business_unit]]\ncode = "PK2"\n'
    (told,) = mistakes(tmp_path, text)
    assert "systems.shop.business_unit: is missing; known: PK1, PK2" in told


def test_what_is_not_toml_is_told_with_its_line(tmp_path: Path) -> None:
    (told,) = mistakes(tmp_path, "[hub]\nurl = sqlite\n")
    assert told.startswith("customary.toml: this is not TOML")
    assert "line 2" in told


def test_a_mapping_file_is_found_beside_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "rows.toml").write_text("", encoding="utf-8")
    text = EXAMPLE.replace("[systems.shop]", '[systems.shop]\nmapping = "rows.toml"')
    assert read(tmp_path, text).systems["shop"].mapping == tmp_path / "rows.toml"


def test_a_password_in_the_hubs_address_is_taken_out_of_it_and_noticed(tmp_path: Path) -> None:
    config = read(tmp_path, '[hub]\nurl = "postgresql://u:hunter2@db.example/hub"\n')
    assert config.hub.url == "postgresql+psycopg://u@db.example/hub"
    assert config.notices[0].startswith("customary.toml:2: hub.url: it holds a password")
    assert "hunter2" not in repr(config)


def test_the_configuration_writes_no_secret(tmp_path: Path) -> None:
    config = read(tmp_path, EXAMPLE)
    assert "hunter2" not in f"{config} {config!r} {msgspec.structs.asdict(config)}"


def test_the_file_is_the_options_else_the_folders_else_the_variables(tmp_path: Path) -> None:
    here, named, given = (tmp_path / name for name in ("here", "named", "given"))
    for folder in (here, named, given):
        folder.mkdir()
        (folder / "customary.toml").touch()
    variable = {"CUSTOMARY_CONFIG": str(named / "customary.toml")}
    assert locate(given / "customary.toml", here, variable) == given / "customary.toml"
    assert locate(None, here, variable) == here / "customary.toml"
    assert locate(None, tmp_path, variable) == named / "customary.toml"
    with pytest.raises(ConfigError, match="customary init"):
        locate(None, tmp_path, {})


def test_a_target_that_the_command_does_not_write_to_is_a_mistake(tmp_path: Path) -> None:
    wrong = """
        [[business_unit]]
        code = "PK1"
        [systems.shop]
        connector = "shop"
        url = "https://shop"
        password = "env:SHOP_PASSWORD"
        [[operation]]
        name = "in"
        command = "UpdateCustomers"
        source = "shop"
        target = "shop2"
        [systems.shop2]
        connector = "shop"
        url = "https://shop"
        password = "env:SHOP_PASSWORD"
        [[operation]]
        name = "out"
        command = "Publish"
        source = "shop"
        target = "hub"
        """
    told = "\n".join(mistakes(tmp_path, wrong))
    assert 'operation[1].target: UpdateCustomers writes to the hub: write target = "hub"' in told
    assert "operation[2].target: Publish writes to a system, not to the hub" in told


def test_nothing_is_answered_over_http_unless_the_table_is_there(tmp_path: Path) -> None:
    assert read(tmp_path, EXAMPLE).web is None
    web = read(tmp_path, f'{EXAMPLE}\n[web]\nlisten = "[::1]:443"').web
    assert web is not None
    assert (web.host, web.port, web.largest_request, web.fault_status) == ("::1", 443, 512, 200)


def test_customers_are_only_deleted_where_it_can_be_known_that_they_are_gone_and_can_be_done(
    tmp_path: Path,
) -> None:
    deleting = """
        [[operation]]
        name = "out"
        command = "Publish"
        source = "shop"
        target = "other"
        missing = "delete"
        [systems.other]
        connector = "shop"
        url = "https://shop"
        password = "env:SHOP_PASSWORD"
        """
    told = "\n".join(mistakes(tmp_path, EXAMPLE + deleting))
    assert 'operation[2].missing: only whom a whole enumeration lacks is deleted: write scope = "all"' in told
    assert 'operation[2].missing: Publish deletes no customers from "other"; leave it out' in told
    assert '"shop" only has the customers to be dealt with, so nobody is missing in it; leave it out' in told
    hub = EXAMPLE.replace('scope = "all"', 'scope = "all"\nmissing = "delete"')
    told = "\n".join(mistakes(tmp_path, hub))
    assert "without modified and parameters" in told
    assert 'UpdateCustomers deletes no customers from "hub"; leave it out' in told
