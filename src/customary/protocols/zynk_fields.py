"""The fields of a Sage 200 customer: Zynk's XML in its document order, then what only Sage's API has.

Sources: Zynk's page on Sage 200 Online customers, and section 14 of the fact sheet (``facts/sage200.md``,
documented). Fields came to Sage over the years, so that an older site may lack some.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from customary.protocols.zynk_objects import (
    ALERT,
    CARD,
    CONTACT,
    CURRENCY,
    DEFAULT_TAX_CODE,
    MAIN_ADDRESS,
    MEMO,
    country_code,
)
from customary.protocols.zynk_types import (
    Field,
    Type,
    decimal,
    downloaded,
    flag,
    moment,
    number,
    on_page,
    professional,
    read_only,
    text,
    thing,
    things,
)

ON_HOLD: Final = ("true", "false")
ACCOUNT_STATUS_TYPES: Final = ("AccountStatusActive", "AccountStatusHidden")
EXCHANGE_RATE_TYPES: Final = ("ExchangeRateSingle", "ExchangeRatePeriod", "ExchangeRateBoth")
"""The values that the page lost below "Available Values" (section 1, documented)."""

_ZYNK: Final = (
    *on_page(
        text("external_id", 255),
        replace(number("id"), read_only=True),
    ),
    *downloaded(moment("date_time_updated")),
    *on_page(
        replace(text("reference", 8), required=True),
        replace(text("name", 60), required=True),
        text("short_name", 8),
    ),
    *downloaded(decimal("balance")),
    *on_page(
        replace(flag("on_hold", "false"), domain=ON_HOLD),
        replace(text("account_status_type", 20), domain=ACCOUNT_STATUS_TYPES, default="AccountStatusActive"),
        replace(number("currency_id"), default="the base currency"),
        replace(text("exchange_rate_type", 20), domain=EXCHANGE_RATE_TYPES, default="ExchangeRateSingle"),
        *(
            replace(field, extra_only=True)
            for field in (
                text("telephone_country_code", 5),
                text("telephone_area_code", 20),
                text("telephone_subscriber_number", 200),
            )
        ),
        text("fax_country_code", 5),
        text("fax_area_code", 20),
        text("fax_subscriber_number", 200),
        text("website", 200),
        decimal("credit_limit"),
        number("country_code_id"),
        number("default_tax_code_id"),
        text("vat_number", 30),
        *(text(f"analysis_code_{slot}", 60) for slot in range(1, 6)),
        *read_only(country_code("country_code"), CURRENCY, DEFAULT_TAX_CODE),
        MAIN_ADDRESS,
        things("contacts", *CONTACT.fields),
        text("duns_code", 9),
    ),
)
"""The external id is Zynk's own, never sent to Sage. The full example has it first, and ``duns_code`` last.

The reference is required by the API, except for Professional where Sage generates it. The id names a
customer; it is never set.
"""

_API: Final = (
    text("status_reason", 256),
    *professional(*(text(f"analysis_code_{slot}", 60) for slot in range(6, 21))),
    replace(text("account_type", 20), default="TradingAccountTypeOpenItem"),
    decimal("early_settlement_discount_percent"),
    number("early_settlement_discount_days", Type.INT16),
    number("payment_terms_days", Type.INT16),
    text("payment_terms_basis", 20),
    *read_only(number("average_time_to_pay", Type.INT32), decimal("value_of_current_orders_in_sop")),
    flag("terms_agreed"),
    text("trading_terms", 30),
    text("credit_reference", 60),
    number("credit_bureau_id"),
    number("credit_position_id"),
    *professional(number("finance_charge_id")),
    moment("account_opened"),
    moment("last_credit_review"),
    moment("next_credit_review"),
    moment("application_date"),
    moment("date_received"),
    *read_only(moment("date_finance_charge_last_run")),
    *professional(
        text("office_type", 20),
        number("associated_head_office_id"),
        flag("produce_statements_for_customer"),
        flag("is_head_office_with_branches"),
        flag("use_consolidated_billing"),
    ),
    replace(text("order_priority", 1), domain=tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ")),
    flag("use_tax_code_as_default"),
    number("months_to_keep_transactions", Type.INT16),
    *read_only(number("default_nominal_code_id")),
    text("default_nominal_code_reference", 8),
    text("default_nominal_code_cost_centre", 3),
    text("default_nominal_code_department", 3),
    decimal("invoice_discount_percent"),
    decimal("invoice_line_discount_percent"),
    number("customer_discount_group_id"),
    number("order_value_discount_id"),
    number("price_band_id"),
    *(text(f"spare_text_{slot}", 100) for slot in range(1, 11)),
    *(decimal(f"spare_number_{slot}", 5) for slot in range(1, 11)),
    *(moment(f"spare_date_{slot}") for slot in range(1, 6)),
    *(flag(f"spare_bool_{slot}", "false") for slot in range(1, 6)),
    things("alerts", *ALERT.fields),
    things("cards", *CARD.fields),
    things("memos", *MEMO.fields),
    thing("credit_memo_note", text("note", 1000)),
    *read_only(
        thing("status", flag("is_live")),
        things("limited_price_bands"),
        *(
            thing(name)
            for name in (
                "credit_bureau",
                "credit_position",
                "customer_discount_group",
                "default_nominal_code",
                "order_value_discount",
                "price_band",
                "sales_credit_note_layout",
                "sales_invoice_layout",
                "statement_layout",
            )
        ),
        *professional(thing("associated_head_office"), thing("finance_charge")),
        moment("date_time_created"),
    ),
)
"""An object without fields here is one that Sage only gives, and that nothing here reads."""

CUSTOMER: Final[tuple[Field, ...]] = _ZYNK + _API
"""A customer's fields in document order."""

FIELDS: Final[dict[str, Field]] = {path: found for field in CUSTOMER for path, found in field.walk()}
"""Every field by its path, such as ``name``, ``main_address.city``, ``contacts.salutation.code``."""
