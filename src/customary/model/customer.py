"""The customer and its children: the nouns that every system is translated into."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from msgspec import Struct

from customary.model.fields import Fields


class Status(StrEnum):
    """Where a customer is in its life. Changed only by a status change, never as a side effect."""

    DRAFT = "draft"
    OPEN = "open"
    HIDDEN = "hidden"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class AddressUse(StrEnum):
    """What an address of a customer is for."""

    MAIN = "main"
    DELIVERY = "delivery"
    INVOICE = "invoice"
    CONTACT = "contact"
    ACKNOWLEDGEMENT = "acknowledgement"


class Child(Struct, frozen=True, kw_only=True):
    """A record that belongs to a customer: its key within the customer, its fields, and vendor-only ones."""

    key: str
    fields: Fields = {}
    vendor: dict[str, dict[str, Any]] = {}


class Address(Child, frozen=True, kw_only=True):
    """An address; the same address may be used for several purposes, each a record of its own."""

    use: AddressUse = AddressUse.MAIN


class Customer(Struct, frozen=True, kw_only=True):
    """One customer as the hub holds it.

    ``fields`` holds the canonical fields of ``model.fields.CUSTOMER`` in their three states: a name that is
    missing is absent, ``""`` is blank. ``vendor`` holds what only one product has, under that product's kind.
    """

    identity: str
    business_unit: str
    status: Status = Status.OPEN
    version: int = 1
    """Raised by every write; a plan made against another version is stale."""
    fields: Fields
    vendor: dict[str, dict[str, Any]] = {}
    addresses: tuple[Address, ...] = ()
    contacts: tuple[Child, ...] = ()
    tax_registrations: tuple[Child, ...] = ()
    document_formats: tuple[Child, ...] = ()
    standard_texts: tuple[Child, ...] = ()
    item_customers: tuple[Child, ...] = ()
    classes: tuple[str, ...] = ()
    keys: dict[str, str] = {}
    """System name -> the key by which that system knows the customer."""

    @property
    def code(self) -> str:
        """The customer's number in its business unit."""
        return str(self.fields["code"])


Teller = Callable[[Customer, Mapping[str, Any], Sequence[Mapping[str, str]]], Mapping[str, str]]
"""Tells what the hub knows of a customer beyond its fields in one product's words: native field -> text.

It is given the customer, its account's elements (with ``Status``; empty where it has none) and its standard
texts."""
