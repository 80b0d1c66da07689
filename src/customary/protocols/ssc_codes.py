"""Lists of coded values: a payload has the code, never the name (section 3, documented).

Codes and names are client code's, evidently generated from the vendor's schema, where no other source is
named. Section numbers name the fact sheet on SunSystems Connect (``facts/sunsystems.md``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

Codes = Mapping[str, str]
"""Code -> name."""

YES_NO: Final[Codes] = {"0": "No", "1": "Yes"}
YES_NO_OPTIONAL: Final[Codes] = {"0": "No", "1": "Yes", "2": "Optional"}
YES_NO_NONE: Final[Codes] = {"0": "No", "1": "Yes", "99": "Not Applicable"}

STATUS: Final[Codes] = {
    "0": "Open",
    "1": "Hidden",
    "2": "Suspended/Held",
    "3": "Closed/Completed",
    "4": "Draft",
}
"""Section 3: 0 to 3 documented, 4 client code."""

CREDIT_LIMIT_BLOCK: Final[Codes] = {
    "0": "Warn Only",
    "1": "Warn And Block",
    "2": "No Credit Checking",
    "3": "Block Only",
    "99": "Not Set",
}
PAYMENT_METHOD: Final[Codes] = {
    "0": "Cheque Payment",
    "1": "Bank Payment",
    "2": "Single Payment",
    "99": "Not Specified",
}
SALESPERSON_ROLE: Final[Codes] = {
    "0": "Buyer",
    "1": "Salesperson",
    "2": "Inspector",
    "3": "Operator",
    "4": "Planner",
    "5": "Other",
}
LEAD_TIME_UNIT: Final[Codes] = {
    "2": "Days",
    "3": "Weeks",
    "4": "Months",
    "5": "Years",
    "99": "Not Applicable",
}
SALES_RESTRICTIONS: Final[Codes] = {"0": "No", "1": "Warn", "2": "Prevent", "3": "Lift Restriction"}

ACCOUNT_TYPE: Final[Codes] = {
    "0": "Debtor",
    "1": "Creditor",
    "2": "Client",
    "3": "P&L",
    "4": "Balance Sheet",
    "5": "Memo",
}
BALANCE_TYPE: Final[Codes] = {"0": "Balance Forward", "1": "Open Item"}
CREDIT_OR_DEBIT: Final[Codes] = {"0": "Credit", "1": "Debit"}
CONVERSION: Final[Codes] = {"0": "Prohibited", "1": "Mandatory", "2": "Ledger Default"}
ENTER_ANALYSIS: Final[Codes] = {"1": "Mandatory", "2": "Optional", "3": "Prohibited"}
PAY_AS_PAID: Final[Codes] = {"0": "Other", "1": "Client", "2": "Carrier", "3": "Nominal"}
WITHHOLDING_TAX_CLASS: Final[Codes] = {"0": "Gross", "1": "Net", "2": "Tax"}
