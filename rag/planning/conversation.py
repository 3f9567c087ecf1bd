"""Which papers the earlier answers spoke of, looked up in the store."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.text import normalise, without_latex
from index.types import Paper
from rag.planning.leaning import names_of
from rag.planning.plan import Papers
from rag.types import Turn

_MARKER = re.compile(r"\[(\d{1,6})\]")
_MARKED = re.compile(r"marker (\d+) marker")  # what _squash makes of _MARKER's replacement
_ENDS_MARKED = re.compile(r"marker (\d+) marker $")
_QUOTED = re.compile(r"[\"“«]([^\"“”«»]{3,300})[\"”»]")
_BREAKS = re.compile(r"(?<=[.!?:;])\s+|\n+")
_MOST_SPANS = 24  # pieces of an answer that are looked up
_MOST_LETTERS = 400  # of a piece
_NEAREST = 8  # papers whose titles are compared with a piece
_TITLE_BOOST = 2.0
_COINED = re.compile(r"[a-z][A-Z]|[A-Za-z]-?\d")  # not "GLUE": what many know is no one's name
_MOST_NAMES = 6  # of a question that are looked up
_LONGEST_NAME = 3  # words
_LEAST_TITLE = 12  # letters of a title that counts without quotation marks
_LEAST_QUOTE = 50  # letters of a sentence that gives away its abstract


@dataclass(frozen=True, slots=True)
class Spoken:
    """The papers that one answer spoke of, in order, and the marker of each where it has one."""

    papers: tuple[Paper, ...] = ()
    markers: tuple[int | None, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.papers)


def spoken_of(turn: Turn, papers: Papers) -> Spoken:
    """The papers that the turn's answer cites; where that isn't known, those that it names."""
    known = papers.get_many([paper_id for _, paper_id in turn.cited])
    if known:
        first = {int(m[1]): m.start() for m in reversed(list(_MARKER.finditer(turn.answer)))}
        end = len(turn.answer)
        cited = sorted(turn.cited, key=lambda pair: (first.get(pair[0], end), pair[0]))
        pairs = [(known[i], marker) for marker, i in cited if i in known]
        return Spoken(tuple(p for p, _ in pairs), tuple(m for _, m in pairs))
    return mentioned(turn.answer, papers)


def mentioned(text: str, papers: Papers) -> Spoken:
    """The papers that a text names, in order of their first mention.

    Named is a paper whose title stands in the text, whatever its punctuation, accents and LaTeX;
    whose title, or title up to the colon, is all that stands in quotation marks; or whose
    abstract holds one of the text's sentences word for word. Its marker is the ``[n]`` right before
    where the first paper has it there, and else the next one before another paper is named.
    """
    candidates = _candidates(text, papers)
    marked = _squash(_MARKER.sub(r" marker \1 marker ", text))
    plain = _MARKED.sub("", marked)
    quoted = {_squash(quote) for quote in _QUOTED.findall(text)}
    sentences = [s for s in map(_squash, _pieces(_MARKER.sub(" ", text))) if len(s) >= _LEAST_QUOTE]
    places: dict[str, tuple[int, int]] = {}
    for paper in candidates:
        place = _place(paper, marked, plain, quoted, sentences)
        if place is not None:
            places[paper.id] = place
    by_id = {paper.id: paper for paper in candidates}
    order = _without_contained(places)
    spans = [places[i] for i in order]
    return Spoken(tuple(by_id[i] for i in order), tuple(_markers(marked, spans)))


def called(question: str, papers: Papers) -> tuple[Paper, ...]:
    """The papers that a question calls by name, in order.

    A name is a title's part up to the colon, of at most three words and spelt with the same
    capitals; or a word like "DisenDiff", if one paper alone has it.
    """
    places: dict[str, tuple[int, int]] = {}
    known: dict[str, Paper] = {}
    plain = _squash(question)
    for word in names_of(question)[:_MOST_NAMES]:
        near = [i for i, _ in papers.matching(word, _NEAREST, title_boost=_TITLE_BOOST)]
        found = list(papers.get_many(near).values())
        by_title = [p for p in found if _is_called(p, question)]
        for paper in by_title or _only_one(found, word):
            name = _squash(paper.title.partition(":")[0]) if by_title else _squash(word)
            at = max(plain.find(name), 0)
            places[paper.id], known[paper.id] = (at, at + len(name)), paper
    return tuple(known[i] for i in _without_contained(places))


def is_title(text: str, paper: Paper) -> bool:
    """Whether the text is the paper's title and nothing else."""
    return _squash(text) == _squash(paper.title)


def _is_called(paper: Paper, question: str) -> bool:
    name = without_latex(paper.title.partition(":")[0]).strip()
    if ":" not in paper.title or len(name.split()) > _LONGEST_NAME:
        return False
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", question) is not None


def _only_one(papers: Sequence[Paper], word: str) -> list[Paper]:
    """The paper whose text has the word, if it is spelt like a coined name and no other has it."""
    if not _COINED.search(word):
        return []
    spelt = f" {_squash(word)} "
    having = [p for p in papers if spelt in f" {_squash(p.title)} {_squash(p.abstract)} "]
    return having if len(having) == 1 else []


def _candidates(text: str, papers: Papers) -> list[Paper]:
    found: dict[str, None] = {}
    for piece in [*_QUOTED.findall(text)[:_MOST_SPANS], *_pieces(text)]:
        for paper_id, _ in papers.matching(piece, _NEAREST, title_boost=_TITLE_BOOST):
            found[paper_id] = None
    return list(papers.get_many(list(found)).values())


def _pieces(text: str) -> list[str]:
    pieces = [piece.strip() for piece in _BREAKS.split(text) if piece.strip()]
    return [piece[:_MOST_LETTERS] for piece in pieces][:_MOST_SPANS]


def _place(
    paper: Paper, marked: str, plain: str, quoted: set[str], sentences: list[str]
) -> tuple[int, int] | None:
    """Where in the squashed text the paper is named: (start, end), or None."""
    title = _squash(paper.title)
    name = _squash(paper.title.partition(":")[0])
    words = [w for w in (title, name) if w in quoted]
    if len(title) >= _LEAST_TITLE:
        words.insert(0, title)
    for phrase in words:
        at = f" {marked} ".find(f" {phrase} ")
        if at >= 0:
            return at, at + len(phrase)
    abstract = _squash(paper.abstract) if any(s in plain for s in sentences) else ""
    for sentence in sentences:
        if sentence in abstract:
            at = max(marked.find(sentence), 0)
            return at, at + len(sentence)
    return None


def _without_contained(places: dict[str, tuple[int, int]]) -> list[str]:
    """In order; "Orca 2: ..." is not also a mention of a paper that is called "Orca"."""
    return sorted(
        (
            i
            for i, (start, end) in places.items()
            if not any(
                s <= start and end <= e and (s, e) != (start, end) for s, e in places.values()
            )
        ),
        key=lambda i: (places[i], i),
    )


def _markers(marked: str, spans: Sequence[tuple[int, int]]) -> Iterator[int | None]:
    """The marker of each span: before it, as in a list of sources, if the first has it there."""
    before = [_ENDS_MARKED.search(marked[max(0, start - 24) : start]) for start, _ in spans]
    stops = [*(start for start, _ in spans), len(marked)][1:]
    after = [_MARKED.search(marked, end, stop) for (_, end), stop in zip(spans, stops, strict=True)]
    for found in before if before and before[0] else after:
        yield int(found[1]) if found else None


def _squash(text: str) -> str:
    """Words alone, in lower case, one space between."""
    return " ".join(re.findall(r"[^\W_]+", normalise(text)))
