"""The openai client's exceptions, and its transport's, as ours: one table."""

from __future__ import annotations

import re
from collections.abc import Iterable

from index.errors import ModelError, ModelTimeout, RateLimited, Rejected, TooLong, Unreachable
from index.redaction import redact, scrub

# By name, first match along the exception's bases: the client's transport is the package httpx
# up to version 2 and httpx2 from version 3, and neither should be imported to start.
TABLE: dict[str, tuple[type[ModelError], str]] = {
    "APITimeoutError": (ModelTimeout, "took too long to answer; try again or raise the timeout"),
    "AuthenticationError": (Rejected, "refused the key; check OPENAI_API_KEY"),
    "PermissionDeniedError": (Rejected, "does not let this key use this model"),
    "NotFoundError": (
        Rejected,
        "knows no such model or address; check --model and OPENAI_BASE_URL",
    ),
    "RateLimitError": (RateLimited, "asks to slow down, or the quota is used up; try again later"),
    "InternalServerError": (Unreachable, "failed on its side; try again later"),
    "ConflictError": (Unreachable, "was busy; try again"),
    "APIConnectionError": (
        Unreachable,
        "could not be reached; check OPENAI_BASE_URL and that it runs",
    ),
    "APIResponseValidationError": (Unreachable, "sent a reply that is no chat completion"),
    "LengthFinishReasonError": (Rejected, "ran out of room for its reply"),
    "ContentFilterFinishReasonError": (Rejected, "filtered its reply"),
    "APIStatusError": (Rejected, "refused the request"),
    "SubjectTokenProviderError": (Rejected, "could not be signed in to; check the key"),
    "WebSocketConnectionClosedError": (Unreachable, "closed the connection"),
    "APIError": (Unreachable, "sent an error in place of a reply"),
    "OpenAIError": (Rejected, "could not be asked; check OPENAI_API_KEY and OPENAI_BASE_URL"),
    "InvalidWebhookSignatureError": (Rejected, "sent something that is not signed"),
    "TimeoutException": (ModelTimeout, "took too long to answer; try again or raise the timeout"),
    "InvalidURL": (Rejected, "has an address that is none; check OPENAI_BASE_URL"),
    "CookieConflict": (Unreachable, "set cookies that contradict each other"),
    "HTTPError": (Unreachable, "broke the connection; try again"),
    "StreamError": (Unreachable, "broke the connection; try again"),
    "MalformedEvent": (Unreachable, "sent something that is no chat completion"),
    "ServerSaysError": (Unreachable, "sent an error in place of a reply"),
    "OSError": (Unreachable, "broke the connection; try again"),
}

# What rag.models.wire raises for a stream that arrives but can't be used.
_SENT_BY_THE_SERVER = {"MalformedEvent", "ServerSaysError"}

# What servers say of a request that doesn't fit: OpenAI, vLLM, llama.cpp, LM Studio, TGI, Gemini,
# Anthropic, Mistral, Cohere and their likes. Each pattern's group, where it has one, is the limit.
_TOO_LONG = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"context_length_exceeded|exceed_context_size|string_above_max_length",
        r"context (?:length|size|window)(?: of| is|:)? (?:only )?([\d,]+)",
        r"(?:maximum|max|model'?s?) context (?:length|size|window)",
        r"exceeds? (?:the |its |our )?(?:available |maximum |model'?s? )?context",
        r"(?:prompt|input|context|request|messages?)(?: \w+){0,2} (?:is|are) too (?:long|large)",
        r"(?:prompt|request|input) too (?:long|large)|too many (?:input )?tokens",
        r"exceeds? the (?:maximum|limit)[^.;]{0,40}tokens",
        r"tokens\b[^.;\d]{0,30} must (?:be|have)[^.;\d]{0,20}([\d,]+)",
        r"reduce the length of the (?:messages|prompt|input)",
        r"> ?([\d,]+) maximum",
    )
)
_MOST_SAID = 2_000  # characters of an error that are looked through
_RETRIED = {408, 409, 429, 500, 502, 503, 504, 529}


def translate(error: Exception, place: str, secrets: Iterable[str | None]) -> ModelError | None:
    """Our error for a vendor's, to be raised ``from`` it; None for one that is none of these.

    Keys are taken out of both: a server may repeat the key that it was sent.
    """
    name = _name(error)
    if name is None:
        return None
    secrets = tuple(secrets)
    scrub(error, secrets)
    kind, what = TABLE[name]
    status = getattr(error, "status_code", None)
    said = redact(" ".join(str(error).split())[:300], secrets)
    code = f" ({status})" if isinstance(status, int) else ""
    if is_too_long(error):
        message = (
            f"{place} can't read as much at once as it was sent{code}; lower max_context_tokens. "
            f"It said: {said}"
        )
        return TooLong(message, _limit(str(error)))
    return kind(f"{place} {what}{code}. It said: {said}" if said else f"{place} {what}{code}.")


def _name(error: Exception) -> str | None:
    """The first of the exception's classes that the table knows."""
    return next((base.__name__ for base in type(error).__mro__ if base.__name__ in TABLE), None)


def is_too_long(error: Exception) -> bool:
    """Whether a server says that the request holds more than the model can read at once."""
    status = getattr(error, "status_code", None)
    if status == 413:
        return True
    if status not in (400, 422, 500, None) or _name(error) is None:
        return False
    if status is None and _name(error) not in _SENT_BY_THE_SERVER:
        return False
    said = f"{getattr(error, 'code', '')} {str(error)[:_MOST_SAID]}"
    reply = re.search(r"max_(?:completion_)?tokens\W{0,3} is too large", said)
    if reply and "context" not in said:
        return False
    return any(pattern.search(said) for pattern in _TOO_LONG)


def _limit(said: str) -> int | None:
    """The tokens that a model can read, where the server's words name a likely number."""
    found = (pattern.search(said[:_MOST_SAID]) for pattern in _TOO_LONG)
    numbers = [int(m[1].replace(",", "") or 0) for m in found if m and m.re.groups and m[1]]
    return next((number for number in numbers if 256 <= number <= 10_000_000), None)


def is_worth_a_retry(error: Exception) -> bool:
    """Rate limits, failures on the server's side and broken connections are; timeouts are not.

    A used-up quota comes as a rate limit too, and doesn't go away by waiting a second.
    """
    if is_too_long(error):
        return False
    status = getattr(error, "status_code", None)
    if isinstance(status, int):
        return status in _RETRIED and getattr(error, "code", None) != "insufficient_quota"
    name = _name(error)
    return name not in {None, *_SENT_BY_THE_SERVER} and TABLE[name or ""][0] is Unreachable


def asked_to_wait(error: Exception) -> float | None:
    """Seconds that the server asks to wait (Retry-After), or None."""
    headers = getattr(getattr(error, "response", None), "headers", {})
    for header, scale in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        value = headers.get(header)
        if value is None:
            continue
        try:
            seconds: float | None = float(value) * scale
        except ValueError:
            seconds = _until(value)
        if seconds is not None and 0 <= seconds < 1e6:
            return seconds
    return None


def _until(date: str) -> float | None:
    from datetime import UTC, datetime
    from email.utils import parsedate_to_datetime

    try:
        then = parsedate_to_datetime(date)
    except ValueError:
        return None
    return max(0.0, (then - datetime.now(UTC)).total_seconds()) if then.tzinfo else None
