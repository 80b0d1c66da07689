"""One session of one operator: logged on late, shared by every call, logged off always.

A second logon of an operator ends the first one's session (facts/syspro.md 6, observed), so the lease is held
as long as the session lives, and its token is remembered before anything else can fail.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import ExitStack

from customary.connectors.contract import HeldLease, Lease
from customary.connectors.syspro.client import Answer, SysproClient
from customary.connectors.syspro.faults import Fault
from customary.errors import CustomaryError, NotPermitted

_log = logging.getLogger(__name__)


class SysproSession:
    """The right to ask SYSPRO something; threads may share it, and are answered one at a time."""

    def __init__(self, client: SysproClient, operator: str, lease: Lease) -> None:
        self._client = client
        self._operator = operator
        self._lease = lease
        self._lock = threading.RLock()
        self._released = ExitStack()
        self._held: HeldLease | None = None
        self._token = ""

    def hold(self) -> HeldLease:
        """Hold the lease until ``close``, and log off what a stopped process left behind.

        Raises ``NotPermitted`` naming the holder when the lease does not come free.
        """
        with self._lock:
            if self._held is None:
                with ExitStack() as stack:
                    held = stack.enter_context(self._lease.hold())
                    if held.abandoned and self._client.log_off(held.abandoned):
                        held.remember("")
                    self._released = stack.pop_all()
                    self._held = held
            return self._held

    def log_on(self) -> None:
        """Log on, unless it is done. Raises ``Unreachable`` and ``NotPermitted``, as ``hold`` does too."""
        with self._lock:
            self._logged_on()

    def ask(self, call: Callable[[str], Answer]) -> Answer:
        """Make a call with the session's id, logging on first where need be, and again once if it is lost.

        Gives SYSPRO's answer, whatever it says except that the session is lost. Raises ``NotPermitted`` when
        the logon is refused or the new session is lost as well, and what ``call`` raises.
        """
        with self._lock:
            answer = call(self._logged_on())
            if not self._lost(answer):
                return answer
            _log.warning("%s: the session was lost (%s); logging on again", self._client.system, answer.text)
            self._forget()
            answer = call(self._logged_on())
            if not self._lost(answer):
                return answer
            self._forget()
        raise NotPermitted(
            self._client.system,
            f"the session of operator {self._operator} was ended twice in a row ({answer.text}): somebody "
            "else logs on as this operator; give Customary an operator of its own",
        )

    def close(self) -> None:
        """Log off and give the lease back; again does nothing. Never raises.

        A logoff that did not arrive stays remembered, so that the next holder of the lease repeats it.
        """
        with self._lock:
            try:
                if self._token and self._client.log_off(self._token):
                    self._forget()
            except CustomaryError as error:
                _log.warning("%s: the logoff was not recorded: %s", self._client.system, error)
            self._token = ""
            self._held = None
            released, self._released = self._released, ExitStack()
            try:
                released.close()
            except CustomaryError as error:
                _log.warning("%s: the lease was not given back: %s", self._client.system, error)

    def _logged_on(self) -> str:
        if self._token:
            return self._token
        held = self.hold()
        with ExitStack() as undo:
            undo.callback(self.close)
            token = self._client.log_on()
            undo.callback(self._client.log_off, token)
            held.remember(token)
            undo.pop_all()
        self._token = token
        _log.info("%s: logged on as operator %s", self._client.system, self._operator)
        return token

    def _forget(self) -> None:
        # Before a new logon too: this is where a process that has lost its lease finds out.
        self._token = ""
        if self._held is not None:
            self._held.remember("")

    def _lost(self, answer: Answer) -> bool:
        if answer.fault is not Fault.OTHER:
            return answer.fault is Fault.SESSION_LOST
        # Texts are localised: a lost session is also one where asking who is logged on gets the same words.
        return self._client.profile(self._token).text == answer.text
