"""Text in XML: what must be escaped, and what XML 1.0 cannot hold at all."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

REPLACEMENT: Final = "\ufffd"
"""What stands for a character that XML cannot hold, where the writer chose to go on without it."""

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPECIAL = re.compile("[&<>\r]")
_SPECIAL_IN_ATTRIBUTE = re.compile('[&<>"\t\n\r]')
_REFERENCES = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "\t": "&#9;",
    "\n": "&#10;",
    "\r": "&#13;",
}
_NAME_START = (
    "A-Z_a-z\xc0-\xd6\xd8-\xf6\xf8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef"
    "\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_NAME = re.compile(f"[{_NAME_START}][{_NAME_START}0-9.\xb7\u0300-\u036f\u203f\u2040-]*")


def forbidden(text: str) -> str:
    """Name the first character that XML 1.0 cannot hold, such as ``U+0001``; ``""`` when there is none.

    These are controls, lone surrogates, U+FFFE and U+FFFF; not even a character reference may stand for one.
    """
    found = _FORBIDDEN.search(text)
    return f"U+{ord(found[0]):04X}" if found else ""


def without_forbidden(text: str) -> str:
    """Put ``REPLACEMENT`` for every character that XML 1.0 cannot hold."""
    return _FORBIDDEN.sub(REPLACEMENT, text)


def escape_text(text: str) -> str:
    """Write character data; a carriage return becomes a reference, so that it survives reading.

    The text must be free of forbidden characters.
    """
    return _SPECIAL.sub(_reference, text) if _SPECIAL.search(text) else text


def escape_attribute(text: str) -> str:
    """Write an attribute's value, to stand between double quotes; line feeds and tabs survive reading.

    The text must be free of forbidden characters.
    """
    return _SPECIAL_IN_ATTRIBUTE.sub(_reference, text) if _SPECIAL_IN_ATTRIBUTE.search(text) else text


@lru_cache(maxsize=4096)
def is_name(text: str) -> bool:
    """Tell whether an element or attribute may have this name, which has no prefix."""
    return _NAME.fullmatch(text) is not None


def local_name(name: str) -> str:
    """Give a name without its prefix: ``Customer`` for ``web:Customer``."""
    return name.rpartition(":")[2]


def _reference(found: re.Match[str]) -> str:
    return _REFERENCES[found[0]]
