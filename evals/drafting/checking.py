"""Whether a suggested case can stand: its quotes, its strings, and how its question is put. Pure.

A question that repeats its paper's words is found by any search and tests nothing. Questions that
people wrote share at most three words in a row with the abstract (of the 48 development questions
of these kinds), so one that shares ``SHARED_RUN`` or more is dropped.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from evals.cases import normalise
from evals.drafting.kinds import Kind
from evals.drafting.reading import Suggestion
from evals.measures.must_contain import contains
from evals.types import EvalCase
from index.sentences import sentence_spans
from index.types import Paper
from rag.context import clean
from rag.grounding.words import STOP, stem

SHARED_RUN = 5
"""Words in a row that a question may not share with its paper's title or abstract."""

_SAME = 0.8  # of all stems of two questions, shared: then they ask the same
_LONGEST = {"question": 400, "point": 300, "string": 60}
_FEWEST_QUOTED = 4  # words
_WORD = re.compile(r"[^\W_]+")
_POINTS_AT_PAPER = re.compile(
    r"\b(?:(?:this|these|the (?:present|given|above))\s(?:papers?|stud(?:y|ies)|abstracts?|works?|"
    r"articles?|authors?)|the (?:authors?|abstracts?|papers?|stud(?:y|ies)|articles?)\b(?!\s+of\b)|"
    r"the (?:proposed|presented|introduced)\s(?:\w+\s){0,3}?"
    r"(?:method|model|approach|framework|system))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Dropped:
    """Why a suggestion is no case; the same words for the same reason, so that they can count."""

    reason: str


@dataclass(slots=True)
class Asked:
    """The questions that there are already."""

    known: list[frozenset[str]] = field(default_factory=list)

    def has(self, question: str) -> bool:
        """Whether one of them asks the same in nearly the same words."""
        stems = _stems(question)
        return any(len(stems & one) >= _SAME * len(stems | one) for one in self.known)

    def add(self, question: str) -> None:
        """One more."""
        self.known.append(_stems(question))


def check(
    suggestion: Suggestion, kind: Kind, papers: Sequence[Paper], asked: Asked, note: str
) -> EvalCase | Dropped:
    """The case, never a reviewed one, or why it is none.

    Quotes are widened to the whole sentences of the abstract, character for character.
    """
    question = suggestion.question
    if reason := _wording(question, papers, asked):
        return Dropped(reason)
    titles = tuple(normalise(paper.title) for paper in papers)
    name = f"{kind.name}\n{question}\n{titles}"
    draft = EvalCase(
        id=f"draft-{hashlib.sha256(name.encode()).hexdigest()[:12]}",
        type=kind.type,
        question=question,
        answerable=kind.answerable,
        reviewed=False,
        note=note,
    )
    make = _answered if kind.answerable else _unanswered
    return make(draft, suggestion, kind, papers, titles)


def _wording(question: str, papers: Sequence[Paper], asked: Asked) -> str:
    """What is wrong with how a question is put, "" where nothing is."""
    if len(question) > _LONGEST["question"] or len(_words(question)) < _FEWEST_QUOTED:
        return "the question is too long or too short"
    if _POINTS_AT_PAPER.search(question):
        return "the question doesn't stand alone: it speaks of a paper"
    words = _words(question)
    if any(_within(_words(paper.title), words) for paper in papers):
        return "the question gives the title away"
    for text in (text for paper in papers for text in (paper.title, paper.abstract)):
        if _runs(words, SHARED_RUN) & _runs(_words(text), SHARED_RUN):
            return f"the question copies {SHARED_RUN} words in a row from the paper"
    return "another case asks the same" if asked.has(question) else ""


def _answered(
    draft: EvalCase,
    suggestion: Suggestion,
    kind: Kind,
    papers: Sequence[Paper],
    titles: tuple[str, ...],
) -> EvalCase | Dropped:
    quoted = [_quoted(quote, papers) for quote in suggestion.quotes]
    if not quoted or not all(quoted):
        return Dropped("a quote is not in the abstract" if quoted else "no quote is given")
    sentences = dict.fromkeys(each for one in quoted for each in one)
    if {place for place, _ in sentences} != set(range(len(papers))):
        return Dropped("not every paper is quoted")
    quotes = tuple(text for _, text in sentences)
    if reason := _strings(suggestion, kind, " ".join(map(_plain, quotes))):
        return Dropped(reason)
    if not _short(suggestion.answer_points, "point"):
        return Dropped("what an answer says is missing or too long")
    return replace(
        draft,
        gold_titles=titles,
        gold_quotes=quotes,
        must_contain=tuple(dict.fromkeys(suggestion.must_contain)),
        answer_points=suggestion.answer_points,
    )


def _unanswered(
    draft: EvalCase,
    suggestion: Suggestion,
    kind: Kind,
    papers: Sequence[Paper],
    titles: tuple[str, ...],
) -> EvalCase | Dropped:
    """Whether the papers answer it can't be told without a person; that it is near them can."""
    del kind
    about = _stems(" ".join(f"{paper.title} {paper.abstract}" for paper in papers))
    if not _stems(suggestion.question) & about:
        return Dropped("the question is not on the paper's subject")
    points = suggestion.answer_points or ((suggestion.missing,) if suggestion.missing else ())
    if not _short(points, "point"):
        return Dropped("what an answer says is missing or too long")
    return replace(draft, acceptable_titles=titles, answer_points=points)


def _strings(suggestion: Suggestion, kind: Kind, quoted: str) -> str:
    """What is wrong with the strings of the answer, "" where nothing is."""
    strings = suggestion.must_contain
    if any(len(string) > _LONGEST["string"] for string in strings):
        return "a string of the answer is too long"
    if any(not contains(quoted, string) for string in strings):
        return "a string of the answer is not in the quotes"
    if any(contains(suggestion.question, string) for string in strings):
        return "the question gives the answer away"
    if kind.number and not any(c.isdigit() for string in strings for c in string):
        return "the answer holds no number"
    return ""


def _quoted(quote: str, papers: Sequence[Paper]) -> list[tuple[int, str]]:
    """The sentences that a quote is of, each with the place of its paper; none where it is of none.

    Compared as a prompt shows them (``clean``), white space as one space.
    """
    wanted = _plain(quote)
    if len(_words(wanted)) < _FEWEST_QUOTED:
        return []
    for place, paper in enumerate(papers):
        sentences = [paper.abstract[start:end] for start, end in sentence_spans(paper.abstract)]
        shown = [_plain(sentence) for sentence in sentences]
        at = f" {' '.join(shown)} ".find(wanted)
        if at < 0:
            continue
        found, begins = [], 1
        for sentence, plain in zip(sentences, shown, strict=True):
            if begins < at + len(wanted) and at < begins + len(plain):
                found.append((place, sentence))
            begins += len(plain) + 1
        return found
    return []


def _short(texts: Iterable[str], what: str) -> bool:
    """Whether there are such texts, and none is too long."""
    lengths = [len(text) for text in texts]
    return bool(lengths) and max(lengths) <= _LONGEST[what]


def _plain(text: str) -> str:
    return " ".join(clean(text).split())


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in _words(text) if word not in STOP)


def _runs(words: Sequence[str], length: int) -> set[tuple[str, ...]]:
    return {tuple(words[i : i + length]) for i in range(len(words) - length + 1)}


def _within(part: Sequence[str], whole: Sequence[str]) -> bool:
    """Whether the words stand in the others, in a row."""
    return bool(part) and tuple(part) in _runs(whole, len(part))
