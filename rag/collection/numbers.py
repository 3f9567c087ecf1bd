"""Numbers and bounds in words: "two", "20 or more", "fewer than 4", "between five and eight"."""

from __future__ import annotations

import re

_UNITS_TEXT = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
sixteen seventeen eighteen nineteen
"""
_UNITS = _UNITS_TEXT.split()
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_OTHERS = {
    "single": 1, "sole": 1, "lone": 1, "solo": 1, "couple": 2, "pair": 2, "dozen": 12,
    "hundred": 100,
}  # fmt: skip
_WORDS = {word: number for number, word in enumerate(_UNITS)}
_WORDS |= {word: 10 * (place + 2) for place, word in enumerate(_TENS)}
_WORDS |= {
    f"{ten}{join}{unit}": 10 * (place + 2) + digit
    for place, ten in enumerate(_TENS)
    for digit, unit in enumerate(_UNITS[1:10], 1)
    for join in ("-", " ")
}
_WORDS |= _OTHERS

_ORDINALS_TEXT = "first second third fourth fifth sixth seventh eighth ninth tenth"
_ORDINALS = _ORDINALS_TEXT.split()

_ALTERNATIVES = "|".join(sorted(map(re.escape, _WORDS), key=lambda word: (-len(word), word)))
NUMBER = rf"(?:\d{{1,4}}(?!\d)|(?:an?\s+)?(?:{_ALTERNATIVES})\b(?:\s+of\b)?)"
ORDINAL = rf"(?:{'|'.join(_ORDINALS)}|\d{{1,2}}(?:st|nd|rd|th))"

_BEFORE = {
    "ge": r"at least|no (?:fewer|less) than|not (?:fewer|less) than|(?:a )?minimum(?: of)?|min\.?"
    r"|upwards? of|>=|≥|=>",
    "le": r"at (?:the )?most|no more than|not more than|up to|(?:a )?maximum(?: of)?|max\.?|<=|≤"
    r"|no larger than",
    "gt": r"more than|(?:strictly )?(?:over|above)|(?:greater|larger|higher|bigger) than"
    r"|exceeding|beyond|>",
    "lt": r"(?:fewer|less|lower|smaller) than|under|below|<",
    "eq": r"exactly|precisely|just|only|no more and no less than|==?|a total of",
    "between": r"between|from|anywhere from|anything from",
}
_AFTER = {
    "ge": r"or more|or above|or over|or greater|or higher|and more|and above|and up(?:wards)?"
    r"|upwards?|plus|\+|at least|at a minimum|or larger",
    "le": r"or fewer|or less|or below|or under|and fewer|and less|and below|at (?:the )?most"
    r"|or smaller|or lower",
}
_PRE = "|".join(f"(?P<pre_{name}>{words})" for name, words in _BEFORE.items())
_POST = "|".join(f"(?P<post_{name}>{words})" for name, words in _AFTER.items())
_TAIL = "|".join(f"(?P<tail_{name}>{words})" for name, words in _AFTER.items())


def quantity(unit: str, before: str = "") -> re.Pattern[str]:
    """A pattern for ``before``, a number with its bounds, and ``unit``; read it with ``bounds``."""
    tail = rf"(?:\s+(?:{_TAIL})(?![\w-]))?" if unit else ""
    return re.compile(
        rf"{before}(?:(?<!\w)(?:{_PRE})\s*)?(?<![\w.])(?P<a>{NUMBER})"
        rf"(?:\s*(?:{_POST})|\s*(?P<join>[-–]|to|and|or|through)\s*(?P<b>{NUMBER}))?"
        rf"(?:[\s-]*{unit}){tail}",
        re.IGNORECASE,
    )


def number(word: str) -> int | None:
    """The value of a NUMBER, or of an ORDINAL; None for anything else."""
    plain = re.sub(r"^an?\s+|\s+of$", "", " ".join(word.lower().split()))
    if plain in _WORDS:
        return _WORDS[plain]
    if plain in _ORDINALS:
        return _ORDINALS.index(plain) + 1
    digits = re.match(r"\d{1,4}(?=st$|nd$|rd$|th$|$)", plain)
    return int(digits[0]) if digits else None


def bounds(match: re.Match[str]) -> tuple[int | None, int | None] | None:
    """(least, most), inclusive, of a match of ``quantity``; None where it contradicts itself."""
    first = number(match["a"])
    if first is None:
        return None
    groups = {name for name, text in match.groupdict().items() if text and "_" in name}
    signs = {name.partition("_")[2] for name in groups} - {"between"}
    if match["b"]:
        return _range(first, number(match["b"]), match["join"].lower(), signs)
    if len(signs) > 1 or "pre_between" in groups:
        return None
    ways: dict[str, tuple[int | None, int | None]] = {
        "ge": (first, None),
        "le": (None, first),
        "gt": (first + 1, None),
        "lt": (None, first - 1),
    }
    return ways.get(next(iter(signs), "eq"), (first, first))


def _range(
    first: int, last: int | None, join: str, signs: set[str]
) -> tuple[int | None, int | None] | None:
    if last is None or signs - {"eq"} or last < first:
        return None
    if join == "or" and last != first + 1:
        return None  # "two or five": no range
    return first, last
