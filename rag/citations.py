"""Evidence keys in a model's text -> ``[n]`` markers that stand for exact sentences. Pure.

Whatever a model writes, the outcome keeps the promise: every ``[n]`` in the text has a
citation, every citation's marker is in the text, every quote is verbatim at its offsets.
A key counts only as it was given out: nothing is guessed from one that comes near.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rag import brackets
from rag.brackets import CLOSING, SPANS, SQUARE, Bracket, Keys
from rag.cited import CitedSentence, Occurrence, cited_sentences
from rag.context import Evidence, EvidencePaper, EvidenceSentence
from rag.types import Citation

__all__ = ["CitedSentence", "MarkerResolver", "Occurrence", "Resolved", "cited_sentences"]

_OPENING = re.compile(rf"\\?[{re.escape(''.join(CLOSING))}]")
_LONGEST = 200  # characters between square brackets that may still be a citation
_LONGEST_OTHER = 120  # the same for the others, which are common in prose
_WORD = re.compile(r"[A-Za-z0-9]+")
_HELD_BACK = string.ascii_letters + string.digits + "\\"  # what may go on in the next piece
_STOPS = "".join(["\n", *SQUARE])  # no citation goes on behind them
_CLOSERS = frozenset(CLOSING[opening] for opening in SQUARE)


@dataclass(frozen=True, slots=True)
class Resolved:
    """A piece of final text, and the citations that it adds."""

    text: str
    citations: tuple[Citation, ...] = ()


@dataclass(slots=True)
class MarkerResolver:
    """Turns a model's text into final text, piece by piece.

    ``[key]``, ``[key1, key2]``, ``[key1key2]``, ``【key】``, ``(key)`` and a bare key become
    ``[n]``, numbered by paper in the order of first use; papers in ``numbers`` (id -> marker) keep
    theirs, and new ones go on after the largest. Markers of one paper side by side are merged;
    in code and mathematics they move behind it. What looks like a citation and isn't a key that
    was given out is removed and counted in ``removed``. A link is its text; its address stays
    only where the evidence has it. Text is held back only until its bracket is decided.
    """

    evidence: Evidence
    numbers: Mapping[str, int] = field(default_factory=dict)
    citations: list[Citation] = field(default_factory=list)
    occurrences: list[Occurrence] = field(default_factory=list)
    removed: Counter[str] = field(default_factory=Counter)
    _known: dict[str, tuple[EvidencePaper, EvidenceSentence]] = field(init=False)
    _keys: Keys = field(init=False)
    _told: str = field(init=False)
    _markers: dict[str, int] = field(init=False)
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
        self._keys = Keys.of(self._known)
        self._told = brackets.told_by(self.evidence)
        self._markers = dict(self.numbers)

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
            end = self._bracket(held, position, match.end(), final=final)
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
            edge = start + len(held[start:end].rstrip(_HELD_BACK))
            end = edge if end - edge <= _LONGEST else end
        position = start
        for word in _WORD.finditer(held, start, end):
            keys, cut = self._keys.split(word[0]), word.start()
            if not keys and (glued := self._keys.glued(word[0])):
                keys, cut = [glued], word.end() - len(glued)
            if keys:
                self._write(held[position:cut])
                self._cite(keys)
                position = word.end()
        self._write(held[position:end])
        return end

    def _bracket(self, held: str, start: int, first: int, *, final: bool) -> int | None:
        """Decides on the bracket that opens before ``first``: where to go on, or None to wait."""
        opening = held[first - 1]
        doubled = opening in SQUARE and held.startswith(opening, first)
        inner, closing = first + doubled, CLOSING[opening]
        longest = _LONGEST if opening in SQUARE else _LONGEST_OTHER
        end = held.find(closing, inner, inner + longest)
        stops = "\n" if opening in SPANS else _STOPS
        stop = brackets.first_of(stops, held, inner, len(held) if end < 0 else end)
        if stop < 0 and end < 0 and len(held) - inner < longest:
            if not final:
                return None
            if opening in SQUARE and brackets.is_cut_off(held[inner:]):
                self._remove(held[start:])
                return len(held)
        if stop >= 0 or end < 0:
            self._write(held[start:first])
            return first
        after = end + 1 + doubled
        if not final and opening in SQUARE and brackets.may_become_target(held, after):
            return None
        if doubled and not held.startswith(closing, end + 1):
            self._write(held[start:first])
            return first
        return self._closed(held, Bracket(opening, start, inner, end, after))

    def _closed(self, held: str, found: Bracket) -> int:
        """Decides on a whole bracket; returns where to go on."""
        if found.opening in SPANS:
            return self._span(held, found)
        square = found.opening in SQUARE
        content = brackets.plain(held[found.first : found.last].removesuffix("\\"))
        link = brackets.target(held, found.end) if square else None
        end = link[1] if link else found.end
        if self._cites(content, found.opening):
            if link:
                self.removed[link[0]] += 1
            return end
        if found.opening == "<" and brackets.is_tag(content):
            return found.end
        if self._refers_to_nothing(content, found.opening):
            self._remove(content)
            return end
        if link:
            known = link[0] in self._told
            self._write(f"{content} ({link[0]})" if known else content)
            self.removed.update([] if known else [link[0]])
            return end
        resume = found.first if held[found.start] == "\\" else found.start + 1
        self._write(held[found.start : resume])
        return resume

    def _cites(self, content: str, opening: str) -> bool:
        """Cites the keys of a bracket where it is one of keys; says whether it was."""
        words = brackets.words(content)
        keys = [key for word in words for key in self._keys.split(word)]
        others = [word for word in words if not self._keys.split(word)]
        if not keys:
            return False
        if opening in SQUARE:
            fits = len(others) <= 2 * len(keys)
        else:
            fits = all(opening in "(（" and brackets.is_key_like(word) for word in others)
        if fits:
            self._cite(keys)
            self.removed.update(word for word in others if re.search(r"\d", word))
        return fits

    def _refers_to_nothing(self, content: str, opening: str) -> bool:
        if opening in SQUARE:
            said = any(c.isalnum() for c in content)
            return not said or brackets.is_reference(content)
        return opening in "(（" and brackets.is_author_year(content, self._told)

    def _span(self, held: str, found: Bracket) -> int:
        """Code or mathematics: written as it is, the keys in it cited behind it."""
        content = held[found.first : found.last]
        if not content or (found.opening == "$" and not brackets.is_mathematics(content)):
            end = found.first if content else found.end
            self._write(held[found.start : end])
            return end
        rest, keys = self._keys.take(content)
        if not keys or any(c.isalnum() for c in rest):
            opened, closed = held[found.start : found.first], held[found.last : found.end]
            self._write(opened + brackets.without_markers(rest) + closed)
        self._cite(keys)
        return found.end

    def _cite(self, keys: Iterable[str]) -> None:
        """Writes the markers of known keys."""
        cited = [self._citation(key) for key in dict.fromkeys(keys)]
        if not cited:
            return
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
        following = max(self._markers.values(), default=0) + 1
        marker = self._markers.setdefault(entry.paper.id, following)
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
            self._wait(text)
            return
        guarded = self._guarded(stripped)
        kept = guarded.lstrip()  # white space behind a bracket that went is white space, too
        self._wait(guarded[: len(guarded) - len(kept)])
        if kept:
            if self._after_removal and kept[0] in ".,;:!?)。，；：！？）":
                self._space = ""
            self._flush_space()
            self._append(kept)
            self._adjacent.clear()
            self._after_removal = False
        self._wait(text[len(stripped) :])

    def _wait(self, space: str) -> None:
        """Holds white space back. Markers on two lines belong to two sentences: none merge."""
        self._space += space
        if "\n" in space:
            self._adjacent.clear()

    def _flush_space(self) -> None:
        if self._space and self._length:
            if self._after_removal and self._space.isspace() and "\n" not in self._space:
                self._space = " "
            self._append(self._space)
        self._space = ""

    def _guarded(self, text: str) -> str:
        if not self._digits_open and SQUARE.isdisjoint(text):
            return text
        kept = []
        for c in text:
            if c in SQUARE:
                self._digits_open = True
            elif c in _CLOSERS and self._digits_open:
                self.removed[c] += 1
                continue
            elif not (brackets.is_digit(c) or brackets.is_unseen(c)):
                self._digits_open = False
            kept.append(c)
        return "".join(kept)

    def _append(self, text: str) -> None:
        self._pieces.append(text)
        self._length += len(text)
