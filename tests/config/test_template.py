import re
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from customary.config import settings
from customary.config.load import TABLES, load
from customary.config.settings import Command, Config, When
from customary.config.template import (
    Answers,
    SageAnswers,
    SunAnswers,
    SysproAnswers,
    first_operation,
    template,
)
from customary.connectors.sage200.config import Sage200Config
from customary.connectors.sunsystems.config import SunsystemsConfig
from customary.connectors.syspro.config import SysproConfig
from customary.model.limits import Limits

SYSPRO = SysproAnswers(url="http://erp.example:31002/SYSPROWCFService/Rest", company="A", operator="WEB")
ANSWERS = Answers(
    syspro=SYSPRO,
    sage=SageAnswers(client_id="sage-client"),
    sun=SunAnswers(url="http://sun.example:81", unit="S1", operator="CUS"),
    business_unit="PK1",
    mail_host="smtp.example.com",
    mail_to="erp@example.com",
)
SETTING = re.compile(r"^#(?=\[|\w+ = |Customers:|Classes:|\"\"\")", re.MULTILINE)
"""The ``#`` before a setting that is commented out, and before the lines that belong to it."""


def read(folder: Path, text: str) -> Config:
    file = folder / "customary.toml"
    file.write_text(text, encoding="utf-8")
    return load(
        file,
        connectors={"syspro": SysproConfig, "sage200": Sage200Config, "sunsystems": SunsystemsConfig},
        commands={
            "UpdateAllCustomersSYSPRO": Command("syspro"),
            "DownloadCustomers": Command(),
            "UploadCustomers": Command(writes="system"),
        },
        environ={},
    )


def touch(folder: Path) -> None:
    """Make the files that the template names."""
    for name in ("mapping.toml", "authority.pem", "certificate.pem", "key.pem"):
        (folder / name).touch()


def test_the_template_loads_and_holds_the_answers(tmp_path: Path) -> None:
    config = read(tmp_path, template(ANSWERS))
    system = config.systems["syspro"]
    assert isinstance(system.settings, SysproConfig)
    assert system.business_unit == "PK1"
    assert (system.settings.url, system.settings.company) == (SYSPRO.url, "A")
    assert (system.settings.operator, system.settings.password.reference) == ("WEB", "env:SYSPRO_PASSWORD")
    assert config.mail is not None
    assert (config.mail.host, config.mail.sender) == ("smtp.example.com", "customary@smtp.example.com")
    sage = config.systems["sage"].settings
    assert isinstance(sage, Sage200Config)
    assert (sage.client_id, sage.client_secret.reference) == ("sage-client", "env:SAGE_SECRET")
    sun = config.systems["sunsystems"].settings
    assert isinstance(sun, SunsystemsConfig)
    assert (sun.url, sun.remote_unit, sun.operator) == ("http://sun.example:81", "S1", "CUS")
    assert sun.password.reference == "env:SUNSYSTEMS_PASSWORD"
    operation, download, upload = config.operations
    assert (upload.command, upload.source, upload.target) == ("UploadCustomers", "hub", "sunsystems")
    assert (operation.command, operation.source) == ("UpdateAllCustomersSYSPRO", "syspro")
    assert (download.name, download.command, download.source) == (
        "download-customers",
        "DownloadCustomers",
        "sage",
    )
    assert (operation.notify.when, operation.notify.to) == (When.ON_ISSUE, ("erp@example.com",))
    assert config.notices == ()


@pytest.mark.parametrize(
    ("answers", "systems"),
    [
        (Answers(syspro=SYSPRO), ["syspro"]),
        (Answers(sage=ANSWERS.sage), ["sage"]),
        (Answers(sage=SageAnswers(client_id="c", secret_variable="", edition="standard")), ["sage"]),
        (Answers(sun=ANSWERS.sun), ["sunsystems"]),
        (Answers(programs=True), []),
    ],
    ids=["only SYSPRO", "only Sage 200", "a public client", "only SunSystems", "only programs"],
)
def test_a_system_that_there_is_not_is_left_out_with_its_operation(
    tmp_path: Path, answers: Answers, systems: list[str]
) -> None:
    text = template(answers)
    config = read(tmp_path, text)
    ends = [{item.source, item.target} - {"hub"} for item in config.operations]
    assert list(config.systems) == [end for (end,) in ends] == systems
    assert (f"customary run {first_operation(answers)} --initial-load" in text) is bool(systems)
    assert (config.web is not None) is answers.programs
    if answers.sage and not answers.sage.secret_variable:
        sage = config.systems["sage"].settings
        assert isinstance(sage, Sage200Config)
        assert (sage.client_secret.reveal(), sage.edition) == ("", "standard")


@pytest.mark.parametrize("changed", [{"mail_host": ""}, {"mail_to": ""}, {"mail_host": "", "mail_to": ""}])
def test_without_a_mail_server_or_a_recipient_no_mail_is_sent(
    tmp_path: Path, changed: dict[str, str]
) -> None:
    config = read(tmp_path, template(msgspec.structs.replace(ANSWERS, **changed)))
    assert config.operations[0].notify.when is When.NEVER
    assert (config.mail is None) == ("mail_host" in changed)


def test_every_setting_can_be_taken_in(tmp_path: Path) -> None:
    touch(tmp_path)
    config = read(tmp_path, SETTING.sub("", template(ANSWERS)))
    assert config.operations[0].schedule is not None
    assert config.operations[0].parameters.classes == ("Wholesaler", "Dealer")
    assert config.systems["syspro"].mapping == tmp_path / "mapping.toml"


EXAMPLES = {
    *("company_password", "ca_file", "port", "username", "password", "closed_lists"),
    *("address", "certificate", "key"),
    *("client_secret", "subscription_key", "generate"),
    *("basic_user", "basic_password"),
}
"""Settings that are shown by an example, having no default that could be shown."""


def test_a_setting_that_is_commented_out_shows_its_default(tmp_path: Path) -> None:
    touch(tmp_path)
    plain = read(tmp_path, template(ANSWERS))
    full = read(tmp_path, SETTING.sub("", template(ANSWERS)))
    pairs: list[tuple[Struct | None, Struct | None]] = [
        (plain.systems["syspro"].settings, full.systems["syspro"].settings),
        (plain.systems["sage"].settings, full.systems["sage"].settings),
        (plain.systems["sunsystems"].settings, full.systems["sunsystems"].settings),
        (plain.mail, full.mail),
        (plain.logs, full.logs),
        (plain.components, full.components),
        (settings.WebConfig(), full.web),
        (plain.operations[0].limits, full.operations[0].limits),
        (plain.business_units[0], full.business_units[0]),
    ]
    for without, shown in pairs:
        assert without is not None
        different = {
            name for name in without.__struct_fields__ if getattr(without, name) != getattr(shown, name)
        }
        assert different <= EXAMPLES
    assert plain.data == full.data
    assert plain.operations[0].together == full.operations[0].together


EVERY_TABLE = [
    settings.HubConfig,
    settings.BusinessUnit,
    settings.SystemSettings,
    settings.OperationConfig,
    settings.Schedule,
    settings.NotifyConfig,
    settings.MailConfig,
    settings.LogsConfig,
    settings.ComponentsConfig,
    settings.WebConfig,
    Limits,
    SysproConfig,
    Sage200Config,
    SunsystemsConfig,
]


@pytest.mark.parametrize("table", EVERY_TABLE, ids=lambda table: table.__name__)
def test_every_setting_is_in_the_template(table: type[Struct]) -> None:
    text = template(ANSWERS)
    names = [field.encode_name for field in msgspec.structs.fields(table)]
    assert [name for name in names if not re.search(rf"\b{name} = ", text)] == []


def test_every_table_is_in_the_template() -> None:
    text = template(ANSWERS)
    assert [name for name in TABLES if not re.search(rf"(\[{name}[.\]]|#{name} = )", text)] == []


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)


@given(TEXTS, TEXTS)
def test_answers_of_any_letters_are_written_so_that_they_are_read_back(company: str, operator: str) -> None:
    import tomllib

    answers = Answers(syspro=msgspec.structs.replace(SYSPRO, company=company, operator=operator))
    system = tomllib.loads(template(answers))["systems"]["syspro"]
    assert (system["company"], system["operator"]) == (company, operator)
