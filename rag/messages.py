"""Question, evidence and history as the messages that a language model gets."""

from __future__ import annotations

from collections.abc import Sequence

from index.errors import ConfigError
from prompts import SENTINEL, SHIPPED, PromptError, Prompts
from rag import judging
from rag.context import Evidence, render_evidence, untrusted
from rag.manner import Length
from rag.models import Message
from rag.numbering import MARKER
from rag.planning import by_model
from rag.types import Turn

_TEMPLATES = (
    "answer_system",
    "answer_user",
    "answer_user_followup",
    "answer_reminder",
    *by_model.TEMPLATES,
    *judging.TEMPLATES,
)
_TURNS_SHOWN = 3


def messages_for(
    question: str,
    turns: Sequence[Turn],
    evidence: Evidence,
    fence: str,
    length: Length = "normal",
    templates: Prompts = SHIPPED,
) -> tuple[Message, ...]:
    """The system's and the user's message. Raises ConfigError for a broken prompt file."""
    values = {
        "evidence": render_evidence(evidence, fence),
        "question": question,
        "sentinel": SENTINEL,
    }
    try:
        system = templates.render(
            "answer_system",
            fence=fence,
            sentinel=SENTINEL,
            length=templates.text(_asking_for(length)),
        )
        if turns:
            talk = untrusted(_talk(turns[-_TURNS_SHOWN:]), fence)
            user = templates.render("answer_user_followup", history=talk, **values)
        else:
            user = templates.render("answer_user", **values)
    except PromptError as error:
        raise ConfigError(str(error)) from error
    return Message("system", system), Message("user", user)


def _talk(turns: Sequence[Turn]) -> list[tuple[str, str]]:
    """Earlier turns without their markers, which mean nothing any more."""
    lines = []
    for turn in turns:
        lines.append(("Question: ", turn.question))
        lines.append(("Answer: ", MARKER.sub("", turn.answer)))
    return lines


def prompt_fingerprint(length: Length = "normal", templates: Prompts = SHIPPED) -> str:
    """Changes if and only if what is said to a model for an answer of this length does."""
    return templates.fingerprint((*_TEMPLATES, _asking_for(length)))


def _asking_for(length: Length) -> str:
    """The template that says how long the answer should be."""
    return f"answer_length_{length}"
