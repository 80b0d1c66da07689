"""The native fields of a customer in Zynk's XML, which are Sage 200's."""

from __future__ import annotations

from customary.connectors.sage200.fields import HOLDS
from customary.connectors.zynk.codec import NATIVES

CARRIED = {name: HOLDS[name] for name in NATIVES}
"""What is carried to a Sage 200 as it stands where no row of the mapping maps it, with Sage's lengths."""
