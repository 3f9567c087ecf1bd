"""Is a claim supported by the sentences that it cites? Offline, in milliseconds."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.processors import a_turn
from rag.brackets import without_markers
from rag.grounding.features import DENIAL, denial, features
from rag.grounding.model import FEW, Model, bundled
from rag.grounding.polarity import opposite
from rag.grounding.texts import Missing, Text, missing, read
from rag.grounding.words import Word, words_of
from rag.linear import Features
from rag.planning.language import language_of

Embed = Callable[[Sequence[str]], NDArray[np.float32]]
_UNRELATED = 0.5  # share of the claim's words
KEPT = 4096  # texts whose vectors are remembered: about 10 MB
_LIST = re.compile(r"\[(\d{1,9}(?:[-,] ?\d{1,9})+)\]")


@dataclass(frozen=True, slots=True)
class Support:
    """Probability in [0, 1] that the quotes together support the claim, and what speaks against it.

    ``disagrees``: a number, a name, a unit or a negation of the claim is not as in the quotes.
    ``unrelated``: most of the claim's words are not in the quotes.
    """

    score: float
    disagrees: bool = False
    unrelated: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """A claim, the sentences that it cites, and the title of their paper where there is one."""

    claim: str
    quotes: tuple[str, ...]
    title: str = ""


class Checker:
    """Checks claims with the bundled weights, fitted to the vectors of the bundled MiniLM.

    Remembers the vectors of what it saw last, so that a quote is embedded once. May be shared
    by threads.
    """

    def __init__(self, embed: Embed, model: Model | None = None, *, kept: int = KEPT) -> None:
        self._embed = embed
        self._limit = kept
        self._model = model or bundled()
        self._kept: OrderedDict[str, Text] = OrderedDict()
        self._lock = threading.Lock()

    def check(self, claim: str, quotes: Sequence[str], *, title: str = "") -> Support:
        """How well the quotes together support the claim.

        A claim that stands word for word in a quote scores 1; nothing is said without quotes: 0.
        """
        return self.check_many([Pair(claim, tuple(quotes), title)])[0]

    def check_many(self, pairs: Sequence[Pair]) -> tuple[Support, ...]:
        """One result a pair, in order; each text is embedded once."""
        open_pairs = [pair for pair in pairs if _settled(pair) is None]
        with a_turn:
            texts = self._read(text for pair in open_pairs for text in _texts(pair))
            return tuple(_settled(pair) or self._weighed(pair, texts) for pair in pairs)

    def row(self, pair: Pair) -> Features:
        """The features of a pair that has quotes: what the model is fitted to."""
        texts = self._read(_texts(pair))
        return self._row(pair, texts, words_of(pair.title))

    def _weighed(self, pair: Pair, texts: dict[str, Text]) -> Support:
        title = words_of(pair.title)
        claim, quotes = texts[pair.claim], [texts[quote] for quote in _quotes(pair)]
        score = self._model.probability(self._row(pair, texts, title), len(quotes))
        lost = missing(claim, quotes, title)
        english = language_of(pair.claim) == "en"
        return Support(
            score,
            _disagrees(claim, quotes, lost, english=english),
            english and len(lost.words) > _UNRELATED * max(1, len(claim.stems)),
        )

    def _row(self, pair: Pair, texts: dict[str, Text], title: Sequence[Word]) -> Features:
        quotes = [texts[quote] for quote in _quotes(pair)]
        against = texts[opposite(pair.claim)].vector if len(quotes) > FEW else None
        return features(texts[pair.claim], against, quotes, title, self._model.weigh)

    def _read(self, wanted: Iterable[str]) -> dict[str, Text]:
        texts = list(dict.fromkeys(wanted))
        with self._lock:
            found = {text: self._kept[text] for text in texts if text in self._kept}
        fresh = [text for text in texts if text not in found]
        if fresh:
            found |= {t: read(t, v) for t, v in zip(fresh, self._embed(fresh), strict=True)}
        with self._lock:
            for text in texts:
                self._kept[text] = found[text]
                self._kept.move_to_end(text)
            while len(self._kept) > self._limit:
                self._kept.popitem(last=False)
        return found


def _quotes(pair: Pair) -> list[str]:
    return list(dict.fromkeys(quote for quote in pair.quotes if quote.strip()))


def _texts(pair: Pair) -> list[str]:
    """What is embedded. The opposite tells something beside a whole abstract only."""
    quotes = _quotes(pair)
    return [pair.claim, *quotes, *([opposite(pair.claim)] if len(quotes) > FEW else [])]


def _settled(pair: Pair) -> Support | None:
    """What needs no model: nothing to check, nothing to check it against, or a verbatim quote."""
    if not _quotes(pair) or not any(char.isalnum() for char in pair.claim):
        return Support(0.0, unrelated=True)
    return Support(1.0) if verbatim(pair.claim, pair.quotes) else None


def verbatim(claim: str, quotes: Sequence[str]) -> bool:
    """Whether the claim stands in the quotes, whole words, but for white space, a full stop at its
    end, and round brackets for square ones around numbers.
    """
    said = _plain(claim).rstrip(" .")
    joined = _plain(" ".join(quotes))
    start = joined.find(said) if said else -1
    while start >= 0:
        end = start + len(said)
        if not _runs_on(joined[max(0, start - 1) : start + 1]) and not _runs_on_after(joined, end):
            return True
        start = joined.find(said, start + 1)
    return False


def _plain(text: str) -> str:
    return _LIST.sub(r"(\1)", without_markers(" ".join(text.split())))


def _runs_on(two: str) -> bool:
    return len(two) == 2 and all(char.isalnum() for char in two)


def _runs_on_after(text: str, end: int) -> bool:
    """Whether a word or a number goes on: "5" is not what "5.2" says."""
    if _runs_on(text[end - 1 : end + 1]):
        return True
    after = text[end : end + 2]
    return (
        text[end - 1].isdigit()
        and len(after) == 2
        and after[0] in ".,%"
        and (after[0] == "%" or after[1].isdigit())
    )


def _disagrees(claim: Text, quotes: Sequence[Text], lost: Missing, *, english: bool) -> bool:
    """Whether the claim differs from its quotes in what can be told apart for certain.

    Names and negations are recognised in English alone; a number written as a word ("the two")
    is often the writer's own.
    """
    if any(number[0].isdigit() for number in lost.numbers) or lost.units:
        return True
    if not english:
        return False
    return bool(lost.names) or max(denial(claim, quotes)) >= DENIAL
