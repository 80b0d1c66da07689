"""Logs: lines for a person, or JSON where a program reads them, and no secret in either.

SYSPRO's password and session id travel in its URLs (facts/syspro.md, 4), so any text that a library logs may
hold them. Every record, our own and other libraries', therefore passes ``redact`` last, its exception already
turned into text.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Literal, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

STARS = "***"
"""What stands where a secret stood."""

NOISY = (
    *("httpx", "httpcore", "sqlalchemy", "dbos", "alembic", "keyring", "asyncio", "pycountry"),
    *("uvicorn", "litestar", "filelock"),
)
"""Libraries that are heard from warnings on; below, whole requests, statements or trifles."""

_WORDS = r"passw(?:or)?d|passphrase|pwd|secret"
_MORE_WORDS = rf"{_WORDS}|token|session|user_?id|credential|cookie|api_?key"
_NAME = rf"[\w-]{{0,40}}(?:{_MORE_WORDS})[\w-]{{0,40}}"  # bounded, so that no text takes long
_SECRET_KEY = re.compile(rf"{_MORE_WORDS}|authorization", re.IGNORECASE)
_QUOTED = r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'"""
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), becomes)
    for pattern, becomes in (
        # A URL's user and password: scheme://user:password@host
        (r"(://[^\s/:@]*):[^\s/]*@", rf"\1:{STARS}@"),
        # Anything behind the name of a header that lets somebody in
        (r"\b((?:proxy-)?authorization|(?:set-)?cookie)([\"']?\s*[:=]\s*).*", rf"\1\2{STARS}"),
        # <UserId>...</UserId>
        (rf"<({_NAME})(\s[^<>]*)?>[^<]+", rf"<\1>{STARS}"),
        # 'password': '...', "password" = "..."
        (rf"([\"'])({_NAME})\1(\s*[:=]\s*)(?:{_QUOTED}|[^\s,}}\]]+)", rf"\1\2\1\3{STARS}"),
        # password = ..., &OperatorPassword=..., also with = and & percent-encoded
        (rf"\b({_NAME})(\s*=\s*|%3D)(?:{_QUOTED}|(?:(?!%26)[^\s&\"<>])+)", rf"\1\2{STARS}"),
        # password: ...
        (rf"\b([\w-]{{0,40}}(?:{_WORDS})[\w-]{{0,40}})(:\s*)(?:{_QUOTED}|\S+)", rf"\1\2{STARS}"),
        # A SYSPRO session id (facts/syspro.md, 4: 34 hexadecimal digits observed, 32 to 36 to be expected)
        (r"(?<![0-9a-f])[0-9a-f]{32,36}(?![0-9a-f])", STARS),
    )
)


def redact(text: str) -> str:
    """Give the text with ``***`` for passwords, session ids and tokens, wherever their form gives them away.

    Rather too much than too little. A password that stands in a sentence without a name cannot be seen;
    nothing may put one there.
    """
    for pattern, becomes in _PATTERNS:
        text = pattern.sub(becomes, text)
    return text


def configure(
    level: Literal["debug", "info", "warning", "error"] = "info",
    form: Literal["console", "json"] = "console",
    stream: TextIO | None = None,
) -> None:
    """Send every log record of this process to ``stream`` (standard error), redacted.

    ``console`` is a line a record, for a person, in colours on a terminal only; ``json`` an object a line.
    Exceptions that nothing catches, in any thread, are logged as well instead of being printed as they are.
    """
    out = stream or sys.stderr
    before: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *before,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    outlet = logging.StreamHandler(out)
    outlet.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=before,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                redact_event,
                _console(out) if form == "console" else structlog.processors.JSONRenderer(),
            ],
        )
    )
    _route(outlet, level)
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread


def redact_event(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Redact a log record: values under keys that name a secret, and every text wherever it stands."""
    return {key: _redacted(key, value) for key, value in event.items()}


def _redacted(key: str, value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if _SECRET_KEY.search(key.replace("-", "_")):
        return STARS
    if isinstance(value, int | float):
        return value
    if isinstance(value, Mapping):
        return {redact(str(inner)): _redacted(str(inner), item) for inner, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_redacted("", item) for item in value]
    return redact(str(value))


def _console(out: TextIO) -> structlog.dev.ConsoleRenderer:
    # The exception is text by now; structlog's own formatter would show local variables beside it.
    plain = structlog.dev.plain_traceback
    return structlog.dev.ConsoleRenderer(colors=out.isatty(), exception_formatter=plain, sort_keys=False)


def _route(outlet: logging.Handler, level: str) -> None:
    """Make ``outlet`` the only way out for every logger, also for libraries that set up one of their own."""
    root = logging.getLogger()
    root.handlers = [outlet]
    root.setLevel(level.upper())
    logging.captureWarnings(True)
    logging.raiseExceptions = False  # it would print the arguments of a wrongly written log call as they are
    quiet = max(logging.WARNING, root.level)
    for name in NOISY:
        library = logging.getLogger(name)
        # DBOS adds a way out of its own as soon as it finds none, so it is given ours.
        library.handlers = [outlet]
        library.propagate = False
        library.setLevel(quiet)


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    logging.getLogger("customary").critical("stopped by an error", exc_info=(kind, error, trace))


def _uncaught_in_thread(failure: threading.ExceptHookArgs) -> None:
    if failure.exc_value is not None and not isinstance(failure.exc_value, SystemExit):
        _uncaught(failure.exc_type, failure.exc_value, failure.exc_traceback)
