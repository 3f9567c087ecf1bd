"""What a question calls by name: papers that were found, and names and titles that no paper has."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from index.types import Filters
from rag.context import EvidencePaper
from rag.features import letters, traits
from rag.planning.language import language_of

_QUOTED = re.compile(r"[\"“„«]([^\"“”„«»]{3,300})[\"“”»]")
_LEAST_TITLE = 12  # letters from which a title that stands in a question is no accident
_LEAST_NAME = 4  # letters
_LOOKED_UP = 12  # names of a question; each costs a search through all papers
_TOLD = 3  # names
_TITLES = 2
_FEWEST_WORDS = 3  # that tell a title from a term by their capitals alone
_SHORT = 4  # letters of a word that needs no capital in a title
_CAPITALISED = 2 / 3  # of the longer words in a title
_ANNOUNCED = re.compile(
    r"\b(?:paper|article|preprint|study|titled|entitled)\W{0,3}$", re.IGNORECASE
)
_BEFORE = 20  # characters that are looked at for such a word
_INNER_CAPITAL = re.compile("[a-z]-?[A-Z]")


@dataclass(frozen=True, slots=True)
class Absent:
    """Names of a question that no title and no abstract holds, and titles that no paper has."""

    names: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()

    @property
    def told(self) -> tuple[str, ...]:
        """The same as sentences; none where nothing is absent."""
        titles = [f"No paper here is titled {_either(self.titles)}."] if self.titles else []
        names = [f"No paper here mentions {_either(self.names)}."] if self.names else []
        return (*titles, *names)


NOTHING = Absent()


def named_in(question: str, papers: Sequence[EvidencePaper]) -> list[EvidencePaper]:
    """Those that the question points to, or calls by their title or by a name of theirs alone.

    What several of the papers have, such as "LLMs" or "GPT-4", is nobody's name.
    """
    titles = [letters(paper.paper.title) for paper in papers]
    texts = [
        f"{title} {letters(p.paper.abstract)}" for title, p in zip(titles, papers, strict=True)
    ]
    coined = [name for name in traits(question).written if is_coined(name)]
    own = set()
    for name in map(letters, (*coined, *_QUOTED.findall(question))):
        having = [place for place, text in enumerate(texts) if name in text]
        if len(name) >= _LEAST_NAME and len(having) == 1 and name in titles[having[0]]:
            own.add(having[0])
    asked = letters(question)
    return [
        paper
        for place, paper in enumerate(papers)
        if paper.focus or place in own or _is_titled(paper.paper.title, asked)
    ]


def _is_titled(title: str, asked: str) -> bool:
    """Whether the question, letters alone, holds the title, or all of it before a colon."""
    name, colon, _ = title.partition(":")
    parts = [title, *([name] if colon and len(name.split()) >= _FEWEST_WORDS else [])]
    return any(len(part) >= _LEAST_TITLE and part in asked for part in map(letters, parts))


class Counting(Protocol):
    """The part of PaperIndex that tells whether a name occurs at all."""

    def count(self, filters: Filters | None = ...) -> int:
        """The number of papers that meet the conditions."""
        ...


def absent_from(
    papers: Counting, question: str, evidence: Sequence[EvidencePaper], *, asked: str = ""
) -> Absent:
    """What the question names that no paper has: three names at most, and two titles.

    What was found is looked at letter by letter, since M3ViT may stand there as M$^3$ViT.
    ``asked``: the user's own words, where ``question`` is another wording.
    """
    asked = asked or question
    titles = [letters(paper.paper.title) for paper in evidence]
    untitled = (title for title in _titles(asked) if not _is_there(title, titles, papers))
    unheard = tuple(islice(untitled, _TITLES))
    for title in unheard:
        question = question.replace(title, " ")
    names = traits(question).written if language_of(asked) == "en" else _coined(question)
    found = "\n".join([*titles, *(letters(paper.paper.abstract) for paper in evidence)])
    missing = [name for name in names if letters(name) not in found][:_LOOKED_UP]
    unknown = (name for name in missing if not papers.count(Filters(words=name)))
    return Absent(tuple(islice(unknown, _TOLD)), unheard)


def _titles(question: str) -> list[str]:
    """What looks like a title: announced as one, or three words and more with their capitals."""
    found = []
    for match in _QUOTED.finditer(question):
        words = match[1].split()
        before = question[max(0, match.start() - _BEFORE) : match.start()]
        announced = len(words) > 1 and _ANNOUNCED.search(before) is not None
        if announced or (len(words) >= _FEWEST_WORDS and _is_capitalised(words)):
            found.append(match[1].strip())
    return found


def _is_capitalised(words: Sequence[str]) -> bool:
    longer = [word for word in words if len(word) >= _SHORT and any(c.isalpha() for c in word)]
    capitals = sum(any(c.isupper() for c in word) for word in longer)
    return len(longer) > 1 and capitals >= _CAPITALISED * len(longer)


def _is_there(title: str, titles: Sequence[str], papers: Counting) -> bool:
    """Whether a paper has the title, or a longer or shorter one, or its abstract holds it."""
    plain = letters(title)
    if any(plain in one or (len(one) >= _LEAST_TITLE and one in plain) for one in titles):
        return True
    return papers.count(Filters(words=title)) > 0


def _coined(question: str) -> tuple[str, ...]:
    """The names with an inner capital, or a capital and a digit: "DisenDiff", "M3ViT".

    No other capital tells a name in a language that gives them to all its nouns, or has acronyms
    of its own. What is joined to a name by a hyphen is looked at by itself: "DisenDiff-Modelle".
    """
    words = (word for name in traits(question).written for word in name.split("-"))
    return tuple(dict.fromkeys(word for word in words if is_coined(word)))


def is_coined(word: str) -> bool:
    """Whether it is spelt as names are that somebody made up: DisenDiff, M3ViT, Patient-Psi."""
    numbered = any(c.isupper() for c in word) and any(c.isdigit() for c in word)
    return len(letters(word)) >= 3 and (numbered or _INNER_CAPITAL.search(word) is not None)


def _either(said: Sequence[str]) -> str:
    return " or ".join(f'"{one}"' for one in said)
