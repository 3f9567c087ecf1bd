"""Plain words and the technical terms they may stand for, from ``thesaurus.txt``.

People ask in everyday words ("making things up"); abstracts use terms ("hallucination").
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.resources import files

from index.errors import ConfigError

LONGEST = 4  # words in a phrase on the left

Analyse = Callable[[str], Sequence[str]]
Stems = tuple[str, ...]


def parse(text: str) -> dict[str, tuple[str, ...]]:
    """Phrase -> terms. Lines are ``phrase | phrase -> term, term``; ``#`` starts a comment."""
    groups: dict[str, tuple[str, ...]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        content = line.partition("#")[0].strip()
        if not content:
            continue
        left, arrow, right = content.partition("->")
        phrases = [phrase.strip() for phrase in left.split("|") if phrase.strip()]
        terms = tuple(term.strip() for term in right.split(",") if term.strip())
        if not arrow or not phrases or not terms:
            raise ConfigError(f"thesaurus.txt:{number}: not `phrase | phrase -> term, term`")
        for phrase in phrases:
            groups[phrase] = (*groups.get(phrase, ()), *terms)
    return groups


@cache
def bundled() -> Mapping[str, tuple[str, ...]]:
    """The thesaurus that comes with the product."""
    return parse((files("index") / "thesaurus.txt").read_text("utf-8"))


class Thesaurus:
    """Finds phrases in a question, both sides reduced to stems by ``analyse``."""

    def __init__(self, groups: Mapping[str, Sequence[str]], analyse: Analyse) -> None:
        self._analyse = analyse
        self._terms: dict[Stems, tuple[Stems, ...]] = {}
        for phrase, terms in groups.items():
            key = tuple(analyse(phrase))
            known = self._terms.get(key, ())
            stems = [tuple(analyse(term)) for term in terms]
            self._terms[key] = tuple(dict.fromkeys([*known, *(s for s in stems if s and s != key)]))

    def expansions(
        self, words: Sequence[str]
    ) -> dict[tuple[str, ...], tuple[tuple[str, ...], ...]]:
        """Each phrase that occurs among ``words`` (stems, in order) -> the terms' stems."""
        found: dict[tuple[str, ...], tuple[tuple[str, ...], ...]] = {}
        for size in range(LONGEST, 0, -1):
            for start in range(len(words) - size + 1):
                key = tuple(words[start : start + size])
                if key in self._terms and key not in found:
                    found[key] = self._terms[key]
        return found
