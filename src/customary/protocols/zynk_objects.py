"""The objects in a Sage 200 customer and around it: address, contact, look-ups, and what hangs on a contact.

Each object's fields stand in the order of the page's full example, then those that only Sage's API has.
Sources: Zynk's page on Sage 200 Online customers, and section 15 of the fact sheet (``facts/sage200.md``,
documented).
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from customary.protocols.zynk_types import (
    Field,
    Type,
    decimal,
    downloaded,
    flag,
    moment,
    number,
    on_page,
    read_only,
    text,
    thing,
    things,
)


class Lookup(Struct, frozen=True):
    """An id that an upload may give by code (section 8, documented)."""

    id_field: str
    """Path of the id, such as ``main_address.address_country_code_id``."""
    code_field: str
    """Path of the code."""
    resource: str
    """The API's resource that has both (section 9, documented)."""

    @property
    def thing(self) -> str:
        """Path of the object that holds the code, such as ``currency``."""
        return self.id_field.removesuffix("_id")


LOOKUPS: Final = (
    Lookup("currency_id", "currency.currency_iso_code.code", "currencies"),
    Lookup("country_code_id", "country_code.code", "country_codes"),
    Lookup("default_tax_code_id", "default_tax_code.code", "tax_codes"),
    Lookup(
        "main_address.address_country_code_id",
        "main_address.address_country_code.code",
        "country_codes",
    ),
    Lookup("contacts.salutation_id", "contacts.salutation.code", "salutations"),
)
"""The ids that may be given by code."""

_STAMPED = downloaded(number("id"), moment("date_time_updated"))
_CREATED = read_only(moment("date_time_created"))


def country_code(name: str) -> Field:
    """A country as a customer's VAT country or as an address's; only its code is read on an upload."""
    return thing(
        name,
        *_STAMPED,
        *downloaded(text("name", 60)),
        *on_page(text("code", 2)),
        *downloaded(flag("eu_member")),
        *read_only(thing("tax_mask", number("id"), text("name", 60))),
        *_CREATED,
    )


CURRENCY_ISO_CODE: Final = thing(
    "currency_iso_code", *_STAMPED, *on_page(text("code", 3)), *downloaded(text("name", 100)), *_CREATED
)

CURRENCY: Final = thing(
    "currency",
    *_STAMPED,
    *downloaded(
        text("symbol", 4),
        text("name", 30),
        decimal("core_currency_rate", 6),
        decimal("euro_currency_rate", 6),
        number("currency_iso_code_id"),
        flag("is_base_currency"),
        flag("is_euro_currency"),
    ),
    *on_page(CURRENCY_ISO_CODE),
    *read_only(
        flag("use_for_new_accounts"),
        text("exchange_rate_type", 20),
        text("exchange_rate_amendability_type", 50),
    ),
    *_CREATED,
)

DEFAULT_TAX_CODE: Final = thing(
    "default_tax_code",
    *_STAMPED,
    *on_page(number("code", Type.INT16)),
    *downloaded(text("name", 60), decimal("tax_rate")),
    *read_only(
        text("terms", 54),
        text("terms_description", 60),
        flag("is_notional_acquisition_tax"),
    ),
    *_CREATED,
)

SALUTATION: Final = thing(
    "salutation",
    *_STAMPED,
    *on_page(replace(text("code", 50), required=True)),
    *downloaded(text("description", 50), flag("is_default")),
    *_CREATED,
)

MAIN_ADDRESS: Final = thing(
    "main_address",
    *_STAMPED,
    *on_page(
        *(text(f"address_{line}", 60) for line in range(1, 5)),
        text("city", 60),
        text("county", 60),
        text("postcode", 10),
        number("address_country_code_id"),
        replace(country_code("address_country_code"), read_only=True),
    ),
    *downloaded(number("customer_id")),
    *read_only(text("country", 60), text("contact_name", 235)),
    *_CREATED,
)
"""City and county apply with segmented addresses, which Standard always has (section 15, documented)."""

_NUMBER = (
    number("id"),
    text("country_code", 5),
    text("area_code", 20),
    text("subscriber_number", 200),
    *read_only(text("full_number", 227)),
    flag("is_default"),
    flag("is_to_delete"),
)

CONTACT: Final = thing(
    "contact",
    *downloaded(number("id")),
    *on_page(number("salutation_id")),
    *downloaded(text("name", 180)),
    *on_page(text("first_name", 60), text("middle_name", 60), text("last_name", 60)),
    *downloaded(flag("is_default"), text("default_telephone", 227), text("default_email", 227)),
    *on_page(replace(SALUTATION, read_only=True)),
    *downloaded(moment("date_time_updated"), number("customer_id")),
    flag("is_to_delete"),
    things("emails", number("id"), text("email", 227), flag("is_default"), flag("is_to_delete")),
    things("telephones", *_NUMBER),
    things("mobiles", *_NUMBER),
    things("faxes", *_NUMBER),
    things("websites", number("id"), text("website", 227), flag("is_default"), flag("is_to_delete")),
    things(
        "roles",
        number("id"),
        number("trader_contact_role_id"),
        *read_only(flag("is_preferred_contact_for_role")),
    ),
    *_CREATED,
)
"""A contact. ``is_default`` is read-only in the API, though Zynk lists it for uploads (section 1,
documented): an upload reads it only to find the default contact. ``name`` may have the salutation in it."""

MEMO: Final = thing(
    "memo", number("id"), number("customer_id"), replace(text("note", 1000), required=True), flag("is_active")
)

ALERT: Final = thing(
    "alert",
    number("id"),
    replace(number("customer_id"), required=True),
    text("alert_text", 255),
    flag("is_active", "true"),
)
"""An alert, without its flags ``show_alert_for_…``, whose names are not in the fact sheet."""

CARD: Final = thing("card", number("id"), replace(text("description", 50), required=True))

DELIVERY_ADDRESS: Final = thing(
    "customer_delivery_address",
    number("id"),
    *(
        replace(field, required=True)
        for field in (number("customer_id"), text("description", 255), number("tax_code_id"))
    ),
    flag("is_default"),
    text("postal_name", 60),
    *(text(f"address_{line}", 60) for line in range(1, 5)),
    text("city", 60),
    text("county", 60),
    text("postcode", 10),
    number("address_country_code_id"),
    text("contact", 235),
    text("telephone", 60),
    text("fax", 30),
    text("email", 255),
    text("tax_number", 30),
    number("country_code_id"),
)
"""A resource of its own; not in Zynk's customer XML."""
