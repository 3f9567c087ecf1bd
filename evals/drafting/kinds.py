"""The kinds of question that are drafted, and what a model is told to draft one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import prompts
from index.errors import ConfigError
from index.types import Paper
from rag.context import draw_fence, untrusted
from rag.models import Message

_LONGEST = 6_000  # characters of an abstract that are shown


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of question.

    ``type`` is that of its cases, ``papers`` how many abstracts it is about, ``number`` whether
    its answer is one.
    """

    name: str
    type: str
    papers: int = 1
    answerable: bool = True
    number: bool = False

    @property
    def task(self) -> str:
        """The name of the prompt that says what to write."""
        return f"draft_{self.name}"


KINDS = {
    kind.name: kind
    for kind in (
        Kind("single_fact", "single_fact"),
        Kind("numeric", "numeric", number=True),
        Kind("comparison", "compare", papers=2),
        Kind("unanswerable_near", "unanswerable_near", answerable=False),
    )
}


def kinds_named(text: str) -> tuple[Kind, ...]:
    """The kinds of a list with commas. Raises ConfigError where one is unknown, or none is left."""
    names = list(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    unknown = [name for name in names if name not in KINDS]
    if unknown or not names:
        what = f"unknown: {', '.join(unknown)}" if unknown else "no kind is named"
        raise ConfigError(f"--kinds: {what}; write some of: {','.join(KINDS)}")
    return tuple(KINDS[name] for name in names)


def messages_for(kind: Kind, papers: Sequence[Paper], rng: Random) -> tuple[Message, ...]:
    """What a model is told; ``rng`` draws the delimiter of what others wrote.

    Raises ConfigError for a broken prompt file.
    """
    fence = draw_fence(rng)
    lines = [
        line
        for paper in papers
        for line in (("Title: ", paper.title), ("Abstract: ", paper.abstract[:_LONGEST]))
    ]
    try:
        task = prompts.render(kind.task)
        system = prompts.render("draft_system", fence=fence, task=task)
        user = prompts.render("draft_user", abstracts=untrusted(lines, fence))
    except prompts.PromptError as error:
        raise ConfigError(str(error)) from error
    return Message("system", system), Message("user", user)


def fingerprint_of(kind: Kind) -> str:
    """Changes if and only if what a model is told to draft this kind does."""
    return prompts.fingerprint(("draft_system", "draft_user", kind.task))
