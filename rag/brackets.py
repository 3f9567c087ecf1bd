"""What stands between brackets in a model's text: keys, a reference to nothing, or words. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from rag.context import Evidence, clean

CLOSING = {
    **dict(zip("[【［﹇〔❲⟦(（", "]】］﹈〕❳⟧)）", strict=True)),
    **dict(zip("{<`$", "}>`$", strict=True)),
}
SQUARE = frozenset("[【［﹇〔❲⟦")
SPANS = frozenset("`$")
"""Code and mathematics: what they enclose is left alone but for keys, which move behind."""

_WORD = re.compile(r"[A-Za-z0-9]+")
_KEY_LIKE = re.compile(r"(?=[a-z]*\d)(?=\d*[a-z])[a-z\d]{3,6}")
_IN_SPAN = re.compile(r"[\s,;]*[\[【［(]?\s*([A-Za-z0-9]{4,})\s*[\])】］]?")
_ENCLOSED = re.compile(r"[\[［﹇]([^\[\]［］﹇﹈]*)[\]］﹈]")  # these are [ and ] in NFKC
_NUMBER = re.compile(r"\s*\d+\s*")
_BLANKS = "\u115f\u1160\u2800\u3164\uffa0"  # letters and signs that look like white space

_NUMBERS_OR_KEYS = re.compile(
    r"""
    [\s^#*†‡@_`'"]*
    (?:
        0+ | [1-9]\d* (?: [\s,;–—-]+ [1-9]\d* )*        # 1; 1, 2; 3-5; 0 (but 0, 1 is an interval)
      | (?=[a-z]*\d)(?=\d*[a-z])[a-z\d]{3,6}             # a key that was not given out
        (?: [\s,;|/]+ (?=[a-z]*\d)(?=\d*[a-z])[a-z\d]{3,6} )*
      | (?:[a-hjkmnp-z2-9]{4}){2,12}                     # several of them without a gap
      | (?i:source|ref|reference|paper|doc|document|key|cite|citation)s?
        \W* (?: [a-z]? \d+ [\W\d]* )?                    # source 3
      | [^\[\]]* \b et\ al\b [^\[\]]*                    # Smith et al., 2020
      | \d+ † .*                                         # 3†source
    )
    [\s.:;,*_`'"]*
    """,
    re.VERBOSE,
)

_NAME = r"(?:(?:van|von|de|der|den|du|la|le|di|da)\s)*[^\W\d_a-z][\w'’.-]*"
_AND = r"(?:,?\s(?:and|und|et|y|&)\s|\s?&\s?|,\s)"
_AUTHORS = rf"(?P<names>{_NAME}(?:{_AND}{_NAME}){{0,4}})(?P<others>,?\s(?:et\sal\.?|and\sothers))?"
_YEARS = r"(?:19|20)\d\d[a-z]?(?:,\s?(?:(?:19|20)\d\d)?[a-z]?)*"
_AUTHOR_YEAR = re.compile(
    rf"(?:see(?:\salso)?|e\.g\.,?|cf\.?)?\s*{_AUTHORS}(?:[\s,(]+(?P<year>{_YEARS})\)?)?"
    r"(?:,\s?pp?\.\s?[\d–-]+)?"
)
_MONTH_NAMES = """
jan january feb february mar march apr april may jun june jul july aug august sep sept september
oct october nov november dec december spring summer autumn fall winter
"""
_MONTHS = frozenset(_MONTH_NAMES.split())
_TAG = re.compile(r"/?(?:sup|cite|citation|ref|source)(?:\s[^<>]*)?/?", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:https?:|www\.|mailto:|#|\.{0,2}/)\S*|\S+\.[a-z]{2,}\S*", re.IGNORECASE)
_TARGET = re.compile(r"\(\s?<?([^\s()<>]{1,300})>?(?:\s\"[^\"\n]{0,100}\")?\)")
_TARGET_BEGUN = re.compile(r"(?:\((?:\s?<?[^\s()<>]{0,300}>?(?:\s(?:\"[^\"\n]{0,100}\"?)?)?)?)?")


def plain(content: str) -> str:
    """The content with full-width and invisible characters made ordinary."""
    if content.isascii() and content.isprintable():
        return content
    return clean(unicodedata.normalize("NFKC", content).replace("\u2800", " "))


def is_unseen(c: str) -> bool:
    """Whether a reader doesn't see the character by itself: white space, zero-width, a mark."""
    return unicodedata.category(c)[0] in "MCZ" or c in _BLANKS


def is_digit(c: str) -> bool:
    """Whether it reads as a digit or several: 1, ², １, ⑫."""
    return c.isdigit() or unicodedata.normalize("NFKC", c).isdecimal()


def words(content: str) -> list[str]:
    """Its words of ASCII letters and digits, in lower case."""
    return [word.lower() for word in _WORD.findall(content)]


@dataclass(frozen=True, slots=True)
class Bracket:
    """A closed bracket: ``held[first:last]`` is its content, ``held[start:end]`` all of it."""

    opening: str
    start: int
    first: int
    last: int
    end: int


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys that were given out, and how they are found in words."""

    known: frozenset[str]
    lengths: tuple[int, ...]

    @classmethod
    def of(cls, known: Iterable[str]) -> Keys:
        """The book of these keys."""
        keys = frozenset(known)
        return cls(keys, tuple(sorted({len(key) for key in keys})))

    def split(self, word: str) -> list[str]:
        """The keys that a word is made of, without a rest; none where there would be one.

        So two keys that lost their comma are read as what they are, and a key with a letter too
        much is not taken for the one that it resembles.
        """
        word = word.lower()
        if word in self.known:
            return [word]
        ways: dict[int, list[str]] = {0: []}
        for end in range(1, len(word) + 1):
            for start in (end - length for length in self.lengths):
                if start in ways and word[start:end] in self.known:
                    ways[end] = [*ways[start], word[start:end]]
                    break
        return ways.get(len(word), [])

    def glued(self, word: str) -> str:
        """The key that ends a word of letters without a gap ("fasterk3f7"); else nothing."""
        for length in self.lengths:
            rest, key = word[:-length], word[-length:].lower()
            if len(rest) >= 3 and rest.isalpha() and key in self.known:
                return key
        return ""

    def take(self, content: str) -> tuple[str, list[str]]:
        """The content without its keys and the brackets around them, and the keys."""
        kept, keys, position = [], [], 0
        for found in _IN_SPAN.finditer(content):
            if split := self.split(found[1]):
                kept.append(content[position : found.start()])
                keys += split
                position = found.end()
        return "".join([*kept, content[position:]]), keys


def is_key_like(word: str) -> bool:
    """Whether a word mixes letters and digits as keys do, in a key's length."""
    return _KEY_LIKE.fullmatch(word) is not None


def is_reference(content: str) -> bool:
    """Whether square brackets around this would be a reference of some kind."""
    if _NUMBERS_OR_KEYS.fullmatch(content) is not None:
        return True
    found = _AUTHOR_YEAR.fullmatch(content.strip())
    return found is not None and found["year"] is not None and not _is_date(found["names"])


def is_author_year(content: str, told: str) -> bool:
    """Whether round brackets around this would be an author-year reference.

    "(Meta, 2024)" has the same shape. Without "et al." it is a reference only where all of its
    names look like people's, and none stands in ``told``, the evidence.
    """
    return all(_names_authors(part.strip(), told) for part in content.split(";"))


def _names_authors(part: str, told: str) -> bool:
    found = _AUTHOR_YEAR.fullmatch(part)
    if found is None:
        return False
    if found["others"]:
        return True
    names = re.findall(r"[^\W\d_][\w'’-]*", found["names"])
    people = not any(re.search(r"[A-Z]{2}|[a-z]{2}[A-Z]|\d", name) for name in names)
    return (
        found["year"] is not None
        and people
        and not _is_date(found["names"])
        and not any(name in told for name in names if len(name) > 3)
    )


def _is_date(names: str) -> bool:
    return any(name.strip(".,").lower() in _MONTHS for name in names.split())


def is_tag(content: str) -> bool:
    """Whether this is the inside of a tag that models put around citations: sup, cite, ..."""
    return _TAG.fullmatch(content) is not None


def target(text: str, start: int) -> tuple[str, int] | None:
    """The address, and its end, of a link whose "(" stands at ``start``; None where none does."""
    found = _TARGET.match(text, start)
    return (found[1], found.end()) if found and _ADDRESS.fullmatch(found[1]) else None


def may_become_target(text: str, start: int) -> bool:
    """Whether what follows could still become a link's address when more text comes."""
    return _TARGET_BEGUN.fullmatch(text, start) is not None


def is_cut_off(content: str) -> bool:
    """Whether an opened bracket at the very end holds the beginning of keys or numbers."""
    return len(content) <= 12 and re.fullmatch(r"[\w\s,;]*", content) is not None


def is_mathematics(content: str) -> bool:
    """Whether text between two dollar signs is: "$5 and $6" is none."""
    return not (content[0].isspace() or content[0].isdigit() or content[-1].isspace())


def without_markers(text: str) -> str:
    """The text with a number in square brackets in round ones: (1) for [1], which would pass for
    a marker, and for all that looks like it, such as ［１］ or one with a zero-width space in it.
    """
    return _ENCLOSED.sub(_rounded, text)


def _rounded(found: re.Match[str]) -> str:
    content = unicodedata.normalize("NFKC", found[1])
    seen = "".join(c for c in content if c.isspace() or not is_unseen(c))
    return f"({found[1]})" if _NUMBER.fullmatch(seen) else found[0]


def told_by(evidence: Evidence) -> str:
    """Everything that the evidence says, to look a name or an address up in."""
    papers = (entry.paper for entry in evidence.papers)
    return "\n".join(f"{p.title}\n{p.abstract}\n{p.organisation or ''}" for p in papers)


def first_of(characters: str, text: str, start: int, end: int) -> int:
    """Where the first of these characters stands in ``text[start:end]``; -1 where none does."""
    found = [i for c in characters if (i := text.find(c, start, end)) >= 0]
    return min(found, default=-1)
