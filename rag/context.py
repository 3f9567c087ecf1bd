"""Retrieved papers as keyed evidence within a token budget, and how evidence reaches a prompt.

The text of papers is written by strangers. It reaches a prompt through ``untrusted`` only.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from random import Random
from types import MappingProxyType

from index.late import TokenMatch
from index.sentences import sentence_spans
from index.types import Hit, Paper
from rag.matching import Coverage, coverage, uncovered

CHARACTERS_PER_TOKEN = 4
"""An estimate for English; close enough for a budget, and it needs no tokenizer."""

_LETTERS = "abcdefghjkmnpqrstuvwxyz"  # without i, l, o, which look like digits
_DIGITS = "23456789"
_RUN = re.compile("[a-z0-9]{4,}")
_EXAMPLES = frozenset({"k3f7", "m2x9"})  # these stand in the system prompt
_LINE_COST = 8  # characters of a key, its brackets and the line break
_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
_MARKS = re.compile(
    "([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]{3})"
    "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]+"
)


@dataclass(frozen=True, slots=True)
class EvidenceSentence:
    """One sentence that may be cited: ``paper.abstract[start:end] == text``.

    ``key`` is drawn at random for each request, so that a key that a model invents, or finds in
    an abstract, is recognised as such.
    """

    key: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class EvidencePaper:
    """A paper as evidence: its abstract, cut into sentences. ``score`` is retrieval's.

    ``cosine``: the similarity of its best passage to the question; 1 where retrieval gave none.
    ``bm25``: its score by words. ``focus``: the question points to this very paper. ``coverage``
    and ``asked``: how it covers the question that stands alone, and the user's own words.

    The last sentences are left out where the budget ends within the abstract.
    """

    paper: Paper
    sentences: tuple[EvidenceSentence, ...]
    score: float
    cosine: float = 1.0
    bm25: float = 0.0
    focus: bool = False
    coverage: Coverage = field(default_factory=lambda: uncovered(0))
    asked: Coverage = field(default_factory=lambda: uncovered(0))


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one answer may cite, best paper first."""

    papers: tuple[EvidencePaper, ...]


def build_evidence(
    hits: Sequence[Hit],
    *,
    max_tokens: int,
    rng: Random,
    matches: Mapping[str, TokenMatch] = MappingProxyType({}),
    asked: Mapping[str, TokenMatch] | None = None,
) -> Evidence:
    """The hits' abstracts, in the order of the hits, until ``max_tokens`` are used up.

    Tokens are estimated at four characters each. A paper of which no sentence fits is left out.
    ``matches``: the tokens of the question that stands alone against each paper's, by paper id;
    ``asked``: those of the user's own words, where they are others.
    """
    chosen = list(_within(hits, max_tokens * CHARACTERS_PER_TOKEN))
    texts = [part for hit, _ in chosen for part in (hit.paper.title, hit.paper.abstract)]
    keys = iter(draw_keys(sum(len(spans) for _, spans in chosen), texts, rng))
    papers = []
    for hit, spans in chosen:
        abstract = hit.paper.abstract
        sentences = tuple(EvidenceSentence(next(keys), abstract[s:e], s, e) for s, e in spans)
        whole = _covered(matches, hit, spans)
        papers.append(
            EvidencePaper(
                hit.paper,
                sentences,
                hit.score,
                hit.why.get("cosine", 1.0),
                hit.why.get("bm25", 0.0),
                bool(hit.why.get("focus")),
                whole,
                whole if asked is None else _covered(asked, hit, spans),
            )
        )
    return Evidence(tuple(papers))


def _covered(
    matches: Mapping[str, TokenMatch], hit: Hit, spans: Sequence[tuple[int, int]]
) -> Coverage:
    match = matches.get(hit.paper.id)
    return uncovered(len(spans)) if match is None else coverage(match, spans)


def _within(hits: Sequence[Hit], characters: int) -> Iterator[tuple[Hit, list[tuple[int, int]]]]:
    """Each hit with the spans of its sentences that still fit."""
    seen: set[str] = set()
    for hit in hits:
        if hit.paper.id in seen:
            continue
        seen.add(hit.paper.id)
        left = characters - len(heading(hit.paper))
        spans = []
        for start, end in _spans(hit.paper.abstract):
            cost = end - start + _LINE_COST
            if cost > left:
                break
            left -= cost
            spans.append((start, end))
        if spans:
            characters = left
            yield hit, spans


@lru_cache(maxsize=2_048)
def _spans(abstract: str) -> tuple[tuple[int, int], ...]:
    """``sentence_spans``, which takes some 3 ms an abstract; popular papers come up often."""
    return tuple(sentence_spans(abstract))


def draw_keys(count: int, texts: Iterable[str], rng: Random) -> list[str]:
    """Different keys of lower-case letters and digits, at least one of each.

    None occurs in any of the texts, as it is or cleaned, whatever its case. Keys have four
    characters; should the texts hold so many of these that a thousand draws in a row fail, the
    next ones get longer.
    """
    taken = "\n".join(map(_key_like, texts))
    keys: list[str] = []
    used = set(_EXAMPLES)
    length, failures = 4, 0
    while len(keys) < count:
        key = "".join(rng.choices(_LETTERS + _DIGITS, k=length))
        mixed = not key.isalpha() and not key.isdigit()
        if not mixed or key in used or key in taken:
            failures += 1
            if failures == 1000:
                length, failures = length + 1, 0
            continue
        failures = 0
        used.add(key)
        keys.append(key)
    return keys


@lru_cache(maxsize=4_096)
def _key_like(text: str) -> str:
    """Every part of the text in which a key may stand: letters and digits without a gap."""
    forms = f"{text}\n{clean(text)}".casefold()
    return "\n".join(run for run in _RUN.findall(forms) if not (run.isalpha() or run.isdigit()))


def draw_fence(rng: Random) -> str:
    """A delimiter that no paper can know: sixteen random letters and digits."""
    return "".join(rng.choices(_LETTERS + _DIGITS, k=16))


def heading(paper: Paper) -> str:
    """What a model is told of a paper besides its sentences: title, date, authors' number."""
    known = [
        paper.known_date,
        f"{paper.n_authors} authors" if paper.n_authors else "",
        paper.organisation or "",
    ]
    details = ", ".join(part for part in known if part)
    return f"{paper.title} ({details})" if details else paper.title


def render_evidence(evidence: Evidence, fence: str) -> str:
    """The evidence as lines for a prompt, between delimiters made of ``fence``."""
    lines = []
    for number, entry in enumerate(evidence.papers):
        gap = "\n" if number else ""
        lines.append((f"{gap}Paper: ", heading(entry.paper)))
        lines += [(f"[{sentence.key}] ", sentence.text) for sentence in entry.sentences]
    return untrusted(lines, fence)


def untrusted(lines: Iterable[tuple[str, str]], fence: str) -> str:
    """Text by others as lines for a prompt, between ``<<<fence`` and ``fence>>>``.

    The one way in which such text enters a prompt. Each line is (our label, their text); their
    text is cleaned, kept on its line, and can't contain the delimiter.
    """
    body = "\n".join(f"{label}{clean(text).replace(fence, ' ')}" for label, text in lines)
    return f"<<<{fence}\n{body}\n{fence}>>>"


def clean(text: str) -> str:
    """The text on one line, composed (NFC), without characters that a reader can't see.

    Control, format (bidi overrides, zero-width, tags), private-use, unassigned and lone
    surrogate characters go, variation selectors and fillers too; more than three combining
    marks in a row are cut; ``<|``, with which chat templates mark roles, is broken up.
    """
    text = _INVISIBLE.sub("", unicodedata.normalize("NFC", text))
    if not text.isprintable():
        kept = (" " if c.isspace() else c for c in text)
        text = "".join(c for c in kept if c == " " or unicodedata.category(c)[0] != "C")
    text = _MARKS.sub(r"\1", text).replace("<|", "< |").replace("|>", "| >")
    return re.sub(" +", " ", text).strip()
