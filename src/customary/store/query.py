"""Conditions that read well and stay fast on both databases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import ARRAY, ColumnElement, Dialect, Text, TypeDecorator, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine


class _Texts(TypeDecorator[Sequence[str]]):
    """A list of texts as one parameter: an array on PostgreSQL, JSON on SQLite."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return ARRAY(Text()) if dialect.name == "postgresql" else Text()

    def process_bind_param(self, value: Sequence[str] | None, dialect: Dialect) -> Any:
        texts = list(value or ())
        return texts if dialect.name == "postgresql" else msgspec.json.encode(texts).decode()


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
