"""Writes the references that are made from the program: the commands and the configuration.

    .venv/bin/python docs/generate.py

``tests/docs`` fails when what stands in ``docs/reference`` is not what this would write.
"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
import types
from collections.abc import Collection, Iterator
from enum import Enum
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec
import typer
from msgspec import NODEFAULT, Meta, Struct
from msgspec.structs import FieldInfo
from typer.cli import get_docs_for_click

from customary.cli.main import app
from customary.config import settings
from customary.config.parameters import Parameters
from customary.connectors.sage200.config import GenerateConfig, Sage200Config
from customary.connectors.sunsystems.config import SunsystemsConfig
from customary.connectors.syspro.config import SysproConfig
from customary.connectors.zynk.config import ZynkConfig
from customary.mapping.spec import Row
from customary.model.fields import CUSTOMER, Field, Kind
from customary.model.limits import Limit, Limits
from customary.model.secret import Secret

REFERENCE = Path(__file__).parent / "reference"
MADE = "<!-- made by docs/generate.py; change the program instead -->\n\n"

TABLES: dict[str, type[Struct]] = {
    "`[hub]`": settings.HubConfig,
    "`[[business_unit]]`": settings.BusinessUnit,
    "`[systems.NAME]`": settings.SystemConfig,
    "`[systems.NAME]` of a SYSPRO": SysproConfig,
    "`[systems.NAME]` of a Sage 200": Sage200Config,
    "`generate` of a Sage 200": GenerateConfig,
    "`[systems.NAME]` of a file of Zynk's customer XML": ZynkConfig,
    "`[systems.NAME]` of a SunSystems": SunsystemsConfig,
    "`[[operation]]`": settings.OperationConfig,
    "`schedule` of an operation": settings.Schedule,
    "`notify` of an operation": settings.NotifyConfig,
    "`limits` of an operation": Limits,
    "`[mail]`": settings.MailConfig,
    "`[logs]`": settings.LogsConfig,
    "`[components]`": settings.ComponentsConfig,
    "`[web]`": settings.WebConfig,
}
"""Where settings stand in customary.toml, and the struct that says what they are."""

NOT_SHOWN: dict[type[Struct], Collection[str]] = {
    settings.SystemConfig: {"settings"},
    Sage200Config: {"connector", "business_unit", "currencies"},
    ZynkConfig: {"connector", "business_unit", "currencies"},
    SunsystemsConfig: {"connector", "business_unit", "currencies"},
    SysproConfig: {"connector", "business_unit", "currencies"},
}
"""What is not a setting of its own there, or stands in the table above."""

SAID_BY_TYPE: dict[Any, str] = {Limit: "the most changes of this kind in one run"}
SAID_HERE: dict[tuple[type[Struct], str], str] = {
    (Row, "field"): "The customer field that is filled.",
    (Row, "native"): "The field that it is filled from, in the vendor's own spelling.",
}
"""What is too plain to be said in the program."""

EVIDENCE = re.compile(r" \(\d[\d.]*(?:, [^)]*)?\)")
"""Marks such as ``(4, observed)``: which section of the facts a vendor's rule comes from."""

TYPES: dict[Any, str] = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "true or false",
    Path: "path",
    Secret: "reference to a secret",
    Parameters: "text",
    Limit: "limit",
}

CONFIGURATION = """\
# Configuration

Everything that Customary is told stands in one TOML file, `customary.toml`; `customary init` writes one
with comments. All its mistakes are reported at once, each with its line and its path in the file.

A secret is never written there. It is a reference: `env:NAME` for an environment variable, `file:PATH`
for a file, `keyring:NAME` for the system's keyring. A limit is a share (`"10%"`), a number (`500`) or
both (`["10%", 500]`), and then the stricter wins.

"""


MAPPING = """\
# Mapping

A mapping is the table of native fields and customer fields. Each connector brings its own; a system's setting
`mapping` names a file with rows that take the place of those for the same customer field.
`customary mapping SYSTEM` shows the table in force and tries its examples.

"""

FIELDS = """\
# Customer fields

What the hub can hold of a customer. A longer value rejects the customer; nothing is cut off.

| field | kind | length | meaning |
|---|---|---|---|
"""


def references() -> dict[Path, str]:
    """Every file that is made from the program, with what it must hold."""
    return {
        REFERENCE / "cli.md": commands(),
        REFERENCE / "configuration.md": configuration(),
        REFERENCE / "fields.md": fields(),
        REFERENCE / "mapping.md": MADE + MAPPING + _section("`[[field]]`", Row),
    }


def commands() -> str:
    """The reference of the commands, from the same words that ``--help`` shows."""
    command = typer.main.get_command(app)
    context = typer.Context(command, info_name="customary")
    text = get_docs_for_click(obj=command, ctx=context, name="customary", title="Commands")
    return MADE + text.strip() + "\n"


def configuration() -> str:
    """The reference of the settings: a table for each table of customary.toml."""
    sections = (_section(title, struct) for title, struct in TABLES.items())
    return MADE + CONFIGURATION + "\n".join(sections)


def fields() -> str:
    """The reference of the customer's fields."""
    rows = [
        f"| `{field.name}` | {field.kind.value} | {_length(field)} | {_cell(field.meaning)} |\n"
        for field in CUSTOMER.values()
    ]
    return MADE + FIELDS + "".join(rows)


def _length(field: Field) -> str:
    if field.kind is Kind.DECIMAL:
        return f"{field.length} digits, and {field.decimals} behind the point"
    return str(field.length) if field.length else ""


def _section(title: str, struct: type[Struct]) -> str:
    known = _meanings(struct)
    rows = [
        f"| `{field.encode_name}` | {_kind(field.type)} | {_default(field)} | {_cell(known[field.name])} |\n"
        for field in msgspec.structs.fields(struct)
        if field.name in known
    ]
    return f"## {title}\n\n| setting | value | default | meaning |\n|---|---|---|---|\n{''.join(rows)}"


def _meanings(struct: type[Struct]) -> dict[str, str]:
    """What each setting means: its description, or else the text that stands below it in the source."""
    below = dict(_texts_below(struct))
    meanings = {}
    for field in msgspec.structs.fields(struct):
        described = next((meta.description for meta in _metas(field.type) if meta.description), None)
        if described or field.name in below:
            meanings[field.name] = described or below[field.name]
        elif field.type in SAID_BY_TYPE or (struct, field.name) in SAID_HERE:
            meanings[field.name] = SAID_BY_TYPE.get(field.type) or SAID_HERE[struct, field.name]
        elif isinstance(field.type, type) and issubclass(field.type, Enum):
            meanings[field.name] = inspect.cleandoc(field.type.__doc__ or "")
    return {name: text for name, text in meanings.items() if name not in NOT_SHOWN.get(struct, ())}


def _texts_below(struct: type[Struct]) -> Iterator[tuple[str, str]]:
    definition = ast.parse(textwrap.dedent(inspect.getsource(struct))).body[0]
    statements = list(ast.iter_child_nodes(definition))
    for pair in pairwise(statements):
        match pair:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                yield name, inspect.cleandoc(text)


def _metas(kind: Any) -> Iterator[Meta]:
    if get_origin(kind) is Annotated:
        yield from (part for part in get_args(kind)[1:] if isinstance(part, Meta))


def _kind(kind: Any) -> str:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _kind(arguments[0])
    if origin in (Union, types.UnionType):
        return " or ".join(_kind(part) for part in arguments if part is not types.NoneType)
    if origin is Literal:
        return ", ".join(f"`{value}`" for value in arguments)
    if origin is tuple:
        return f"list of {_kind(arguments[0])}s" if arguments[1] is Ellipsis else "pair"
    if origin is dict or (isinstance(kind, type) and issubclass(kind, Struct) and kind not in TYPES):
        return "table"
    if isinstance(kind, type) and issubclass(kind, Enum):
        return ", ".join(f"`{member.value}`" for member in kind)
    return TYPES[kind]


def _default(field: FieldInfo) -> str:
    if field.required:
        return "**required**"
    value = field.default if field.default is not NODEFAULT else field.default_factory()
    match value:
        case Enum():
            return f"`{value.value}`"
        case bool():
            return str(value).lower()
        case None | "" | () | {} | Secret() | Struct() if not isinstance(value, Limit):
            return ""
        case tuple():
            return ", ".join(f"`{part}`" for part in value)
        case _:
            return f"`{value}`"


def _cell(text: str) -> str:
    return " ".join(EVIDENCE.sub("", text).replace("``", "`").replace("|", "\\|").split())


if __name__ == "__main__":
    for file, content in references().items():
        file.write_text(content, encoding="utf-8", newline="\n")
