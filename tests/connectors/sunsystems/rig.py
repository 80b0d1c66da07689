"""A source in front of a SunSystems, as the tests of this folder use it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.resources import files
from typing import Any
from xml.sax.saxutils import escape

from customary.connectors.contract import Sending, Written
from customary.connectors.memory_lease import MemoryLease
from customary.connectors.sunsystems.config import SunsystemsConfig
from customary.connectors.sunsystems.connector import SunsystemsSource
from customary.connectors.sunsystems.fields import HOLDS
from customary.model.change import Action
from customary.model.secret import Secret
from customary.model.source import Everything, Keys, Native, Page, Record
from tests.support.components import UNIT, fields
from tests.support.sun import OPERATOR, PASSWORD, Sun

MAPPING = files("customary.connectors.sunsystems").joinpath("mapping.toml").read_text("utf-8")
FIELDS = tuple(dict.fromkeys(row["native"] for row in tomllib.loads(MAPPING)["field"]))
"""The native fields of the connector's own mapping."""


def config(url: str, **changes: Any) -> SunsystemsConfig:
    """Settings that fit the server, with short time-outs."""
    usual: dict[str, Any] = {
        "url": url,
        "operator": OPERATOR,
        "password": Secret(lambda: PASSWORD),
        "business_unit": UNIT,
        "require_account": False,
        "connect_timeout": 5,
        "read_timeout": 20,
    }
    return SunsystemsConfig(**usual | changes)


@contextmanager
def source(sun: Sun, natives: Sequence[str] = tuple(HOLDS), **changes: Any) -> Iterator[SunsystemsSource]:
    """A source in front of the server, which reads these native fields; closed at the end."""
    made = SunsystemsSource("sun", config(**{"url": sun.url} | changes), natives, MemoryLease("sun", 5))
    try:
        yield made
    finally:
        made.close()


def fill(sun: Sun, *codes: str, **values: str) -> None:
    """Let the server have customers with these codes."""
    made = [fields(CustomerCode=escape(code), Name=f"Customer {escape(code)}", **values) for code in codes]
    told = sun.office.ask("Create", *made)
    assert set(told.statuses) == {"success"}, told.messages


def everything(made: SunsystemsSource, after: str | None = None) -> list[Page]:
    """All pages of an enumeration."""
    return list(made.read(Everything(), after))


def listed(made: SunsystemsSource, *keys: str) -> list[Page]:
    """All pages of listed customers."""
    return list(made.read(Keys(keys)))


def records(pages: Sequence[Page]) -> list[Record]:
    """The records of pages."""
    return [record for page in pages for record in page.records]


def keys(pages: Sequence[Page]) -> list[str]:
    """The keys of the records of pages."""
    return [record.key for record in records(pages)]


def native(made: SunsystemsSource, key: str) -> Native:
    """What the system holds of a customer, without what is blank."""
    (record,) = records(listed(made, key))
    return {name: text for name, text in record.native.items() if text}


def create(key: str, **values: str) -> Sending:
    """A create."""
    named = {"CustomerCode": key, "Name": f"Customer {key}"}
    return Sending(action=Action.CREATE, key=key, native=named | values)


def update(key: str, changes: Mapping[str, str], held: Native) -> Sending:
    """An update of a customer that is held."""
    return Sending(action=Action.UPDATE, key=key, native=changes, held=held)


def outcomes(written: Sequence[Written]) -> list[str]:
    """The outcomes as words."""
    return [str(one.outcome) for one in written]


def texts(written: Written) -> str:
    """All that was said of one change."""
    return "\n".join(message.text for message in written.messages)
