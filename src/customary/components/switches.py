"""The switches of the configuration, unit by unit: under which rules a request is answered."""

from __future__ import annotations

from collections.abc import Callable

from customary.components.work import Rules
from customary.config.settings import Config


def rules_of(config: Config) -> Callable[[str], Rules]:
    """Give what tells the rules in force in a business unit."""

    def rules(unit: str) -> Rules:
        fed = any(system.business_unit == unit for system in config.systems.values())
        needed = config.components.account == "always" or (config.components.account == "auto" and not fed)
        closed = [item.closed_lists for item in config.business_units if item.code == unit]
        return Rules(
            settings=config.components,
            needs_account=needed,
            closed=frozenset(closed[0] if closed else ()),
        )

    return rules
