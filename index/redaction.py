"""Keeps keys out of messages, logs and chained exceptions."""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Iterable

REDACTED = "[key removed]"

_LOOKS_LIKE_A_KEY = re.compile(
    r"\b(?:sk|pk|rk|gsk|xai|key)[-_][\w-]{8,}|(?<=Bearer )(?!\[key removed\])[^\s'\"]+|(?<=://)[^/\s@:]+:[^/\s@]+(?=@)",
    re.IGNORECASE,
)


def redact(text: str, secrets: Iterable[str | None] = ()) -> str:
    """The text without these secrets and without what looks like a key."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, REDACTED)
    return _LOOKS_LIKE_A_KEY.sub(REDACTED, text)


def scrub(error: BaseException, secrets: Iterable[str | None] = ()) -> None:
    """Takes keys out of an exception and of those that it was raised from, in place.

    A server may repeat the key in its answer, and a traceback prints the whole chain.
    """
    secrets = tuple(secrets)
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        current.args = tuple(redact(a, secrets) if isinstance(a, str) else a for a in current.args)
        for name in ("message", "body", "doc"):
            value = getattr(current, name, None)
            if value is not None:
                setattr(current, name, redact(value if isinstance(value, str) else "", secrets))
        current = current.__cause__ or current.__context__


def install(secrets: Iterable[str | None]) -> None:
    """From now on, no log record of this process holds these secrets. For entry points only.

    It works at the place where records are made, so handlers that are added later, and loggers
    that don't propagate, are covered too.
    """
    kept = tuple(secret for secret in secrets if secret)
    make = logging.getLogRecordFactory()

    def factory(*args: object, **kwargs: object) -> logging.LogRecord:
        record = make(*args, **kwargs)
        record.msg, record.args = redact(record.getMessage(), kept), ()
        if record.exc_info and record.exc_info[1] is not None:
            lines = traceback.format_exception(record.exc_info[1])
            record.exc_text = redact("".join(lines), kept).rstrip()
        return record

    logging.setLogRecordFactory(factory)
