"""A reader's settings, read from the page's fields, and told as markup. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, TypeVar, get_args

from index.errors import ConfigError
from index.redaction import REDACTED, redact
from rag.costs import Spent
from rag.manner import Length, Strictness, Unsupported
from rag.settings import EXTRACTIVE
from ui.site import Reader, Start
from ui.typography import inert

_LONGEST = 4_000  # characters of a model's name, an address or a key
_QUOTES = frozenset({EXTRACTIVE, "quotes only"})
_LENGTHS: tuple[Length, ...] = get_args(Length)
_STRICTNESSES: tuple[Strictness, ...] = get_args(Strictness)
_UNSUPPORTED: tuple[Unsupported, ...] = get_args(Unsupported)
_Word = TypeVar("_Word", bound=str)


def named(spec: str) -> str:
    """A model's name, as its endpoint knows it."""
    return spec.removeprefix("openai:")


def wanted_by(reader: Reader, start: Start, fields: Sequence[object]) -> Reader:
    """The reader with what stands in the fields; an empty key leaves the one that is kept.

    The fields: model, address, key, length, strictness and what becomes of unsupported claims.
    Raises ConfigError for what can't be, and for a key in the wrong field, without saying it.
    """
    texts = [field.strip() if isinstance(field, str) else "" for field in fields]
    if any(len(text) > _LONGEST or not text.isprintable() for text in texts):
        raise ConfigError("A field holds too much, or characters that can't be seen.")
    model, address, key, length, strictness, unsupported = texts
    if redact(named(model)) == REDACTED or redact(address) != address:
        raise ConfigError("A key or a password stands in another field. It belongs under Key.")
    return replace(
        reader,
        model=_spec(model, start),
        base_url=address,
        key=key or reader.key,
        length=_other(length, _LENGTHS, start.length),
        strictness=_other(strictness, _STRICTNESSES, start.strictness),
        unsupported=_other(unsupported, _UNSUPPORTED, start.unsupported),
    )


def _spec(model: str, start: Start) -> str:
    spec = EXTRACTIVE if model.casefold() in _QUOTES else model
    if spec in ("", start.model):
        return ""
    return spec if spec == EXTRACTIVE else f"openai:{named(spec)}"


def _other(text: str, known: Sequence[_Word], started: str) -> _Word | Literal[""]:
    """The word that was chosen, "" where it is the one that the page was started with."""
    return next((word for word in known if word == text != started), "")


def in_force(reader: Reader, start: Start) -> str:
    """Who answers the next question."""
    model = reader.model or start.model
    return (
        '<p class="pc-force"><b>The next answer</b> '
        f"{_writer(model, reader, start)}. Changes hold until this page is closed or reloaded."
        "</p>"
    )


def _writer(model: str, reader: Reader, start: Start) -> str:
    if model == EXTRACTIVE:
        return "quotes the papers, without a language model"
    if not model.startswith("openai:"):
        return f"is written by {inert(model)}"
    place = inert(redact(reader.base_url) or start.address)
    name = inert(named(model))
    return f"is written by {name} at {place}, {_key(reader, start)}"


def _key(reader: Reader, start: Start) -> str:
    if reader.key:
        return "with your key"
    elsewhere = reader.base_url not in ("", start.address)
    return "without a key" if elsewhere or not start.has_key else "with the page's own key"


def problem(text: str) -> str:
    """What went wrong, and what to do."""
    return f'<p class="pc-problem" role="alert">{inert(text)}</p>'


def waiting(text: str) -> str:
    """What is under way, or was done."""
    return f'<p class="pc-waiting" role="status">{inert(text)}</p>'


def used(spent: Sequence[Spent]) -> str:
    """What this visit's language models took, in one line."""
    if not spent:
        return '<p class="pc-used">No language model has been used in this visit.</p>'
    prompts = sum(one.usage.prompt_tokens for one in spent)
    replies = sum(one.usage.completion_tokens for one in spent)
    answers = "1 answer" if len(spent) == 1 else f"{len(spent):,} answers"
    return (
        f'<p class="pc-used">In this visit, language models read {prompts:,} tokens and wrote '
        f"{replies:,} for {answers}{_cost(spent)}.</p>"
    )


def _cost(spent: Sequence[Spent]) -> str:
    known = [one.cost_usd for one in spent if one.cost_usd is not None]
    if not known:
        return "; what that cost isn't known"
    total = sum(known)
    shown = f"${total:.2f}" if total >= 1 else f"${total:.4f}"
    said = "less than $0.0001" if 0 < total < 0.0001 else shown
    return f", at a cost of {'' if len(known) == len(spent) else 'at least '}{said}"
