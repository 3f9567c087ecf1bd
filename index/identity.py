"""Which record is which paper: ids, content keys, and merging what two sources know. Pure.

An id is *given* (an arXiv id, a DOI, anything else that a source calls an id) or *derived* from
the title, for sources such as saved pages that give none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256

from index.types import Paper

MAX_ID = 200
MAX_SLUG = 48
ALIASES = "also_known_as"
"""Key of ``Paper.extra``: other given ids of the paper, separated by spaces."""

_ARXIV = re.compile(
    r"""^(?:
          (?:https?://)?(?:[\w-]+\.)*arxiv\.org/(?:abs|pdf|html)/
        | (?:https?://)?huggingface\.co/papers/
        | oai:arxiv\.org:
        | (?:https?://)?(?:(?:dx\.)?doi\.org/|doi:\s*)?10\.48550/arxiv\.
        | arxiv:\s*
        )?
        (?P<id>\d{4}\.\d{4,5}|[a-z][a-z-]+(?:\.[a-z]{2})?/\d{7})
        (?:v(?P<version>[1-9]\d{0,2}))?(?:\.pdf)?/?$""",
    re.IGNORECASE | re.VERBOSE,
)
_SUBJECT_CLASS = re.compile(r"\.[a-z]{2}/")  # math.GT/0309136 is math/0309136
_DOI = re.compile(r"^(?:(?:https?://)?(?:dx\.)?doi\.org/|doi:\s*)?(10\.\d{4,9}/\S+)$", re.I)
_ACCENT = re.compile(r"""\\["'`^~=.]\s*\{?\\?([A-Za-z])\}?|\\[uvHcdbkr]\{([A-Za-z])\}""")
_MARKUP = re.compile(
    r"\\(?:text(?:it|bf|sc|tt|rm|sf|up|normal)?|emph|math(?:rm|bf|it|cal|bb|sf|tt|frak|scr)"
    r"|operatorname|mbox|ensuremath|bm|boldsymbol|underline|url|href|left|right)(?![A-Za-z])"
)
_VARIANT = re.compile(r"-[0-9a-f]{6}")
_TYPING = re.compile(r"[^\w+#]+|_+")  # what is neither a letter nor a digit, "C++" and "C#" kept
_TYPESETTING = re.compile(r"[$^_{}\\'’]")
_DIACRITICS = re.compile("[\u0300-\u036f]+")
_GREEK = re.compile("[\u03b1-\u03c9]")


@dataclass(frozen=True, slots=True)
class GivenId:
    """A source's own id in its one spelling; ``version`` is arXiv's, without the ``v``."""

    id: str
    version: str | None = None


def given_id(value: str) -> GivenId | None:
    """The one spelling of an id, or None for a value that can't serve as one.

    arXiv ids, also as links, become ``arxiv:2401.01234``; DOIs ``doi:10.1234/abc`` in lower
    case; others stay as given: 1 to 200 characters, no whitespace, no control characters.
    """
    value = value.strip()
    if len(value) > MAX_ID:
        return None
    if (arxiv := _ARXIV.match(value)) and _is_arxiv(arxiv["id"]):
        archive = _SUBJECT_CLASS.sub("/", arxiv["id"].lower())
        return GivenId(f"arxiv:{archive}", arxiv["version"])
    if doi := _DOI.match(value):
        value = f"doi:{doi[1].lower()}"
    usable = value and all(char.isprintable() and not char.isspace() for char in value)
    return GivenId(value) if usable else None


def link(paper_id: str) -> str | None:
    """Where a paper with this id can be read, for ids that say so."""
    kind, _, rest = paper_id.partition(":")
    hosts = {"arxiv": "https://arxiv.org/abs/", "doi": "https://doi.org/"}
    return hosts[kind] + rest if rest and kind in hosts else None


def title_id(title: str) -> str:
    """``readable-slug-1a2b3c4d``, the same for titles that differ only in their typing.

    Case, whitespace, punctuation, accents and LaTeX markup don't count.
    """
    slug = "-".join(_words(title))
    if len(slug) > MAX_SLUG:
        slug = slug[:MAX_SLUG].rpartition("-")[0] or slug[:MAX_SLUG]
    return f"{slug or 'paper'}-{_digest(_same(title), 8)}"


def variant_id(paper: Paper) -> str:
    """The derived id of a second paper of the same title, but with another abstract."""
    return f"{title_id(paper.title)}-{_digest(_same(paper.abstract), 6)}"


def is_derived(paper: Paper) -> bool:
    """Whether the paper's id was made from its title because no source gave one."""
    derived = title_id(paper.title)
    rest = paper.id.removeprefix(derived)
    return paper.id.startswith(derived) and (not rest or bool(_VARIANT.fullmatch(rest)))


def content_key(paper: Paper) -> str:
    """Equal for the same title and abstract, typing aside: the same paper under any id."""
    return _digest(f"{_same(paper.title)}\n{_same(paper.abstract)}", 32)


def merge(existing: Paper, incoming: Paper) -> tuple[Paper, tuple[str, ...]]:
    """What is known once ``incoming`` was seen too, and where the two disagree, in words.

    The id stays; pages are united; what one doesn't know the other fills in. Where both know:

    - a source that is read again (it has all the pages on which the paper was known) replaces
      what it said before;
    - otherwise a derived id keeps what is known, since equal titles alone brought the two
      together, and a given id takes what comes in, unless ``extra["updated"]`` (failing that
      ``extra["version"]``) says that it is older.

    Merging the same paper twice changes nothing the second time.
    """
    again = set(existing.pages) <= set(incoming.pages)
    age = _age(existing.extra, incoming.extra)
    wins = again if is_derived(existing) else age >= 0
    winner, loser = (incoming, existing) if wins else (existing, incoming)
    dated = _dated(winner, loser)
    authors, n_authors = _authors(winner, loser)
    merged = replace(
        winner,
        id=existing.id,
        date=dated.date,
        n_authors=n_authors,
        authors=authors,
        organisation=winner.organisation or loser.organisation,
        pages=tuple(sorted({*existing.pages, *incoming.pages})),
        url=winner.url or loser.url,
        extra=_extra(existing, incoming, winner, dated),
    )
    if again or (age and not is_derived(existing)):
        return merged, ()
    return merged, _conflicts(winner, loser)


def _is_arxiv(value: str) -> bool:
    """Whether digits that look like an arXiv id can be one: a month, and the length of its era."""
    if "/" in value:
        return True
    month, _, number = value.partition(".")
    long = month >= "1501"
    return 1 <= int(month[2:]) <= 12 and month >= "0704" and len(number) == (5 if long else 4)


def _words(text: str) -> list[str]:
    """ASCII words of a title, for people to read."""
    return re.findall(r"[a-z0-9]+", _plain(text))


def _same(text: str) -> str:
    """What is left of a text when its typing is taken away; never empty for a text that isn't."""
    plain = _TYPING.sub("", _plain(text))
    return plain or " ".join(text.split())


def _plain(text: str) -> str:
    """Lower case, without accents and LaTeX markup, Greek letters by their names."""
    text = _ACCENT.sub(lambda match: match[1] or match[2], text)
    text = _MARKUP.sub(" ", text)
    if text.isascii():
        return _TYPESETTING.sub("", text.casefold())
    text = unicodedata.normalize("NFKC", text).casefold()
    text = _DIACRITICS.sub("", unicodedata.normalize("NFKD", text))
    text = _TYPESETTING.sub("", text)
    return _GREEK.sub(lambda match: unicodedata.name(match[0]).split()[-1].lower(), text)


def _digest(text: str, length: int) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:length]


def _age(existing: Mapping[str, str], incoming: Mapping[str, str]) -> int:
    """-1 where the incoming record is older, 1 where it is newer, 0 where nothing says so."""
    for key in ("updated", "version"):
        old, new = existing.get(key), incoming.get(key)
        if old and new:
            before, after = _ordinal(old), _ordinal(new)
            return (after > before) - (after < before)
    return 0


def _ordinal(value: str) -> tuple[int, str]:
    """Versions in their numeric order, ISO dates in theirs."""
    return (int(value), "") if value.isdecimal() and len(value) < 9 else (0, value)


def _dated(winner: Paper, loser: Paper) -> Paper:
    """The one whose date is taken: the winner, unless its date is unknown or merely vaguer."""
    known, other = winner.known_date, loser.known_date
    return loser if other and other.startswith(known) else winner


def _authors(winner: Paper, loser: Paper) -> tuple[tuple[str, ...], int | None]:
    """Names and their number; never one source's names beside another's different number."""
    names, count = winner.authors, winner.n_authors
    if not names and count in (None, len(loser.authors)):
        names = loser.authors
    if count is None and (not winner.authors or loser.n_authors == len(winner.authors)):
        count = loser.n_authors
    return names, count


_OF_THE_RECORD = ("updated", "version")  # they date the winner's words: one source's, as a pair
_OF_THE_DATE = ("date_precision", "date_year")  # they describe the date that was taken


def _extra(existing: Paper, incoming: Paper, winner: Paper, dated: Paper) -> dict[str, str]:
    loser = existing if winner is incoming else incoming
    stamped = winner if any(key in winner.extra for key in _OF_THE_RECORD) else loser
    owners = dict.fromkeys(_OF_THE_RECORD, stamped) | dict.fromkeys(_OF_THE_DATE, dated)
    extra = {**loser.extra, **winner.extra}
    for key, owner in owners.items():
        extra.pop(key, None)
        if key in owner.extra:
            extra[key] = owner.extra[key]
    aliases = set(f"{existing.extra.get(ALIASES, '')} {incoming.extra.get(ALIASES, '')}".split())
    if incoming.id != existing.id and not is_derived(incoming):
        aliases.add(incoming.id)
    if aliases - {existing.id}:
        extra[ALIASES] = " ".join(sorted(aliases - {existing.id}))
    return extra


def _conflicts(winner: Paper, loser: Paper) -> tuple[str, ...]:
    """Fields on which both say something, and not the same."""
    dates = winner.known_date, loser.known_date
    said = {
        "title": (winner.title, loser.title, _same(winner.title) == _same(loser.title)),
        "abstract": ("one", "another", _same(winner.abstract) == _same(loser.abstract)),
        "date": (*dates, _agree(*dates)),
        "n_authors": (winner.n_authors, loser.n_authors, winner.n_authors == loser.n_authors),
        "authors": (_names(winner), _names(loser), winner.authors == loser.authors),
        "organisation": (
            winner.organisation,
            loser.organisation,
            _same(winner.organisation or "") == _same(loser.organisation or ""),
        ),
    }
    here, there = (", ".join(paper.pages) or "an unnamed source" for paper in (winner, loser))
    return tuple(
        f"{field}: {here} says {taken} (taken), {there} says {other} (left)"
        for field, (taken, other, agree) in said.items()
        if taken and other and not agree
    )


def _agree(one: str, other: str) -> bool:
    """Whether two dates, as far as they are known, can be the same day."""
    return one.startswith(other) or other.startswith(one)


def _names(paper: Paper) -> str:
    return "; ".join(paper.authors)
