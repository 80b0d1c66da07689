"""Conditions that read well and stay fast on both databases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Dialect, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import UserDefinedType


class _Texts(UserDefinedType[Sequence[str]]):
    """A list of texts as one parameter: an array on PostgreSQL, JSON on SQLite."""

    cache_ok = True
    render_bind_cast = True

    def get_col_spec(self, **_options: Any) -> str:
        return "TEXT[]"

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], str]:
        return array if dialect.name == "postgresql" else _json


class _AnyOf(FunctionElement[Any]):
    """``column`` is one of the texts of a parameter.

    Not of the type Boolean: behind one of those SQLAlchemy writes ``= 1`` on SQLite, which has no such type,
    and then no index is used.
    """

    inherit_cache = True
    name = "any_of"


@compiles(_AnyOf, "sqlite")
def _on_sqlite(element: _AnyOf, compiler: SQLCompiler, **options: Any) -> str:
    column, texts = (compiler.process(part, **options) for part in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({texts}))"  # noqa: S608  # both are compiled


@compiles(_AnyOf, "postgresql")
def _on_postgresql(element: _AnyOf, compiler: SQLCompiler, **options: Any) -> str:
    column, texts = (compiler.process(part, **options) for part in element.clauses)
    return f"{column} = ANY({texts})"


def any_of(column: ColumnElement[str], texts: Sequence[str]) -> ColumnElement[bool]:
    """Whether the column is one of these texts: one parameter however many, so one statement."""
    return _AnyOf(column, bindparam(None, texts, _Texts()))


def array(texts: Sequence[str]) -> str:
    """Write texts as PostgreSQL writes an array of them: many times faster than its driver does."""
    joined = "".join(texts)
    if '"' in joined or "\\" in joined:
        texts = [text.replace("\\", "\\\\").replace('"', '\\"') for text in texts]
    return '{"' + '","'.join(texts) + '"}' if texts else "{}"


def _json(texts: Sequence[str]) -> str:
    return msgspec.json.encode(texts).decode()
