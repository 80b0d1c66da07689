"""The elements of the components' records, with what the hub knows beyond their wire format, as tables.

Which elements there are stands in ``protocols.ssc_elements``. Here stands which of them mean the same as a
customer field, which are codes and of which reference list, and where the hub keeps each kind of child.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

from customary.model.customer import AddressUse, Status
from customary.protocols import ssc_elements as wire
from customary.protocols import ssc_related
from customary.protocols.ssc_node import Element as WireElement
from customary.protocols.ssc_node import Node, Type


class Kind(StrEnum):
    """What sort of value an element holds."""

    TEXT = "text"
    CODE = "code"
    """A text that names something: compared without case, blanks at its ends dropped."""
    DECIMAL = "decimal"
    INTEGER = "integer"
    DATE = "date"
    CODED = "coded"
    """One of a closed list of numbers, which have names."""


class Element(Struct, frozen=True, kw_only=True):
    """One element of a record."""

    name: str
    kind: Kind = Kind.TEXT
    length: int = 0
    """Most characters; digits before the point of a decimal."""
    decimals: int = 0
    """Digits behind the point; a number is rounded to them."""
    codes: Mapping[str, str] = {}
    """Code -> name, where the value is one of a closed list."""
    field: str = ""
    """The customer field that means the same, where there is one."""
    reference: str = ""
    """The reference list that the code must be in, where the business unit closes that list."""


Elements = Mapping[str, Element]

FIELDS = {
    "CustomerCode": "code",
    "Name": "name",
    "ActualAccount": "account_code",
    "Comment": "comment",
    "DefaultCarrier": "carrier",
    "DefaultCurrencyCode": "currency",
    "DefaultDispatchWarehouse": "warehouse",
    "DefaultSalesperson": "salesperson",
    "Description": "description",
    "EMailAddress": "email",
    "InvoicingCustomerCode": "invoicing_customer",
    "LookupCode": "lookup_code",
    "PaymentTermsGroupCode": "payment_terms",
    "ShortHeading": "short_name",
    "WebPageAddress": "website",
}
"""Elements of a customer that mean the same as one of its fields in the hub."""

CHILD_FIELDS = {name: FIELDS[name] for name in ("Description", "ShortHeading", "LookupCode")}
"""Elements of a child that have a common name."""

REFERENCES = {
    "ExpectedRevenueAccount": "account",
    "LinkAccountCode": "account",
    "AddressCode": "address",
    "CompanyAddressCode": "address",
    "DeliveryAddressCode": "address",
    "InvoiceAddressCode": "address",
    "LinkAddressCode": "address",
    "PrimaryDeliveryAddress": "address",
    "DefaultBankSubcode": "bank_subcode",
    "CustomerOverrideCarrier": "carrier",
    "DefaultCarrier": "carrier",
    "CharacteristicsCode": "characteristic",
    "CurrencyCode": "currency",
    "DefaultCurrencyCode": "currency",
    "Value4DefaultCurrencyCode": "currency",
    "Value5DefaultCurrencyCode": "currency",
    "DataAccessGroupCode": "data_access_group",
    "DocumentFormatCode": "document_format",
    "ItemCode": "item",
    "LanguageCode": "language",
    "PaymentTermsGroupCode": "payment_terms",
    "DefaultSalesDefinitionCode": "sales_definition",
    "SalesDefinitionCode": "sales_definition",
    "DefaultSalesperson": "salesperson",
    "StandardTextClassCode": "standard_text_class",
    "DefaultDispatchWarehouse": "warehouse",
    "DefaultReturnLocation": "warehouse",
}
"""Elements that hold a code, and the reference list of such codes."""

CODES = frozenset(
    {"CustomerCode", "InvoicingCustomerCode", "ActualAccount", "AccountCode", "ContactIdentifier"}
    | {"SalesStage", "StandardTextCode"}
)
"""Further elements that hold a code: they compare without case. What they name has rules of its own."""

ANALYSIS_CODE = "VCustCatAnalysis_AnlCode"
ACCOUNT_ANALYSIS_CODE = "VAcntCatAnalysis_AnlCode"
_ANALYSIS_LISTS = {ANALYSIS_CODE: "analysis", ACCOUNT_ANALYSIS_CODE: "account_analysis"}

IGNORED = frozenset(
    {"UpdateCount", "DateTimeLastUpdated", "UserIdLastUpdated", "CreditBlockDate", "CreditBlockUserId"}
    | {"ItemCustomerId", "Messages"}
)
"""What only SunSystems writes; a Query's output, and an answer, may be sent back with it (6, guess)."""

STATUSES = {
    "0": Status.OPEN,
    "1": Status.HIDDEN,
    "2": Status.SUSPENDED,
    "3": Status.CLOSED,
    "4": Status.DRAFT,
}
STATUS_CODES = {status: code for code, status in STATUSES.items()}


class Section(Struct, frozen=True, kw_only=True):
    """A kind of child record: its elements, those that must have a value, and where the hub keeps it."""

    node: str
    elements: Elements
    mandatory: tuple[str, ...]
    keys: tuple[str, ...]
    """What identifies it within its parent; ``()``: there is at most one."""
    kept: str = ""
    """The customer's children that it is kept among; ``""``: on the record itself."""
    use: AddressUse | None = None
    deletable: bool = False
    """Whether DeleteChildData may name it."""
    extensible: bool = False
    """Whether elements that are not in the table are kept too, because their names are unknown."""


def _elements(node: Node, fields: Mapping[str, str]) -> dict[str, Element]:
    number = node.name.removeprefix("Analysis")
    return {
        name: _element(element, fields.get(name, ""), number)
        for name, element in node.elements.items()
        if not element.read_only
    }


def _element(element: WireElement, field: str, number: str) -> Element:
    reference = REFERENCES.get(element.name, "")
    if element.name in _ANALYSIS_LISTS:
        reference = f"{_ANALYSIS_LISTS[element.name]}_{number}"
    kind = Kind.CODED if element.codes else Kind(_KINDS[element.type])
    if kind is Kind.TEXT and (reference or element.name in CODES):
        kind = Kind.CODE
    return Element(
        name=element.name,
        kind=kind,
        length=element.whole or element.length,
        decimals=element.scale,
        codes=element.codes,
        field=field,
        reference=reference,
    )


_KINDS = {
    Type.STRING: Kind.TEXT,
    Type.DECIMAL: Kind.DECIMAL,
    Type.INTEGER: Kind.INTEGER,
    Type.DATE: Kind.DATE,
}


def _section(node: Node, kept: str = "", use: AddressUse | None = None) -> Section:
    return Section(
        node=node.name,
        elements=_elements(node, CHILD_FIELDS if kept else {}),
        mandatory=node.mandatory,
        keys=node.keys,
        kept=kept,
        use=use,
        deletable=node.deletable,
        extensible=node.name == "Characteristics",
    )


SPELLINGS = {
    alias: element.name
    for node in (wire.CUSTOMER, *wire.CUSTOMER.nodes.values(), *wire.ITEM_CUSTOMER.nodes.values())
    for element in node.elements.values()
    for alias in element.aliases
}
"""Other spellings that real clients send (9 and 11)."""

CUSTOMER = _elements(wire.CUSTOMER, FIELDS)
FINANCIALS_ONLY = tuple(sorted(wire.NOT_FINANCIAL))

_KEPT: Mapping[str, tuple[str, AddressUse | None]] = {
    "DeliveryToAddress": ("addresses", AddressUse.DELIVERY),
    "InvoiceAddress": ("addresses", AddressUse.INVOICE),
    "ContactAddress": ("addresses", AddressUse.CONTACT),
    "AcknowledgedAddress": ("addresses", AddressUse.ACKNOWLEDGEMENT),
    "DocumentFormat": ("document_formats", None),
    "Tax": ("tax_registrations", None),
}
"""Where the hub keeps the child records of a customer that it keeps on their own."""


def _analyses(nodes: Mapping[str, Node]) -> tuple[Section, ...]:
    return tuple([_section(nodes[f"Analysis{number}"]) for number in range(1, 11)])


SECTIONS = (
    *(_section(wire.CUSTOMER.nodes[node], *place) for node, place in _KEPT.items()),
    *_analyses(wire.CUSTOMER.nodes),
)
"""The child records of a customer."""

BY_NODE = {section.node: section for section in SECTIONS}

ACCOUNT = _elements(ssc_related.ACCOUNTS, {})
ACCOUNT_ANALYSES = _analyses(ssc_related.ACCOUNTS.nodes)
ACCOUNT_TYPE = ACCOUNT["AccountType"].codes

STANDARD_TEXT = _elements(ssc_related.STANDARD_TEXT_LANG, {})
TEXT_KEYS = ssc_related.STANDARD_TEXT_LANG.keys

ITEM_CUSTOMER = _elements(wire.ITEM_CUSTOMER, {})
ITEM_KEYS = wire.ITEM_CUSTOMER.keys
CHARACTERISTICS = _section(wire.ITEM_CUSTOMER.nodes["Characteristics"])
"""An item customer's characteristic; names of its other elements are unknown, so any is kept (11, open)."""
