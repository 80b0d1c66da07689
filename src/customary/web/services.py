"""What the operations of SecurityProvider and ComponentExecutor do.

Everything here blocks, and is called in threads. Section numbers name ``facts/sunsystems.md``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import BinaryIO

from customary import __version__
from customary.actions.operators import Logins
from customary.components import Request, Wiring, execute, rules_of
from customary.components.executor import ANSWERING
from customary.components.methods import COMPONENTS, Method
from customary.config.settings import Config, WebConfig
from customary.errors import RequestRefused
from customary.model.operator import Operator, Rights
from customary.protocols.ssc_schema import input_schema, output_schema
from customary.store.database import Store
from customary.store.folding import fold

NO_ACCESS = (
    "You do not have access rights: the voucher is not valid, or has expired. Authenticate again, and send"
    " the request with the new voucher."
)
"""What a wrong voucher is answered with: clients look for "access rights" (section 1, client code)."""

Values = list[str | None]
"""What an operation answers; ``None`` is the protocol's null."""


class Services:
    """Carries out the operations for the operators of one hub. Safe for threads."""

    def __init__(self, store: Store, config: Config, web: WebConfig) -> None:
        self._store = store
        self._rules = rules_of(config)
        self._logins = Logins(store, timedelta(minutes=web.voucher_minutes))
        self._asked: Mapping[str, Callable[[Operator, Mapping[str, str]], Values]] = {
            "UserPropertyValue": _user_property,
            "GlobalPropertyValue": _global_property,
            "Components": lambda _operator, _parameters: list(ANSWERING),
            "Methods": self._methods,
            "BusinessUnitGroups": lambda operator, _parameters: list(operator.business_units),
            "InputSchema": lambda _operator, parameters: [input_schema(*self._named(parameters))],
            "OutputSchema": lambda _operator, parameters: [output_schema(*self._named(parameters))],
        }

    def admit(self, voucher: str, credentials: tuple[str, str] | None) -> Operator:
        """Give the operator who asks: by the voucher or, where there is none, by name and password.

        Raises ``RequestRefused`` with ``NO_ACCESS``.
        """
        operator = None
        if voucher:
            operator = self._logins.by_voucher(voucher)
        elif credentials:
            operator = self._logins.by_password(*credentials)
        if operator is None:
            raise RequestRefused(NO_ACCESS)
        return operator

    def authenticate(self, name: str, password: str) -> str:
        """Give a voucher; ``""`` where name or password are wrong (section 1, client code)."""
        operator = self._logins.by_password(name, password)
        return self._logins.voucher(operator) if operator else ""

    def valid(self, voucher: str) -> bool:
        """Tell whether a voucher is good."""
        return self._logins.by_voucher(voucher) is not None

    def ask(self, operation: str, operator: Operator, parameters: Mapping[str, str]) -> Values:
        """Carry out an operation with a short answer. Raises ``RequestRefused``, ``KeyError`` for no such."""
        return self._asked[operation](operator, parameters)

    def execute(
        self,
        operator: Operator,
        parameters: Mapping[str, str],
        payload: BinaryIO,
        out: Callable[[str], object],
    ) -> None:
        """Carry a payload out and write the answer. Raises what ``components.execute`` does."""
        units = operator.business_units
        request = Request(
            component=parameters.get("component", "").strip(),
            method=parameters.get("method", "").strip(),
            payload=payload,
            business_unit=units[0] if len(units) == 1 else "",
            encoding="utf-8",
            operator=operator.name,
        )

        def permit(unit: str, method: Method) -> None:
            _permit(operator, unit, method)

        execute(request, Wiring(store=self._store, rules=self._rules, permit=permit), out)

    def _methods(self, _operator: Operator, parameters: Mapping[str, str]) -> Values:
        settings = self._rules("").settings
        methods = COMPONENTS[self._component(parameters)].values()
        return [one.name for one in methods if not one.setting or getattr(settings, one.setting)]

    def _named(self, parameters: Mapping[str, str]) -> tuple[str, str]:
        component = self._component(parameters)
        method = parameters.get("method", "").strip()
        if method and method not in COMPONENTS[component]:
            raise RequestRefused(f"{component} has no method '{method[:60]}'")
        return component, method

    @staticmethod
    def _component(parameters: Mapping[str, str]) -> str:
        component = parameters.get("component", "").strip()
        if component not in ANSWERING:
            text = f"there is no component '{component[:60]}'; there are: {', '.join(ANSWERING)}"
            raise RequestRefused(text)
        return component


def _permit(operator: Operator, unit: str, method: Method) -> None:
    if fold(unit) not in map(fold, operator.business_units):
        raise RequestRefused(f"operator {operator.name} may not use the business unit {unit}")
    if operator.rights is Rights.READ and not method.queries:
        raise RequestRefused(f"operator {operator.name} may use Query only, not {method.name}")


def _user_property(operator: Operator, parameters: Mapping[str, str]) -> Values:
    """Which properties there are is not published; the operator's name is one (guess)."""
    return [operator.name if _asks_for(parameters, "name") else None]


def _global_property(_operator: Operator, parameters: Mapping[str, str]) -> Values:
    return [__version__ if _asks_for(parameters, "version") else None]


def _asks_for(parameters: Mapping[str, str], name: str) -> bool:
    return parameters.get("property", "").strip().lower() == name
