"""The voucher of one operator: asked for when needed, kept in memory only, renewed once when refused."""

from __future__ import annotations

import logging
import threading

from customary.connectors.sunsystems.client import Answer, Request, SunsystemsClient
from customary.connectors.sunsystems.config import SunsystemsConfig
from customary.connectors.sunsystems.faults import one_line, refused_logon
from customary.errors import NotPermitted, Unreachable, Unreadable
from customary.protocols.ssc_soap import COMPONENT_EXECUTOR, SECURITY_PROVIDER

_log = logging.getLogger(__name__)


class SunsystemsSession:
    """The right to call something; threads may share it. Other logons of the operator do not end it."""

    def __init__(self, client: SunsystemsClient, config: SunsystemsConfig) -> None:
        self.system = client.system
        self._client = client
        self._config = config
        self._guard = threading.Lock()
        self._voucher = ""
        self._known: set[str] = set()

    def log_on(self) -> None:
        """Get a voucher, unless there is one. Raises ``Unreachable`` and ``NotPermitted``."""
        self._good("")

    def execute(self, request: Request) -> Answer:
        """Call an operation of ComponentExecutor with the voucher, and again once if it is refused.

        A fault is a value: ``Answer.responses.fault``. Raises ``NotPermitted`` when the logon or the new
        voucher is refused too, and what ``SunsystemsClient.call`` raises.
        """
        voucher = self._good("")
        answer = self._called(request, voucher)
        if not self._refused(answer):
            return answer
        answer.body.close()
        _log.warning("%s: the voucher is no longer good; logging on again", self.system)
        voucher = self._good(voucher)
        answer = self._called(request, voucher)
        if not self._refused(answer):
            return answer
        answer.body.close()
        fault = answer.responses.fault
        said = self.quotable(fault.text if fault else "")
        raise NotPermitted(
            self.system,
            f"operator {self._config.operator} may not do this, or SunSystems takes no voucher: {said}",
        )

    def quotable(self, text: str) -> str:
        """Give what SunSystems said, fit for a message: one line, without voucher and passwords."""
        config = self._config
        secrets = (*self._known, config.password.reveal(), config.basic_password.reveal())
        return one_line(text, secrets)

    def close(self) -> None:
        """Forget the voucher. SunSystems has no call that would end it."""
        with self._guard:
            self._voucher = ""
            self._known.clear()

    def _good(self, refused: str) -> str:
        """Give a voucher that is not the refused one."""
        with self._guard:
            if not self._voucher or self._voucher == refused:
                self._voucher = ""
                self._voucher = self._authenticated()
                self._known.add(self._voucher)
            return self._voucher

    def _authenticated(self) -> str:
        config = self._config
        request = Request(
            service=SECURITY_PROVIDER,
            operation="Authenticate",
            parameters={"name": config.operator, "password": config.password.reveal()},
        )
        try:
            answer = self._client.call(request)
        except Unreadable:
            raise Unreachable(
                self.system, "it answers, but not as SunSystems Connect does; is `url` right?"
            ) from None
        with answer.body as body:
            if fault := answer.responses.fault:
                said = one_line(fault.text, (config.password.reveal(), config.basic_password.reveal()))
                raise NotPermitted(self.system, f"the logon of operator {config.operator} is refused: {said}")
            voucher = body.read().decode().strip()
        if not voucher:
            raise refused_logon(self.system, config.operator)
        _log.info("%s: logged on as operator %s", self.system, config.operator)
        return voucher

    def _called(self, request: Request, voucher: str) -> Answer:
        parameters = {"authentication": voucher, **request.parameters}
        return self._client.call(
            Request(
                service=COMPONENT_EXECUTOR,
                operation=request.operation,
                parameters=parameters,
                payload=request.payload,
                acts=request.acts,
            )
        )

    def _refused(self, answer: Answer) -> bool:
        fault = answer.responses.fault
        if fault is None:
            return False
        said = fault.text.casefold()
        return any(text.casefold() in said for text in self._config.voucher_texts)
