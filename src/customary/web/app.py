"""The application that answers over HTTP, wired once."""

from __future__ import annotations

from anyio import CapacityLimiter
from litestar import Litestar, Response, get

from customary.config.settings import Config, WebConfig
from customary.errors import StoreError
from customary.store import business_units
from customary.store.database import Store
from customary.web.services import Services
from customary.web.soap import ASKING, EXECUTING, Limits, soap_routes


def application(store: Store, config: Config, web: WebConfig) -> Litestar:
    """Make the application for a hub."""
    limits = Limits(executing=CapacityLimiter(EXECUTING), asking=CapacityLimiter(ASKING))

    @get("/health", sync_to_thread=True)
    def health() -> Response[dict[str, str]]:
        """Tell whether the hub answers; needs no login."""
        try:
            with store.read() as connection:
                business_units.find(connection, "")
        except StoreError:
            return Response({"status": "the hub's database does not answer"}, status_code=503)
        return Response({"status": "ok"})

    return Litestar(
        [health, *soap_routes(Services(store, config, web), web, limits)],
        request_max_body_size=None,  # each route has a limit of its own
        logging_config=None,
        openapi_config=None,
    )
