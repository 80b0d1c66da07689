"""The methods of the components, and what each of them does, as tables."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from customary.model.customer import Status


class Method(Struct, frozen=True, kw_only=True):
    """What one method does to a record (the three pages on the components, documented)."""

    name: str
    creates: bool = False
    """Whether it makes what does not exist; without it that is an error."""
    amends: bool = False
    """Whether it changes what exists; without it that is an error."""
    replaces: bool = False
    """Whether it synchronises: what is missing goes back to its default, what is not sent is deleted."""
    deletes: bool = False
    deletes_children: bool = False
    queries: bool = False
    status: Status | None = None
    """The status that it gives an existing customer."""
    first_status: Status = Status.OPEN
    """The status of what it creates."""
    lenient: bool = True
    """Whether its driver is SASI; DJI takes no slashes in dates, and codes only."""
    setting: str = ""
    """The switch that must be on for it to be there at all; ``""``: it always is."""
    attaches_texts: bool = False
    leaves_financials: bool = False
    """Whether it leaves the six fields alone in a business unit that is financials only."""


def _table(*methods: Method) -> dict[str, Method]:
    return {method.name: method for method in methods}


QUERY = Method(name="Query", queries=True)

CUSTOMER = _table(
    Method(name="Amend", amends=True, attaches_texts=True, leaves_financials=True),
    Method(name="BulkCreateOrAmend", creates=True, amends=True, lenient=False, leaves_financials=True),
    Method(name="Closed", status=Status.CLOSED),
    Method(name="Create", creates=True, attaches_texts=True, leaves_financials=True),
    Method(name="CreateAsDraft", creates=True, first_status=Status.DRAFT),
    Method(name="CreateOrAmend", creates=True, amends=True, attaches_texts=True, leaves_financials=True),
    Method(name="CreateReplaceOrDelete", creates=True, amends=True, replaces=True),
    Method(name="Delete", deletes=True),
    Method(name="DeleteChildData", deletes_children=True),
    Method(name="Hidden", status=Status.HIDDEN),
    Method(name="Open", status=Status.OPEN),
    QUERY,
    Method(name="SuspendedHeld", status=Status.SUSPENDED),
)

ITEM_CUSTOMER = _table(
    Method(name="CreateAsDraft", creates=True, attaches_texts=True, setting="item_customer_drafts"),
    Method(name="CreateOrAmend", creates=True, amends=True, attaches_texts=True),
    Method(name="CreateReplaceOrDelete", creates=True, amends=True, replaces=True, attaches_texts=True),
    Method(name="Delete", deletes=True),
    QUERY,
)

STANDARD_TEXT = _table(
    Method(name="Amend", amends=True),
    Method(name="Create", creates=True),
    Method(name="CreateOrAmend", creates=True, amends=True),
    Method(name="Delete", deletes=True),
    QUERY,
)

ALIASES = {"Close": "Closed"}
"""The page once writes the name like this."""

COMPONENTS: Mapping[str, Mapping[str, Method]] = {
    "Customer": CUSTOMER,
    "ItemCustomer": ITEM_CUSTOMER,
    "StandardTextLanguageVariants": STANDARD_TEXT,
}
