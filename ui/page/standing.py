"""What is in force for a reader and what it has cost, as markup. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from index.redaction import redact
from rag.costs import Spent
from rag.settings import EXTRACTIVE
from ui.site import Reader, Start
from ui.typography import inert


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
    name = inert(model.removeprefix("openai:"))
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
