"""What a model's reply says of a plan, and how much of that can be used. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from prompts import SENTINEL, SHIPPED, Prompts
from rag.context import clean
from rag.numbering import MARKER
from rag.planning.hops import Shape
from rag.planning.language import language_of
from rag.planning.leaning import content_words, names_of
from rag.planning.plan import Plan
from rag.types import Turn

_LONGEST_LINE = 600
_LONGEST_QUESTION = 400  # or twice the question, if that is more
_LONGEST_SEARCH = 200
_MOST_SEARCHES = 4
_MOST_LINES = 60
_LABELS = "question|search|papers"
_LABEL = re.compile(
    rf"[^\w\n]{{0,8}}(?:\d{{1,2}}[.)] ?)?[^\w\n]{{0,4}}({_LABELS})\w{{0,3}}"
    r"(?: (?:query|queries|terms?|phrases?|line))?(?: ?\d)?(?: ?\([^)\n]{0,30}\))?"
    r"[*_`\"' ]{0,4}[:=：](.*)",
    re.IGNORECASE,
)
_RUN_ON = re.compile(rf'[\s,{{](?="(?:{_LABELS})\w{{0,3}}" ?:|(?-i:QUESTION|SEARCH|PAPERS):)', re.I)
_BULLET = re.compile(r"\s{0,8}(?:[-*•–]|\d{1,2}[.)])\s")
_BETWEEN = re.compile(r'" ?, ?"|[;|] ')  # searches on one line
_AROUND = " *_`,[]{}"
_QUOTES = "\"'“”„«»"
_COUNT = re.compile(r"\b(?:(one|1)|(two|2)|(many|several|all|three|four|[3-9]))\b", re.IGNORECASE)
_SHAPES: tuple[Shape, ...] = ("one", "two", "many")
_DENSE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
_WORD = re.compile(r"[^\W_]{4,}")
_PART = re.compile(r"[^\W_]{2,}")  # of a name with hyphens
_STEM = 4  # letters by which words count as the same, typing errors behind them too


@dataclass(frozen=True, slots=True)
class Said:
    """What a reply says. A model may try several times to word the question."""

    questions: tuple[str, ...] = ()
    searches: tuple[str, ...] = ()
    shape: Shape | None = None


def read(text: str) -> Said:
    """The lines of a reply, with or without bold type, bullets, quotes, numbers or JSON's marks."""
    found: dict[str, list[str]] = {label: [] for label in _LABELS.split("|")}
    label, open_ended = "", False
    for whole in _RUN_ON.sub("\n", text).splitlines()[:_MOST_LINES]:
        line = whole[:_LONGEST_LINE]
        labelled = _LABEL.match(line)
        if labelled:
            label, value = labelled[1].lower(), clean(labelled[2]).strip(_AROUND)
            open_ended = not value
        elif label and (open_ended or (label == "search" and _BULLET.match(line))):
            value = clean(_BULLET.sub("", line, count=1)).strip(_AROUND)
        else:
            continue
        found[label] += [value] if value else []
    searches = [part for value in found["search"] for part in _BETWEEN.split(value)]
    count = next(filter(None, map(_COUNT.search, found["papers"])), None)
    return Said(
        tuple(filter(None, (_unquoted(value) for value in found["question"]))),
        tuple(filter(None, (part.strip(_AROUND + _QUOTES) for part in searches))),
        _SHAPES[(count.lastindex or 1) - 1] if count else None,
    )


def _unquoted(text: str) -> str:
    """The text without quotation marks that stand around all of it."""
    inner = text[1:-1]
    whole = len(text) > 1 and text[0] in _QUOTES and text[-1] in _QUOTES
    return inner if whole and not any(mark in inner for mark in '"“”„«»') else text


def checked(
    said: Said, question: str, turns: Sequence[Turn], ruled: Plan, templates: Prompts = SHIPPED
) -> Said:
    """What of it can be used: at most one question, and searches.

    The question has to be in a language of the conversation, the searches in English. Those of an
    English conversation have to share a word with it, unless the question does. Neither may be
    the prompt's own, or much longer than asked for.
    """
    prompt = templates.text("plan_system").casefold()
    talk = [question, ruled.question, *(text for t in turns for text in (t.question, t.answer))]
    stems = _stems("\n".join(talk))
    spoken = {language_of(text) == "en" for text in (question, *(t.question for t in turns[-1:]))}
    longest = max(_LONGEST_QUESTION, 2 * len(question))
    questions = [
        text
        for text in map(_without_markers, said.questions)
        if _is_fit(text, longest, talk, prompt)
        and (language_of(text) == "en") in spoken
        and not stems.isdisjoint(_stems(text))
    ]
    searches = [
        text
        for text in map(_without_markers, said.searches)
        if _is_fit(text, _LONGEST_SEARCH, talk, prompt)
        and language_of(text) == "en"
        and (questions or False in spoken or not stems.isdisjoint(_stems(text)))
    ]
    return Said(tuple(questions[:1]), tuple(dict.fromkeys(searches))[:_MOST_SEARCHES], said.shape)


def _without_markers(text: str) -> str:
    return " ".join(MARKER.sub(" ", text).split())


def _is_fit(text: str, longest: int, talk: Sequence[str], prompt: str) -> bool:
    """Whether a line can be what was asked for.

    It brings no address that isn't in the question, which comes first in ``talk``, and repeats the
    prompt only where the conversation says the same.
    """
    if not 2 <= len(text) <= longest or not any(map(str.isalpha, text)):
        return False
    if SENTINEL in text or ("//" in text and text not in talk[0]):
        return False
    said = text.casefold()
    parroted = said in prompt
    return not parroted or any(said in turn.casefold() for turn in talk)


def _stems(text: str) -> frozenset[str]:
    """The beginnings of the words that say what a text is about; pairs of signs in Chinese."""
    names = (part.lower() for name in names_of(text) for part in _PART.findall(name))
    words = (w[:_STEM] for whole in content_words(text) for w in _WORD.findall(whole))
    pairs = (run[i : i + 2] for run in _DENSE.findall(text) for i in range(len(run) - 1))
    return frozenset((*names, *words, *pairs))
