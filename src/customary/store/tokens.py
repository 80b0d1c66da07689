"""Tokens: what an operator was let in with, kept as hashes, each until a moment."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection, select

from customary.store.clock import present
from customary.store.tables import token


def issue(connection: Connection, hashed: str, operator: str, lifetime: timedelta) -> None:
    """Keep the hash of a new token of an operator; those that have expired are forgotten."""
    at = present(connection)
    connection.execute(token.delete().where(token.c.expires <= at))
    connection.execute(token.insert().values(hash=hashed, operator=operator, expires=at + lifetime))


def holder(connection: Connection, hashed: str) -> str | None:
    """Tell whose token has this hash; ``None`` when it is not known, or has expired."""
    query = select(token.c.operator).where(token.c.hash == hashed, token.c.expires > present(connection))
    return connection.execute(query).scalar_one_or_none()


def revoke(connection: Connection, operator: str) -> None:
    """Forget every token of an operator."""
    connection.execute(token.delete().where(token.c.operator == operator))
