"""The API's resources as questions: one method each, its faults raised as our errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from customary.connectors.sage200.client import Answer, Sage200Client
from customary.connectors.sage200.codec import WrongShape, decode, decode_list, identified, said
from customary.connectors.sage200.faults import error_of_status, error_of_writing
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

    def customers_numbered(self, ids: Sequence[str], expand: str = "") -> list[Row]:
        """Give id, reference and what is expanded of the customers with these ids; others are left out."""
        test = " or ".join(f"id eq {id_}" for id_ in ids)
        options = {"$filter": test, "$select": "id,reference", "$top": str(MOST_TOP)}
        return self._list("customers", options | _expanding(expand))

    def references_behind(self, id_: int, top: int) -> list[Row]:
        """Give id and reference of at most ``top`` customers with a larger id, by id."""
        options = {"$filter": f"id gt {id_}", "$orderby": "id", "$top": str(top)}
        return self._list("customers", options | {"$select": "id,reference"})

    def create(self, body: bytes) -> Row:
        """Create a customer, and give it as Sage has it. May raise ``InDoubt`` too."""
        return self._sent("POST", "customers", body, "creating a customer")

    def amend(self, id_: str, body: bytes) -> Row:
        """Change those fields of a customer that the body has, and give it as it is now.

        May raise ``InDoubt``.
        """
        return self._sent("PUT", f"customers/{id_}", body, f"changing the customer with the id {id_}")

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
        answer, access = self._admitted(lambda token: self._client.get(path, options, token, company=company))
        words = "" if answer.status == 200 else said(answer.body, (access,))
        if error := error_of_status(self.system, answer.status, f"reading {path}", words):
            raise error
        return answer.body

    def _sent(self, method: str, path: str, body: bytes, what: str) -> Row:
        answer, access = self._admitted(lambda token: self._client.send(method, path, body, token))
        words = "" if answer.status in (200, 201) else said(answer.body, (access,))
        if error := error_of_writing(self.system, answer.status, what, words):
            raise error
        found = self._decoded(path, decode, answer.body)
        return found if isinstance(found, dict) else {}

    def _admitted(self, ask: Callable[[str], Answer]) -> tuple[Answer, str]:
        """Ask with an access token, and give the answer and that token."""
        access = self._identity.access()
        answer = ask(access)
        if answer.status == _UNAUTHORIZED:
            # Refused before acting: the token may have ended early, so once more with another one.
            access = self._identity.access(refused=access)
            answer = ask(access)
        return answer, access


def moved_since(moment: datetime) -> str:
    """Write the filter of what was created or changed after an aware time."""
    # Z is required where a filter has a time, though the values that come back have none (11, documented).
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return f"date_time_updated gt {text}"


def _expanding(expand: str) -> dict[str, str]:
    return {"$expand": expand} if expand else {}
