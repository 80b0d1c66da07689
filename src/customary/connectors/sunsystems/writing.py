"""Writing: batches of changes carried out, and what became of each customer.

A payload that is refused as a whole is halved until the records that are to blame stand alone. Before any of
it is sent again, the customers are read back, so that one that was stored after all is not. No call
without an answer is repeated.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import groupby
from typing import Final

from msgspec import Struct

from customary.connectors.contract import Sending, Written
from customary.connectors.sunsystems.api import Result, SunsystemsApi
from customary.connectors.sunsystems.codec import folded, key_of
from customary.connectors.sunsystems.config import SunsystemsConfig
from customary.connectors.sunsystems.fields import ACCOUNTS, COMPONENT, KEY
from customary.connectors.sunsystems.steps import WRITES, Step, steps_of
from customary.errors import ConnectorError, InDoubt, NotPermitted, Unreachable
from customary.model.change import Action
from customary.model.outcome import Level, Message, Outcome
from customary.model.source import Native
from customary.protocols import ssc_message
from customary.protocols.ssc_answer import SUCCESS
from customary.protocols.ssc_answer_read import Answered
from customary.protocols.ssc_format import SscFormatError

LEAST_REFUSALS: Final = 32
"""So many payloads of a batch may be refused, or as many as it has records, before halving is given up."""

ReadBack = Callable[[Sequence[str], Sequence[str]], Mapping[str, Native]]
"""Keys and native fields -> folded key -> what the system holds of it now."""


class State(StrEnum):
    """How a step ended."""

    DONE = "done"
    FAILED = "failed"
    DOUBT = "in doubt"


class End(Struct, frozen=True):
    """How a step ended, and what was said."""

    state: State
    messages: tuple[Message, ...] = ()


class Work(Struct, frozen=True):
    """One change, and its steps; none when ``problem`` says why it cannot be carried out."""

    sending: Sending
    steps: tuple[Step, ...]
    problem: str = ""

    @property
    def first(self) -> tuple[str, str]:
        """What is called first."""
        return self.steps[0].call if self.steps else ("", "")


class Writing:
    """Carries out changes of one system."""

    def __init__(self, api: SunsystemsApi, config: SunsystemsConfig, read_back: ReadBack) -> None:
        self._api = api
        self._config = config
        self._read_back = read_back
        self._until = 0.0

    def carry_out(self, sendings: Sequence[Sending]) -> Iterator[Written]:
        """Give how each change ended, in order; those that begin with the same method share a payload.

        Raises ``Unreachable`` and ``NotPermitted`` when nothing of what is left was sent.
        """
        self._until = time.monotonic() + self._config.read_timeout
        works = [_work(sending, self._config) for sending in sendings]
        for _, alike in groupby(works, key=lambda work: work.first):
            yield from self._together(list(alike))

    def _together(self, works: Sequence[Work]) -> Iterator[Written]:
        if not works[0].steps:
            yield from (_finished(work, [_idle(work)]) for work in works)
            return
        calls = self._called(works, 0)
        told = {number: [end] for number, end in calls.ends.items()}
        if calls.error and not told:
            raise calls.error
        self._further(works, told)
        sent = max(told) + 1
        for number, work in enumerate(works[:sent]):
            yield _finished(work, told.get(number) or [_not_sent(calls.error)])
        if calls.error and sent < len(works):
            raise calls.error

    def _further(self, works: Sequence[Work], told: dict[int, list[End]]) -> None:
        """Make the calls behind the first, of those changes that went well so far."""
        for depth in range(1, max(len(work.steps) for work in works)):
            going = [
                number
                for number, ends in told.items()
                if len(works[number].steps) > depth and ends[-1].state is State.DONE
            ]
            going.sort(key=lambda number: works[number].steps[depth].call)
            for _, alike in groupby(going, key=lambda number: works[number].steps[depth].call):
                numbers = list(alike)
                calls = self._called([works[number] for number in numbers], depth)
                for place, number in enumerate(numbers):
                    told[number].append(calls.ends.get(place) or _not_sent(calls.error))

    def _called(self, works: Sequence[Work], depth: int) -> Calls:
        calls = Calls(Means(self._api, self._read_back, self._until), works, depth)
        calls.make(range(len(works)))
        return calls


class Means(Struct, frozen=True):
    """What calls are made with."""

    api: SunsystemsApi
    read_back: ReadBack
    until: float
    """On the monotonic clock: when no call begins any more, so that it is known when a batch has ended."""


class Calls:
    """The calls of one method for one batch: ``ends`` has how the step of each change ended.

    One that is not in it was not sent, because of ``error``.
    """

    def __init__(self, means: Means, works: Sequence[Work], depth: int) -> None:
        self.ends: dict[int, End] = {}
        self.error: ConnectorError | None = None
        self._means = means
        self._works = works
        self._depth = depth
        self._left = max(LEAST_REFUSALS, len(works))

    def make(self, numbers: Sequence[int]) -> None:
        """Call for these changes, in halves where they are refused together."""
        steps = [self._works[number].steps[self._depth] for number in numbers]
        api = self._means.api
        if time.monotonic() > self._means.until:
            self.error = Unreachable(api.system, "the batch took so long that the rest was not sent")
            return
        try:
            answer = api.send(*steps[0].call, [step.record for step in steps])
        except InDoubt as doubt:
            self._end(numbers, State.DOUBT, _message(Level.WARNING, doubt.reason))
        except (Unreachable, NotPermitted) as error:
            self.error = error
        else:
            if isinstance(answer, Result):
                self.ends |= dict(zip(numbers, _ends(steps, answer), strict=True))
            else:
                self._halve(numbers, answer.text)

    def _halve(self, numbers: Sequence[int], refusal: str) -> None:
        """Go on with halves; what was stored all the same is in doubt, and not sent again."""
        self._left -= 1
        said = _message(Level.ERROR, refusal)
        try:
            moved = self._moved(numbers)
        except ConnectorError as error:
            text = f"what became of it could not be read: {error.reason}"
            self._end(numbers, State.DOUBT, said, _message(Level.WARNING, text))
            return
        self._end([number for number in numbers if number in moved], State.DOUBT, said)
        rest = [number for number in numbers if number not in moved]
        if len(numbers) == 1 or self._left <= 0:
            self._end(rest, State.FAILED, said)
            return
        half = (len(rest) + 1) // 2
        for part in (rest[:half], rest[half:]):
            if part and self.error is None:
                self.make(part)

    def _moved(self, numbers: Sequence[int]) -> set[int]:
        """Tell which customers are no longer what they were when their change was planned."""
        step = self._works[numbers[0]].steps[self._depth]
        if self._depth and step.method not in WRITES:
            return set()
        sendings = {number: self._works[number].sending for number in numbers}
        names = sorted({name for sending in sendings.values() for name in sending.native})
        if step.component == ACCOUNTS or self._depth:
            of_account = step.component == ACCOUNTS
            names = [name for name in names if name.startswith(f"{ACCOUNTS}.") is of_account]
        now = self._means.read_back([sending.key for sending in sendings.values()], names)
        return {
            number
            for number, sending in sendings.items()
            if _differs(sending, now.get(folded(sending.key)), names)
        }

    def _end(self, numbers: Iterable[int], state: State, *said: Message) -> None:
        self.ends |= dict.fromkeys(numbers, End(state, said))


def _work(sending: Sending, config: SunsystemsConfig) -> Work:
    try:
        steps = steps_of(sending, config)
        for step in steps:
            step.record.to_xml()
    except (ValueError, SscFormatError) as error:
        return Work(sending, (), str(error))
    return Work(sending, steps)


def _idle(work: Work) -> End:
    if work.problem:
        return End(State.FAILED, (_message(Level.ERROR, work.problem),))
    return End(State.DONE)


def _differs(sending: Sending, now: Native | None, names: Iterable[str]) -> bool:
    if sending.action is Action.CREATE:
        return now is not None
    if now is None:
        return True
    return any(
        now.get(name, "") != sending.held.get(name, "")
        for name in names
        if name in sending.native and name != KEY
    )


def _ends(steps: Sequence[Step], result: Result) -> Iterator[End]:
    """Tell how each record ended: found by its key or, where the answer shows none, by its place."""
    general = tuple(_told(message) for message in result.messages)
    keyed: dict[str, Answered] = {}
    for one in result.records:
        keyed.setdefault(_shown(one), one)
    by_place = "" in keyed and len(result.records) == len(steps)
    for place, step in enumerate(steps):
        found = result.records[place] if by_place else keyed.get(_key(step))
        yield _end(found, general)


def _end(one: Answered | None, general: tuple[Message, ...]) -> End:
    if one is None:
        text = "SunSystems did not say what became of it"
        return End(State.DOUBT, (_message(Level.WARNING, text), *general))
    messages = tuple(_told(message) for message in one.messages)
    if one.failed:
        given = messages or general or (_message(Level.ERROR, "refused, and no reason is given"),)
        return End(State.FAILED, given)
    if one.status != SUCCESS:
        text = "SunSystems did not say whether it succeeded"
        return End(State.DOUBT, (_message(Level.WARNING, text), *messages))
    return End(State.DONE, messages)


def _shown(one: Answered) -> str:
    return folded(key_of(one.record) or str(one.record.value("AccountCode") or ""))


def _key(step: Step) -> str:
    name = KEY if step.component == COMPONENT else "AccountCode"
    return folded(str(step.record.value(name) or ""))


def _told(message: ssc_message.Message) -> Message:
    return Message(
        level=Level(message.level.value),
        text=message.said,
        field=message.item.removeprefix(f"{COMPONENT}."),
    )


def _not_sent(error: ConnectorError | None) -> End:
    why = error.reason if error else "an earlier call failed"
    return End(State.FAILED, (_message(Level.ERROR, f"this was not sent: {why}"),))


def _finished(work: Work, ends: Iterable[End]) -> Written:
    """Sum up the steps of one change: in doubt if one is, else failed if one is."""
    told = list(ends)
    messages = tuple(message for end in told for message in end.messages)
    states = {end.state for end in told}
    if len(told) > 1 and State.FAILED in states:
        text = f"{', '.join(step.method for step in work.steps[: len(told) - 1])} was carried out before"
        messages += (_message(Level.WARNING, text),)
    if State.DOUBT in states:
        return Written(Outcome.UNKNOWN, None, messages)
    if State.FAILED in states:
        return Written(Outcome.FAILED, None, messages)
    return Written(work.sending.action.outcome, None, messages)


def _message(level: Level, text: str) -> Message:
    return Message(level=level, text=text)
