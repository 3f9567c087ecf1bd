"""Typing errors put right, where a question is full of them.

Candidates are all strings one edit away (a letter left out, put in, exchanged, or two swapped:
Damerau's four errors), as in Norvig's "How to Write a Spelling Corrector"; the commonest word of
the bundled embedder's vocabulary wins, whose word pieces are in order of frequency.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from importlib import resources
from string import ascii_lowercase

from rag.planning.language import is_known, is_misspelt, language_of
from rag.planning.plan import Papers

_TRIED = 6  # candidates that are looked up in the store
_WORD = re.compile(r"\b[a-z]{3,20}\b")


def respelt(question: str, in_store: Callable[[str], bool] = lambda word: False) -> str:
    """The question with what was mistyped put right; as it is if it isn't full of such words.

    A name, or a term that no vocabulary has, looks like a typing error: so one or two odd words
    in a question are left alone, and those that ``in_store`` knows always. Of several candidates
    one that the store has is taken first.
    """
    if language_of(question) != "en" or not is_misspelt(question, in_store):
        return question
    return _WORD.sub(lambda found: _corrected(found[0], in_store), question)


def _corrected(word: str, in_store: Callable[[str], bool]) -> str:
    ranks = _ranks()
    if word in ranks or is_known(word) or in_store(word):
        return word
    near = sorted({edit for edit in _edits(word) if edit in ranks}, key=lambda edit: ranks[edit])
    held = (edit for edit in near[:_TRIED] if len(edit) > 3 and in_store(edit))
    return next(held, near[0] if near else word)


def occurs(papers: Papers, word: str) -> bool:
    """Whether a paper has the word, or begins one with all but its last letters."""
    best = [paper_id for paper_id, _ in papers.matching(word, 1)]
    return any(
        word[: max(4, len(word) - 2)] in f"{paper.title} {paper.abstract}".lower()
        for paper in papers.get_many(best).values()
    )


def _edits(word: str) -> Iterator[str]:
    for place in range(len(word) + 1):
        before, after = word[:place], word[place:]
        for letter in ascii_lowercase:
            yield f"{before}{letter}{after}"
            if after:
                yield f"{before}{letter}{after[1:]}"
        if after:
            yield f"{before}{after[1:]}"
        if len(after) > 1:
            yield f"{before}{after[1]}{after[0]}{after[2:]}"


@cache
def _ranks() -> dict[str, int]:
    """The whole words among the bundled embedder's word pieces, the commonest first."""
    file = resources.files("index.model") / "tokenizer.json"
    pieces = json.loads(file.read_text(encoding="utf-8"))["model"]["vocab"]
    return {piece: rank for piece, rank in pieces.items() if piece.isascii() and piece.isalpha()}
