"""A plan made by rules, refined by a language model in one short call.

The model reads the conversation and no abstract. What it says adds searches to those of the rules
and words the question; it can't take a search away, nor point to papers or set filters. Whatever
goes wrong, the plan of the rules stands.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from random import Random

from index.errors import ConfigError
from prompts import SHIPPED, PromptError, Prompts
from rag.cancellation import Cancellation
from rag.context import Evidence, draw_fence, untrusted
from rag.models import ChatModel, ChatRequest, Completion, Message
from rag.models.short import read_short
from rag.planning.language import is_misspelt, language_of
from rag.planning.leaning import leaning
from rag.planning.plan import Papers, Plan
from rag.planning.references import picks
from rag.planning.said import Said, checked, read
from rag.planning.spelling import occurs
from rag.types import Turn

TEMPLATES = ("plan_system", "plan_user")
"""The prompts that a plan is asked for with."""

SCRIPT_PREFIX = "plan: "
"""Stands before the question in such a request, so that a script's line can match it alone."""

_MAX_TOKENS = 300
_TURNS_SHOWN = 3
_LONGEST_SAID = 1_000  # characters of a question or an answer that are shown
_TITLES_SHOWN = 8
_LONGEST_TITLE = 200


def needs_model(question: str, turns: Sequence[Turn], ruled: Plan, papers: Papers) -> bool:
    """Whether a model is likely to plan better than the rules did, so that a call pays.

    So it is with a question that isn't English or is mistyped, one that compares or asks for an
    overview, and one that leans, or may lean, on earlier turns, unless it picks papers by number.
    ``papers`` tells rare words from mistyped ones.
    """
    if ruled.shape != "one" or ruled.parts or language_of(question) != "en":
        return True
    leans = ruled.question != question or leaning(question) == "maybe"
    if turns and leans and not (ruled.focus and picks(question)):
        return True
    return is_misspelt(question, lambda word: occurs(papers, word))


def plan_by_model(  # noqa: PLR0913 - half of them by name
    model: ChatModel,
    question: str,
    turns: Sequence[Turn],
    ruled: Plan,
    *,
    papers: Papers,
    rng: Random,
    cancellation: Cancellation,
    patience: float,
    templates: Prompts = SHIPPED,
) -> tuple[Plan, Completion]:
    """The plan of the rules with the model's wording and searches, and how the call ended.

    The model's searches come first, then those of the rules, which stay; ``query`` is the whole
    question in English. The plan is ``ruled`` itself where the model fails, takes longer than
    ``patience`` seconds, is cancelled, or says nothing that can be used. Raises ConfigError for a
    broken prompt file, and what ``papers`` raises.
    """
    messages = _messages(question, turns, ruled, papers, draw_fence(rng), templates)
    with _within(patience, cancellation) as limited:
        request = ChatRequest(
            f"{SCRIPT_PREFIX}{question}",
            Evidence(()),
            messages,
            max_tokens=_MAX_TOKENS,
            cancellation=limited,
        )
        text, completion = read_short(model, request)
    if completion.finish not in ("complete", "truncated"):
        return ruled, completion
    if completion.finish == "truncated":
        text = text.rpartition("\n")[0]
    said = checked(read(text), question, turns, ruled, templates)
    return _refined(question, ruled, said, turns), completion


def _messages(
    question: str,
    turns: Sequence[Turn],
    ruled: Plan,
    papers: Papers,
    fence: str,
    templates: Prompts,
) -> tuple[Message, ...]:
    lines: list[tuple[str, str]] = []
    shown: set[str] = set()
    for turn in turns[-_TURNS_SHOWN:]:
        lines.append(("Question: ", turn.question[:_LONGEST_SAID]))
        lines.append(("Answer: ", turn.answer[:_LONGEST_SAID]))
        for marker, paper_id, title in _titles(turn.cited, papers):
            lines.append((f"Paper [{marker}] of the answer: ", title))
            shown.add(paper_id)
    focus = [(0, paper_id) for paper_id in ruled.focus if turns and paper_id not in shown]
    lines += [("Paper spoken of: ", title) for _, _, title in _titles(focus, papers)]
    lines.append(("Last question: ", question[:_LONGEST_SAID]))
    try:
        system = templates.render("plan_system", fence=fence)
        user = templates.render("plan_user", conversation=untrusted(lines, fence))
    except PromptError as error:
        raise ConfigError(str(error)) from error
    return Message("system", system), Message("user", user)


def _titles(cited: Sequence[tuple[int, str]], papers: Papers) -> list[tuple[int, str, str]]:
    """(marker, paper id, title) of those that the store has."""
    some = cited[:_TITLES_SHOWN]
    known = papers.get_many([paper_id for _, paper_id in some]) if some else {}
    return [(n, i, known[i].title[:_LONGEST_TITLE]) for n, i in some if i in known]


@contextmanager
def _within(seconds: float, cancellation: Cancellation) -> Iterator[Cancellation]:
    """A cancellation that comes with the one given, or after so many seconds."""
    limited = Cancellation()
    timer = threading.Timer(seconds, limited.cancel)
    timer.daemon = True
    timer.start()
    try:
        with cancellation.calling(limited.cancel):
            yield limited
    finally:
        timer.cancel()


def _refined(question: str, ruled: Plan, said: Said, turns: Sequence[Turn]) -> Plan:
    """The plan of the rules, and what the model adds to it."""
    if not (said.questions or said.searches):
        return ruled
    rewords = said.questions and not _keeps_its_words(question, ruled, turns)
    plan = replace(ruled, question=said.questions[0] if rewords else ruled.question)
    if ruled.shape == "two" and not ruled.parts and len(said.searches) < 2:
        return plan  # one search tells no sides apart, and retrieval has a way of its own
    whole = plan.question if rewords else ruled.query
    translated = said.searches and language_of(ruled.asked) != "en"
    return replace(
        plan,
        query="; ".join(said.searches) if translated else whole,
        parts=tuple(dict.fromkeys((*said.searches, *ruled.parts, ruled.query))),
        shape=said.shape or ruled.shape,
    )


def _keeps_its_words(question: str, ruled: Plan, turns: Sequence[Turn]) -> bool:
    """Whether the question stands alone for sure and is well spelt: then no one words it better."""
    asked = ruled.asked
    follows = ruled.question != asked or leaning(asked) != "no" or language_of(asked) != "en"
    return not (turns and follows) and not is_misspelt(question)
