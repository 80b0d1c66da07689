"""The closed list of ways in which a native text becomes a customer value."""

from __future__ import annotations

from decimal import Decimal

from customary.mapping.spec import FLAGS, Row, Transform
from customary.model.fields import Value, read_decimal


class Unfit(Exception):
    """A native text that cannot become a value of the row; its text says why."""


def transform(row: Row, native: str) -> Value:
    """Make the value of a native text. Raises ``Unfit``."""
    if row.transform is Transform.DECIMAL:
        return _decimal(row, native)
    if row.domain and native and native not in row.domain:
        raise Unfit(f"'{native}' is not one of {', '.join(row.domain)}")
    if row.transform is Transform.FLAG:
        flag = FLAGS.get(native)
        if flag is None:
            raise Unfit(f"'{native}' is neither Y nor N, neither true nor false")
        return flag
    return native


def _decimal(row: Row, native: str) -> str:
    if not native:
        return ""
    try:
        number = read_decimal(native)
    except ValueError as error:
        raise Unfit(str(error)) from None
    if row.least is not None and Decimal(number) < row.least:
        raise Unfit(f"{number} is less than {row.least}")
    return number
