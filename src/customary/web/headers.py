"""What the headers of a SOAP request say."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from email.message import Message

from msgspec import Struct

from customary.protocols.ssc_soap import SOAP_11, SOAP_12, Version


class Said(Struct, frozen=True, kw_only=True):
    """What was said; a part is ``""`` where nothing was. It does not show the credentials."""

    encoding: str
    version: Version
    """SOAP 1.1 unless the type of the content is that of SOAP 1.2."""
    action: str
    """The last word of the SOAPAction, such as ``Execute``."""
    credentials: tuple[str, str] | None
    """Name and password by HTTP Basic."""
    length: int
    """Bytes of the body; 0 also where that is not said."""

    def __repr__(self) -> str:
        return f"Said({self.action!r})"


def read_headers(headers: Mapping[str, str]) -> Said:
    """Read the headers, whose names are in lower case."""
    content = Message()
    content["content-type"] = headers.get("content-type", "")
    action = headers.get("soapaction", "") or _text(content.get_param("action"))
    length = headers.get("content-length", "")
    return Said(
        encoding=_text(content.get_param("charset")),
        version=SOAP_12 if content.get_content_type() == "application/soap+xml" else SOAP_11,
        action=re.split(r"[/#:]", action.strip().strip("\"'"))[-1],
        credentials=_basic(headers.get("authorization", "")),
        length=int(length) if length.isascii() and length.isdigit() else 0,
    )


def _text(parameter: object) -> str:
    """A parameter may also be a triple, with a charset of its own, which none of these needs."""
    return parameter.strip().strip("'") if isinstance(parameter, str) else ""


def _basic(authorization: str) -> tuple[str, str] | None:
    scheme, _, encoded = authorization.strip().partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        raw = base64.b64decode(encoded.strip(), validate=True)
    except (binascii.Error, ValueError):
        return None
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    name, colon, password = text.partition(":")
    return (name, password) if colon else None
