"""Recorded answers of SYSPRO, read back: one file for each page that COMFND was asked for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from bench.task import Scenario

INDEX = "index.json"


class Answer(Struct, frozen=True):
    """One recorded answer."""

    after: str | None
    """The key that it was asked for behind; ``None`` at the beginning."""
    file: str


class Listed(Struct, frozen=True, kw_only=True):
    """All customers at one moment."""

    customers: int
    answers: tuple[Answer, ...]
    """In the order of their keys; the last one has no customers."""


class Recording(Struct, frozen=True, kw_only=True):
    """The same customers before and after some of them changed at the source."""

    columns: tuple[str, ...]
    """What COMFND was asked for, as ``[systems.X]`` with the connector's own mapping does."""
    before: Listed
    after: Listed
    created: int
    """Customers that are new in ``after``."""
    updated: int
    """Customers that have other values in ``after`` in a column that is always read."""

    def listed(self, scenario: Scenario) -> Listed:
        """Give what the source lists in a scenario."""
        return self.after if scenario is Scenario.CHANGED else self.before

    def expected(self, scenario: Scenario) -> dict[str, int]:
        """Give how many customers must end how, without zeros."""
        match scenario:
            case Scenario.FIRST:
                return {"created": self.before.customers}
            case Scenario.SAME:
                return {"unchanged": self.before.customers}
            case Scenario.CHANGED:
                unchanged = self.before.customers - self.updated
                found = {"created": self.created, "updated": self.updated, "unchanged": unchanged}
                return {outcome: count for outcome, count in found.items() if count}


def read_recording(folder: Path) -> Recording:
    """Read the index of a recording."""
    return msgspec.json.decode((folder / INDEX).read_bytes(), type=Recording)


def bodies(folder: Path, listed: Listed) -> Iterator[bytes]:
    """Give the bytes of the answers that have customers, in order."""
    for answer in listed.answers[:-1]:
        yield (folder / answer.file).read_bytes()
