"""The openai client's exceptions as ours. The one place where they are mapped."""

from __future__ import annotations

from collections.abc import Iterable

from index.errors import ModelError, ModelTimeout, RateLimited, Rejected, Unreachable

_ADVICE: tuple[tuple[str, type[ModelError], str], ...] = (
    # First match wins along the exception's own classes, most derived first.
    ("APITimeoutError", ModelTimeout, "did not answer in time; try again or raise the timeout"),
    ("APIConnectionError", Unreachable, "cannot be reached; is it running, is the URL right?"),
    ("AuthenticationError", Rejected, "does not accept the key; check OPENAI_API_KEY"),
    ("PermissionDeniedError", Rejected, "does not allow this key to use the model"),
    ("NotFoundError", Rejected, "does not know this model or path; check --model and the URL"),
    ("RateLimitError", RateLimited, "asks to slow down, or its quota is used up; try later"),
    ("InternalServerError", Unreachable, "failed on its side; try again later"),
    ("APIStatusError", Rejected, "refused the request"),
    ("OpenAIError", ModelError, "could not be used"),
)


def translate(error: Exception, *, endpoint: str, secrets: Iterable[str | None] = ()) -> ModelError:
    """The ModelError that says what ``error`` means and what to do; raise it ``from error``.

    A server may echo the key in its message, so every secret is blotted out.
    """
    names = [kind.__name__ for kind in type(error).__mro__]
    for name, kind, advice in _ADVICE:
        if name in names:
            return kind(redact(f"the endpoint {endpoint} {advice} ({_detail(error)})", secrets))
    broken = f"the connection to {endpoint} broke ({_detail(error)}); try again"
    return Unreachable(redact(broken, secrets))


def redact(text: str, secrets: Iterable[str | None]) -> str:
    """The text with every secret replaced by ``***``."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, "***")
    return text


def _detail(error: Exception) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= 300 else text[:300] + "..."
