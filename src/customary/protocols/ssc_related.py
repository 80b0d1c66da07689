"""The elements of what a customer is linked with: standard texts, the account, tax entries and addresses.

Where nothing else is said, names, types and lengths are client code's, evidently generated from the vendor's
schema, and keys and mandatory elements are documented. Section numbers name the fact sheet on SunSystems
Connect (``facts/sunsystems.md``).
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from customary.protocols.ssc_codes import (
    ACCOUNT_TYPE,
    BALANCE_TYPE,
    CONVERSION,
    CREDIT_OR_DEBIT,
    ENTER_ANALYSIS,
    PAY_AS_PAID,
    STATUS,
    WITHHOLDING_TAX_CLASS,
    YES_NO_NONE,
)
from customary.protocols.ssc_node import (
    GUESS,
    LAST_CHANGE,
    Element,
    Evidence,
    Node,
    Type,
    coded,
    day,
    integer,
    string,
    table,
)

NUMBERED: Final = range(1, 11)
"""Analysis codes go from 1 to 10 (section 10, documented)."""


def analyses(code: Element, *further: Element) -> dict[str, Node]:
    """Make the children Analysis1 to Analysis10 with their mandatory analysis code and further elements."""
    elements = table(code, *further)
    nodes = [Node(name=f"Analysis{n}", elements=elements, mandatory=(code.name,)) for n in NUMBERED]
    return {node.name: node for node in nodes}


STANDARD_TEXT_LANG: Final = Node(
    name="StandardTextLang",
    elements=table(
        string("LanguageCode", 4, GUESS),
        string("StandardTextClassCode", 15),
        string("StandardTextCode", 15),
        string("Description", 50),
        string("ShortHeading", 15),
        *(string(f"Paragraph{n}", 999) for n in range(1, 6)),
    ),
    keys=("StandardTextClassCode", "StandardTextCode", "LanguageCode"),
    mandatory=("StandardTextClassCode", "StandardTextCode", "LanguageCode"),
    many=True,
)
"""One language of a standard text. It is attached by its keys only (section 9, documented)."""

STANDARD_TEXT: Final = Node(
    name="StandardText", elements={}, nodes={"StandardTextLang": STANDARD_TEXT_LANG}, many=True
)
"""Texts to attach; a text that is not inside StandardTextLang is not detected (documented)."""

STANDARD_TEXT_LANGUAGE_VARIANTS: Final = replace(
    STANDARD_TEXT_LANG, name="StandardTextLanguageVariants", evidence=GUESS
)
"""The component that alone can change an existing text: keys documented, the other elements a guess."""

ACCOUNTS: Final = Node(
    name="Accounts",
    elements=table(
        string("AccountCode", 15),
        string("Description", 50),
        string("LongDescription", 255),
        string("LookupCode", 15),
        string("ShortHeading", 15),
        string("LinkAccountCode", 15),
        string("DataAccessGroupCode", 5),
        string("DefaultCurrencyCode", 5),
        string("Value4DefaultCurrencyCode", 5),
        string("Value5DefaultCurrencyCode", 5),
        string("UserArea", 30),
        coded("Status", STATUS),
        coded("AccountType", ACCOUNT_TYPE),
        integer("AccountSubTypeId", 5),
        coded("BalanceType", BALANCE_TYPE),
        coded("DebitOrCredit", CREDIT_OR_DEBIT),
        Element(name="CreditLimit", type=Type.DECIMAL, length=19, whole=19),
        Element(name="OverdueInvoiceLimit", type=Type.DECIMAL, length=19, whole=19),
        coded("AccountingLinksAllowed"),
        coded("AllocationInProgress", YES_NO_NONE),
        coded("BankCurrencyRequired"),
        coded("ReportConversionControl"),
        coded("SuppressRevaluation"),
        coded("WithholdingTaxCalculation"),
        coded("WithholdingTaxNormalSign", CREDIT_OR_DEBIT),
        coded("WithholdingTaxAccountTaxClass", WITHHOLDING_TAX_CLASS),
        coded("ConversionCodeControl", CONVERSION),
        coded("Value4ConversionControl", CONVERSION),
        coded("Value5ConversionControl", CONVERSION),
        *(coded(f"EnterAnalysis{n}", ENTER_ANALYSIS) for n in NUMBERED),
        coded("PayAsPaidAccountType", PAY_AS_PAID),
        *LAST_CHANGE,
    ),
    nodes=analyses(string("VAcntCatAnalysis_AnlCode", 15, Evidence.DOCUMENTED)),
    keys=("AccountCode",),
)
"""The linked account, as far as it can be written inside a Customer (section 12); there its code is the
customer's ActualAccount, and need not be sent. That analysis codes are nodes here is a guess."""

TAX: Final = Node(
    name="Tax",
    elements=table(
        integer("SequenceNumber", 5, Evidence.DOCUMENTED),
        string("TaxIdentificationCode", 25),
        day("LimitDate"),
    ),
    keys=("SequenceNumber",),
    mandatory=("SequenceNumber",),
    many=True,
)

ADDRESS: Final = Node(
    name="Address",
    elements=table(
        string("AddressCode", 15),
        *(string(f"AddressLine{n}", 50) for n in range(1, 6)),
        string("Area", 40),
        string("TownCity", 50),
        string("State", 50),
        string("StateCode", 2),
        string("PostalCode", 20),
        string("Country", 50),
        string("CountryCode", 3),
        string("TelephoneNumber", 50),
        string("FaxNumber", 50),
        string("EMailAddress", 124),
        string("WebPageAddress", 124),
        string("LookupCode", 15),
        string("ShortHeading", 15),
        string("LinkAddressCode", 15),
        string("DataAccessGroupCode", 5),
        string("Comment", 255),
        string("AddressMiscDescription1", 255),
        string("AddressMiscDescription2", 255),
        integer("LanguageCode", 4),
        integer("TimeZone", 5),
        coded("TemporaryAddress"),
        coded("Status", STATUS),
        string("UserArea", 3),
        *LAST_CHANGE,
    ),
    nodes={
        "Tax": replace(TAX, elements={**table(string("AddressCode", 15)), **TAX.elements}),
        **analyses(
            replace(string("VAddrCatAnalysis_AnlCode", 15, GUESS), aliases=("VAddrCatAnalysis_AddrCode",))
        ),
    },
    keys=("AddressCode",),
    mandatory=("AddressCode",),
    evidence=Evidence.CLIENT_CODE,
)
"""Addresses are a component of their own; a Customer only names them (section 12). The name of the analysis
code is a guess."""
