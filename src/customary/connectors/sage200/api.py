"""The API's resources as questions: one method each, its faults raised as our errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from customary.connectors.sage200.client import Sage200Client
from customary.connectors.sage200.codec import WrongShape, decode, decode_list, identified, said
from customary.connectors.sage200.faults import error_of_status
from customary.connectors.sage200.identity import Identity
from customary.errors import Unreadable
from customary.protocols.sage200 import MOST_TOP, quoted

Row = dict[str, Any]
_UNAUTHORIZED: Final = 401


class Sage200Api:
    """The resources of one company.

    Every method raises ``Unreachable``, ``NotPermitted``, ``Rejected`` and ``Unreadable`` (``faults``).
    """

    def __init__(self, client: Sage200Client, identity: Identity) -> None:
        self.system = client.system
        self._client = client
        self._identity = identity

    def sites(self) -> list[Row]:
        """Give the companies that the user may use: ``site_id``, ``company_id`` and their names."""
        return self._list("sites", {}, company=False)

    def user(self) -> Row:
        """Give who is logged in."""
        found = self._decoded("current_user", decode, self._get("current_user", {}))
        return found if isinstance(found, dict) else {}

    def customers_behind(self, id_: int, top: int, expand: str, narrowed: str = "") -> list[Row]:
        """Give at most ``top`` customers with a larger id, by id; ``expand`` may be blank.

        ``narrowed``: a filter that they must pass too.
        """
        test = f"id gt {id_}" + (f" and {narrowed}" if narrowed else "")
        options = {"$filter": test, "$orderby": "id", "$top": str(top)}
        return self._list("customers", options | _expanding(expand))

    def customers_called(self, references: Sequence[str], expand: str) -> list[Row]:
        """Give the customers of these references; those that there are not are left out."""
        test = " or ".join(f"reference eq {quoted(reference)}" for reference in references)
        return self._list("customers", {"$filter": test, "$top": str(MOST_TOP)} | _expanding(expand))

    def codes(self, table: str) -> list[Row]:
        """Give a whole table of codes, each row once.

        Some tables ignore paging (1, documented), so that it ends with the page that brings nothing new.
        """
        rows: dict[int, Row] = {}
        while True:
            options = {"$orderby": "id", "$top": str(MOST_TOP), "$skip": str(len(rows))}
            found = self._list(table, options)
            fresh = [(identified(row), row) for row in found if identified(row) not in rows]
            rows.update(fresh)
            if not fresh or len(found) < MOST_TOP:
                return list(rows.values())

    def _list(self, path: str, options: Mapping[str, str], *, company: bool = True) -> list[Row]:
        rows: list[Row] = self._decoded(path, decode_list, self._get(path, options, company=company))
        return rows

    def _decoded(self, path: str, read: Any, body: bytes) -> Any:
        try:
            return read(body)
        except WrongShape as error:
            raise Unreadable(self.system, f"the answer to {path} cannot be read: {error}") from None

    def _get(self, path: str, options: Mapping[str, str], *, company: bool = True) -> bytes:
        access = self._identity.access()
        answer = self._client.get(path, options, access, company=company)
        if answer.status == _UNAUTHORIZED:
            # Refused before acting: the token may have ended early, so once more with another one.
            access = self._identity.access(refused=access)
            answer = self._client.get(path, options, access, company=company)
        words = "" if answer.status == 200 else said(answer.body, (access,))
        if error := error_of_status(self.system, answer.status, f"reading {path}", words):
            raise error
        return answer.body


def moved_since(moment: datetime) -> str:
    """Write the filter of what was created or changed after an aware time."""
    # Z is required where a filter has a time, though the values that come back have none (11, documented).
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return f"date_time_updated gt {text}"


def _expanding(expand: str) -> dict[str, str]:
    return {"$expand": expand} if expand else {}
