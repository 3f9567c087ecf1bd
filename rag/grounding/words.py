"""The words of a claim and of its quotes, made comparable: stems, names, numbers with units."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from index.text import without_latex

_WORD = re.compile(r"(?<![\w.])[-−–](?=\d)|\d+(?:[.,·:]\d+)*|[^\W\d_][^\W_]*(?:['’][^\W\d_]+)?|%")
_SUFFIXES_TEXT = """
izations isations ization isation ationally ational ations ation atively ative ating ated ates ate
ators ator atory fulness ousness iveness ically ical ically ics ic ities ity ments ment nesses ness
ingly ings ing edly ed ers er ors or ions ion ives ive ously ous ally als al ances ance ences ence
ants ant ents ent ables able ibly ible ably ies ily ied ize izes ized ise ises ised ly es s e y
"""
_SUFFIXES = _SUFFIXES_TEXT.split()
_BY_LENGTH = sorted(set(_SUFFIXES), key=lambda suffix: (-len(suffix), suffix))
_SHORTEST = 4  # letters that must stay of a stem
_STOP_TEXT = """
a about across after again all also although always am among an and another any are as at away be
became because become been before being between both but by can cannot could did do does doing done
during each either else ever every for from further had has have having he hence her here him his
how however i if in indeed into is it its itself just let like made make many may me might moreover
much must my near neither no nor not of off often on once only onto or other others our out over own
paper per quite rather s same she should since so some still such t than that the their them then
there therefore these they this those though through thus to together too toward towards under until
upon us use used uses using very via was we well were what when where whether which while who whose
why will with within work would yet you your
"""
STOP = frozenset(_STOP_TEXT.split())
_SPELLED_TEXT = "two three four five six seven eight nine ten eleven twelve"
_SPELLED = {word: str(value) for value, word in enumerate(_SPELLED_TEXT.split(), 2)}
_UNITS = {
    "%": "percent", "percent": "percent", "percentage": "percent", "point": "points",
    "points": "points", "x": "times", "times": "times", "fold": "times", "ms": "ms",
    "milliseconds": "ms", "millisecond": "ms", "s": "seconds", "sec": "seconds",
    "second": "seconds", "seconds": "seconds", "min": "minutes", "minute": "minutes",
    "minutes": "minutes", "h": "hours", "hour": "hours", "hours": "hours", "day": "days",
    "days": "days", "week": "weeks", "weeks": "weeks", "month": "months", "months": "months",
    "year": "years", "years": "years", "kb": "kb", "mb": "mb", "gb": "gb", "tb": "tb",
    "k": "thousand", "thousand": "thousand", "m": "million", "million": "million",
    "b": "billion", "billion": "billion", "trillion": "trillion", "mm": "mm", "cm": "cm",
    "km": "km", "meters": "metres", "metres": "metres", "kg": "kg", "g": "grams", "mg": "mg",
    "db": "db", "hz": "hz", "khz": "khz", "dollars": "dollars", "bit": "bits", "bits": "bits",
    "tokens": "tokens", "parameters": "parameters", "languages": "languages",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Word:
    """One word: as written, in lower case, its stem, and what kind it is."""

    text: str
    lower: str
    stem: str
    number: bool
    name: bool

    @property
    def content(self) -> bool:
        """Whether it says something by itself."""
        return self.number or (self.lower not in STOP and self.lower[0].isalnum())


@dataclass(frozen=True, slots=True)
class Number:
    """A number written one way, and its unit where one of the known ones follows it."""

    value: str
    unit: str
    text: str


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The word without its longest known ending; four letters stay.

    Rough on purpose: "inhibits", "inhibitor" and "inhibition" must meet; that "general" and
    "generate" meet as well does little harm in a sentence that is about something else.
    """
    if not word.isalpha() or len(word) <= _SHORTEST:
        return word
    for suffix in _BY_LENGTH:
        if word.endswith(suffix) and len(word) - len(suffix) >= _SHORTEST:
            return word[: -len(suffix)]
    return word


def words_of(text: str) -> tuple[Word, ...]:
    """The words of a text in order; LaTeX markup is dropped first."""
    pieces = _WORD.findall(without_latex(text))
    return tuple(_word(piece, first=place == 0) for place, piece in enumerate(pieces))


def _word(piece: str, *, first: bool) -> Word:
    lower = piece.lower().replace("’", "'").removesuffix("'s")
    number = piece[0].isdigit()
    return Word(piece, lower, stem(lower), number, not number and _is_name(piece, first))


def _is_name(piece: str, first: bool) -> bool:
    """Whether it looks like the name of a thing (DisenDiff, GPT, p53; Mof, but not at the start).

    One capital at the front of the first word tells nothing.
    """
    if len(piece) < 2 or not piece[0].isalpha() or "'" in piece or "’" in piece:
        return False
    if any(char.isdigit() or char.isupper() for char in piece[1:]):
        return True
    return not first and piece[0].isupper() and piece.lower() not in STOP


def numbers_of(words: Sequence[Word]) -> tuple[Number, ...]:
    """The numbers among the words, "two" to "twelve" included."""
    found = []
    for place, word in enumerate(words):
        if word.number or word.lower in _SPELLED:
            value = _SPELLED.get(word.lower) or _value(word.text)
            after = [_UNITS.get(other.lower, "") for other in words[place + 1 : place + 3]]
            if after[:1] == ["percent"] and after[1:] == ["points"]:
                after = ["points"]
            found.append(Number(value, after[0] if after else "", word.text))
    return tuple(found)


def _value(text: str) -> str:
    """No thousands' commas, a decimal point (papers write 3,15 and 4:52 too), no zeros after."""
    plain = re.sub(r",(?=\d{3}(?:\D|$))", "", text)
    plain = plain.replace("·", ".").replace(",", ".").replace(":", ".")
    if not plain.isascii() or plain.count(".") > 1:
        return plain
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def same_number(claimed: str, quoted: str) -> bool:
    """Whether the two are equal, or the claimed one is the quoted one rounded (81.7 -> 82)."""
    if claimed == quoted:
        return True
    whole, _, decimals = claimed.partition(".")
    _, point, more = quoted.partition(".")
    if not point or len(more) <= len(decimals) or not (claimed + quoted).isascii():
        return False
    if claimed.count(".") > 1 or quoted.count(".") > 1 or len(whole) > 15:
        return False
    return abs(float(claimed) - float(quoted)) <= 0.5 * 10.0 ** -len(decimals) + 1e-9


def squeezed(words: Iterable[Word]) -> set[str]:
    """The words, and each two or three neighbours as one, so that GATA-3 is GATA3."""
    lowers = [word.lower for word in words if word.lower[0].isalnum()]
    found = set(lowers)
    for size in (2, 3):
        found.update("".join(lowers[i : i + size]) for i in range(len(lowers) - size + 1))
    return found


def initials(words: Sequence[Word], sizes: Iterable[int]) -> set[str]:
    """The acronyms that words may stand for: initials of each run, with and without small words."""
    every = [word for word in words if word.lower[0].isalpha()]
    lines = ["".join(w.lower[0] for w in kept) for kept in (every, _told(every))]
    return {line[i : i + n] for line in lines for n in sizes for i in range(len(line) - n + 1)}


def spelled_out(words: Sequence[Word], acronym: str) -> set[str]:
    """The words, in lower case, that an acronym in lower case stands for."""
    found: set[str] = set()
    for kept in (words, _told(words)):
        for start in range(len(kept) - len(acronym) + 1):
            run = kept[start : start + len(acronym)]
            if all(word.lower[0] == letter for word, letter in zip(run, acronym, strict=True)):
                found.update(word.lower for word in run)
    return found


def _told(words: Sequence[Word]) -> list[Word]:
    return [word for word in words if word.content]
