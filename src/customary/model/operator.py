"""Operators: who may ask the hub something over the network, and what."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class Rights(StrEnum):
    """What an operator may do in a business unit."""

    READ = "read"
    """Ask for customers, and change nothing."""
    WRITE = "write"
    """Ask, and change."""


class Operator(Struct, frozen=True, kw_only=True):
    """An account by which a program, or a person, uses the hub's services."""

    name: str
    """As it was given; names compare without case."""
    rights: Rights
    business_units: tuple[str, ...]
    """The codes of the business units that it may use, in their order."""
