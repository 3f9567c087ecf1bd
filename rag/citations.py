"""Evidence keys in a model's text -> ``[n]`` markers that stand for exact sentences. Pure.

Whatever a model writes, the outcome keeps the promise: every ``[n]`` in the text has a
citation, every citation's marker is in the text, every quote is verbatim at its offsets.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from index.sentences import sentence_spans
from rag.context import Evidence, EvidencePaper, EvidenceSentence
from rag.types import Citation

_CLOSING = {"[": "]", "【": "】", "［": "］", "(": ")"}
_OPENING = re.compile(r"[\[【［(]")
_LONGEST = 200  # characters between brackets that may still be a citation
_LONGEST_ROUND = 40  # the same for round brackets, which are common in prose
_WORD = re.compile(r"[A-Za-z0-9]+")
_WORD_CHARACTERS = string.ascii_letters + string.digits
MARKER = re.compile(r"\[(\d+)\]")

_CITATION_LIKE = re.compile(
    r"""
    [\s^#*†‡@_`'"]*
    (?:
        0+ | [1-9]\d* (?: [\s,;–—-]+ [1-9]\d* )*        # 1; 1, 2; 3-5; 0 (but 0, 1 is an interval)
      | (?=[a-z]*\d)(?=\d*[a-z])[a-z\d]{3,6}             # a key that was not given out
        (?: [\s,;|/]+ [a-z\d]{3,6} )*
      | (?i:source|ref|reference|paper|doc|document|key|cite|citation)s?
        \W* (?: [a-z]? \d+ [\W\d]* )?                    # source 3
      | [^\[\]]* \b et\ al\b [^\[\]]*                    # Smith et al., 2020
      | [A-Z][\w'’.-]+ (?: [\s,&]+ (?:and\s+)? [A-Z][\w'’.-]+ )* [\s,(]+ (?:19|20)\d\d [a-z]? \)?
      | \d+ † .*                                         # 3†source
    )
    [\s.:;,*_`'"]*
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Resolved:
    """A piece of final text, and the citations that it adds."""

    text: str
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A place in the final text where sentences are cited. ``end`` is just after its markers."""

    start: int
    end: int
    citations: tuple[Citation, ...]


@dataclass(slots=True)
class MarkerResolver:
    """Turns a model's text into final text, piece by piece.

    ``[key]``, ``[key1, key2]``, ``[key1][key2]``, ``【key】``, ``(key)`` and a bare key become
    ``[n]``, numbered by paper in the order of first use; markers of one paper side by side are
    merged. What looks like a citation and isn't a key that was given out is removed and counted
    in ``removed``. Text is held back only from an opening bracket until it is decided.
    """

    evidence: Evidence
    citations: list[Citation] = field(default_factory=list)
    occurrences: list[Occurrence] = field(default_factory=list)
    removed: Counter[str] = field(default_factory=Counter)
    _known: dict[str, tuple[EvidencePaper, EvidenceSentence]] = field(init=False)
    _markers: dict[str, int] = field(default_factory=dict)
    _by_key: dict[str, Citation] = field(default_factory=dict)
    _held: str = ""
    _space: str = ""  # white space that is written only when something follows it
    _digits_open: bool = False  # the text so far ends like "[12", so that "]" would make a marker
    _adjacent: set[int] = field(default_factory=set)
    _after_removal: bool = False
    _pieces: list[str] = field(default_factory=list)
    _length: int = 0
    _fresh: list[Citation] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._known = {s.key: (p, s) for p in self.evidence.papers for s in p.sentences}

    @property
    def text(self) -> str:
        """All final text so far."""
        return "".join(self._pieces)

    def feed(self, piece: str) -> Resolved:
        """Takes a piece of the model's text; gives the final text that it completes."""
        self._held += piece
        return self._drain(final=False)

    def finish(self) -> Resolved:
        """Gives what is still held back. A citation that was cut off is removed."""
        return self._drain(final=True)

    def _drain(self, *, final: bool) -> Resolved:
        before = len(self._pieces)
        position, held = 0, self._held
        while position < len(held):
            match = _OPENING.search(held, position)
            if match is None:
                position = self._prose(held, position, len(held), final=final)
                break
            position = self._prose(held, position, match.start(), final=True)
            end = self._bracket(held, position, final=final)
            if end is None:
                break
            position = end
        self._held = held[position:]
        fresh, self._fresh = tuple(self._fresh), []
        return Resolved("".join(self._pieces[before:]), fresh)

    def _prose(self, held: str, start: int, end: int, *, final: bool) -> int:
        """Writes text without opening brackets; returns where it stopped.

        A word at the end may go on in the next piece and become a key: it waits.
        """
        if not final:
            edge = start + len(held[start:end].rstrip(_WORD_CHARACTERS))
            end = edge if end - edge <= _LONGEST else end
        position = start
        for word in _WORD.finditer(held, start, end):
            if word[0].lower() in self._known:
                self._write(held[position : word.start()])
                self._cite([word[0].lower()])
                position = word.end()
        self._write(held[position:end])
        return end

    def _bracket(self, held: str, start: int, *, final: bool) -> int | None:
        """Decides on the bracket that opens at ``start``: where to go on, or None to wait."""
        opening = held[start]
        longest = _LONGEST_ROUND if opening == "(" else _LONGEST
        end = held.find(_CLOSING[opening], start + 1, start + longest)
        stop = _first_of("\n[【［", held, start + 1, len(held) if end < 0 else end)
        if stop < 0 and end < 0 and len(held) - start < longest:
            if not final:
                return None
            if opening != "(" and _is_cut_off(held[start + 1 :]):
                self._remove(held[start:])
                return len(held)
        if stop >= 0 or end < 0:
            self._write(opening)
            return start + 1
        return self._closed(held, start, end)

    def _closed(self, held: str, start: int, end: int) -> int:
        """Decides on the bracket from ``start`` to ``end``; returns where to go on."""
        content = held[start + 1 : end]
        words = [word.lower() for word in _WORD.findall(content)]
        keys = [word for word in words if word in self._known]
        others = len(words) - len(keys)
        round_ = held[start] == "("
        if keys and others <= (0 if round_ else 2 * len(keys)):
            self._cite(keys)
            for word in words:
                if word not in self._known and re.search(r"\d", word):
                    self.removed[word] += 1
            return end + 1
        if not round_ and not keys and (not words or _CITATION_LIKE.fullmatch(content)):
            self._remove(content)
            return end + 1
        self._write(held[start])
        return start + 1

    def _cite(self, keys: Iterable[str]) -> None:
        """Writes the markers of known keys."""
        cited = [self._citation(key) for key in dict.fromkeys(keys)]
        numbers = [n for n in dict.fromkeys(c.marker for c in cited) if n not in self._adjacent]
        if numbers:
            self._flush_space()
            start = self._length
            self._append("".join(f"[{number}]" for number in numbers))
            self._adjacent.update(numbers)
            self._digits_open = self._after_removal = False
        else:
            start = self._length
            self._after_removal = True
        self.occurrences.append(Occurrence(start, self._length, tuple(cited)))

    def _citation(self, key: str) -> Citation:
        if key in self._by_key:
            return self._by_key[key]
        entry, sentence = self._known[key]
        marker = self._markers.setdefault(entry.paper.id, len(self._markers) + 1)
        citation = Citation(marker, entry.paper, sentence.text, sentence.start, sentence.end, 0.0)
        self._by_key[key] = citation
        self.citations.append(citation)
        self._fresh.append(citation)
        return citation

    def _remove(self, content: str) -> None:
        self.removed[content.strip("[]【】［］ ")] += 1
        self._after_removal = True

    def _write(self, text: str) -> None:
        """Writes ordinary text: never such that it, or a removal in it, makes up a marker."""
        if not text:
            return
        stripped = text.rstrip()
        if not stripped:
            self._space += text
            return
        guarded = self._guarded(stripped)
        kept = guarded.lstrip()  # white space behind a bracket that went is white space, too
        self._space += guarded[: len(guarded) - len(kept)]
        if kept:
            if self._after_removal and kept[0] in ".,;:!?)":
                self._space = ""
            self._flush_space()
            self._append(kept)
            self._adjacent.clear()
            self._after_removal = False
        self._space += text[len(stripped) :]

    def _flush_space(self) -> None:
        if self._space and self._length:
            if self._after_removal and self._space.isspace() and "\n" not in self._space:
                self._space = " "
            self._append(self._space)
        self._space = ""

    def _guarded(self, text: str) -> str:
        if "[" not in text and not self._digits_open:
            return text
        kept = []
        for c in text:
            if c == "[":
                self._digits_open = True
            elif c == "]" and self._digits_open:
                self.removed["]"] += 1
                continue
            elif not (c.isdigit() or c.isspace()):
                self._digits_open = False
            kept.append(c)
        return "".join(kept)

    def _append(self, text: str) -> None:
        self._pieces.append(text)
        self._length += len(text)


def _first_of(characters: str, text: str, start: int, end: int) -> int:
    found = [i for c in characters if (i := text.find(c, start, end)) >= 0]
    return min(found, default=-1)


def _is_cut_off(content: str) -> bool:
    """An opened bracket at the very end: the beginning of keys or numbers."""
    return len(content) <= 12 and re.fullmatch(r"[\w\s,;]*", content) is not None


@dataclass(frozen=True, slots=True)
class CitedSentence:
    """A sentence of the answer without its markers, and what it cites."""

    text: str
    markers: tuple[int, ...]
    citations: tuple[Citation, ...]


def cited_sentences(text: str, occurrences: Iterable[Occurrence]) -> list[CitedSentence]:
    """The final text as sentences with the citations that belong to each.

    Markers after a full stop belong to the sentence before it; at the beginning of a line, and
    of the text, they belong to the sentence that follows.
    """
    plain, places = _without_markers(text, list(occurrences))
    spans = sentence_spans(plain)
    cited: list[list[Citation]] = [[] for _ in spans]
    for place, citations in places:
        owner = _owner(plain, spans, place)
        if owner is not None:
            cited[owner].extend(citations)
    sentences = []
    for (start, end), found in zip(spans, cited, strict=True):
        unique = tuple(dict.fromkeys((c.marker, c.start) for c in found))
        by_place = {(c.marker, c.start): c for c in found}
        citations = tuple(by_place[place] for place in unique)
        markers = tuple(dict.fromkeys(c.marker for c in citations))
        words = re.sub(r"\s+", " ", plain[start:end])
        sentences.append(CitedSentence(words, markers, citations))
    return sentences


def _without_markers(
    text: str, occurrences: list[Occurrence]
) -> tuple[str, list[tuple[int, tuple[Citation, ...]]]]:
    """The text without its markers, and where in it each occurrence was."""
    pieces, places = [], []
    position = length = 0
    for occurrence in occurrences:
        piece = text[position : occurrence.start]
        if not text[occurrence.end : occurrence.end + 1].isalnum():
            piece = piece.rstrip(" ")
        pieces.append(piece)
        length += len(piece)
        places.append((length, occurrence.citations))
        position = max(position, occurrence.end)
    pieces.append(text[position:])
    return "".join(pieces), places


def _owner(plain: str, spans: list[tuple[int, int]], place: int) -> int | None:
    """The sentence that a marker at ``place`` of the plain text belongs to."""
    before = [i for i, (start, _) in enumerate(spans) if start < place]
    if not before:
        return 0 if spans else None
    last = before[-1]
    opens_line = "\n" in plain[spans[last][1] : place]
    return last + 1 if opens_line and last + 1 < len(spans) else last
