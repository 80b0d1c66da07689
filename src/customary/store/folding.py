"""Codes that compare without case, in Python and in SQL alike.

Only the letters A to Z are folded: what else the databases would fold differs between them.
"""

from __future__ import annotations

import string
from typing import Any

from sqlalchemy import ColumnElement, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def fold(code: str) -> str:
    """Give the form of a code that equals that of any other spelling of it; as long as the code."""
    return code.translate(_LOWER)


class _Folded(FunctionElement[str]):
    """``fold`` of a column, as its index writes it."""

    inherit_cache = True
    name = "folded"
    type = Text()


@compiles(_Folded, "sqlite")
def _on_sqlite(element: _Folded, compiler: SQLCompiler, **options: Any) -> str:
    (column,) = (compiler.process(part, **options) for part in element.clauses)
    return f"lower({column})"


@compiles(_Folded, "postgresql")
def _on_postgresql(element: _Folded, compiler: SQLCompiler, **options: Any) -> str:
    (column,) = (compiler.process(part, **options) for part in element.clauses)
    return f'lower({column} COLLATE "C")'


def folded(column: ColumnElement[Any]) -> ColumnElement[str]:
    """Give ``fold`` of a column."""
    return _Folded(column)
