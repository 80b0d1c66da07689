"""Agents: which process carries the hub's runs out."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct
from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError

from customary.store.clock import aware, present
from customary.store.tables import agent

WORKING = "working"
STOPPED = "stopped"


class AgentRow(Struct, frozen=True, kw_only=True):
    """An agent as the hub has it."""

    name: str
    holder: str
    """What the process that is, or was, the agent wrote about itself."""
    seen: datetime
    """When it was last heard of, in UTC."""
    state: str
    """``working`` or ``stopped``."""


def read(connection: Connection, name: str) -> AgentRow | None:
    """Read an agent, or ``None`` when there never was one of this name."""
    row = connection.execute(select(agent).where(agent.c.name == name)).mappings().one_or_none()
    if row is None:
        return None
    return AgentRow(name=name, holder=row["holder"], seen=aware(row["seen"]), state=row["state"])


def claim(connection: Connection, name: str, was: AgentRow | None, holder: str) -> bool:
    """Become the agent in place of whoever ``was`` it; tells whether nobody else was faster."""
    values = {"holder": holder, "seen": present(connection), "state": WORKING}
    if was is not None:
        query = agent.update().where(agent.c.name == name, agent.c.holder == was.holder).values(values)
        return connection.execute(query).rowcount == 1
    try:
        with connection.begin_nested():
            connection.execute(agent.insert().values(name=name, **values))
    except IntegrityError:
        return False
    return True


def see(connection: Connection, name: str, holder: str) -> bool:
    """Note that the agent is alive; tells whether ``holder`` is still the agent."""
    query = agent.update().where(agent.c.name == name, agent.c.holder == holder)
    return connection.execute(query.values(seen=present(connection))).rowcount == 1


def leave(connection: Connection, name: str, holder: str) -> None:
    """Note that the agent has stopped, unless another process is the agent by now."""
    query = agent.update().where(agent.c.name == name, agent.c.holder == holder)
    connection.execute(query.values(seen=present(connection), state=STOPPED))
