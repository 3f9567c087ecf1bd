"""Which names fields go by, and how the values behind them are read."""

from __future__ import annotations

import re
from collections.abc import Mapping

from index.readers.record import Record

_NAMES = {  # in order of preference; case and punctuation don't count
    "title": ("title", "papertitle"),
    "abstract": ("abstract", "summary", "abstracttext", "paperabstract", "text"),
    "id": (
        *("id", "paperid", "docid", "arxivid", "arxiv", "doi", "corpusid", "identifier"),
        *("pmid", "pubmedid", "key"),
    ),
    "date": (
        *("date", "published", "publishedat", "publicationdate", "publisheddate", "datepublished"),
        *("submitted", "submittedat", "created", "createdat", "year", "publicationyear", "pubyear"),
    ),
    "authors": ("authors", "author", "authornames", "creators"),
    "n_authors": ("nauthors", "numauthors", "authorcount", "authorscount", "numberofauthors"),
    "organisation": ("organisation", "organization", "institution", "affiliation", "org"),
    "url": ("url", "link", "paperurl", "absurl", "htmlurl", "pdfurl"),
    "updated": ("updated", "updatedat", "updatedate", "lastmodified", "modified"),
    "version": ("version",),
    "doi": ("doi",),
    "categories": ("categories", "category", "keywords", "tags", "fieldsofstudy"),
    "venue": ("venue", "journal", "journalref", "booktitle", "conference"),
}
_KEPT = ("updated", "version", "doi", "categories", "venue")


def normal(name: str) -> str:
    """A field's name without case and punctuation."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def names_of(meaning: str) -> tuple[str, ...]:
    """The names under which a field is looked for."""
    return _NAMES[meaning]


def record(value: Mapping[str, object]) -> Record:
    """A record from fields under their obvious names."""
    given = {normal(name): item for name, item in value.items()}

    def find(meaning: str) -> object:
        found = (given[name] for name in _NAMES[meaning] if given.get(name) not in (None, "", []))
        return next(found, None)

    authors, unclear = people(find("authors"))
    extra = {key: text(find(key), ", ") for key in _KEPT}
    stated = given.get("extra")
    if isinstance(stated, Mapping):
        extra |= {str(key): item for key, item in stated.items() if isinstance(item, str)}
    if unclear:
        extra["authors_text"] = unclear
    pages = given.get("pages")
    return Record(
        title=text(find("title")),
        abstract=text(find("abstract")),
        id=text(find("id")) or _external_id(given.get("externalids")),
        date=text(find("date")),
        n_authors=text(find("n_authors")),
        authors=authors,
        organisation=text(find("organisation")),
        url=text(find("url")),
        pages=tuple(map(text, pages)) if isinstance(pages, list) else (),
        extra={key: item for key, item in extra.items() if item},
    )


def text(value: object, separator: str = " ") -> str:
    """A JSON value as text: strings and numbers, lists of them, or an object's name."""
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, str | int):
        return str(value)
    if isinstance(value, list):
        return separator.join(filter(None, (text(item, separator) for item in value)))
    if isinstance(value, Mapping):
        return next((name for key in ("fullname", "name") if (name := text(value.get(key)))), "")
    return ""


def people(value: object) -> tuple[tuple[str, ...], str]:
    """Authors' names; or, second, a text that can't be split into names without guessing."""
    if isinstance(value, list):
        return tuple(filter(None, map(_person, value))), ""
    raw = text(value).strip()
    if re.search(r"\bet al\b|\bothers$", raw):
        return (), raw
    if ";" in raw:
        return _split(";", raw), ""
    parts = [part for part in re.split(r",?(?<!\s)\s+and\s+", raw) if part]
    turned = [part for part in parts if "," in part and " " not in part.split(",")[0].strip()]
    if turned and len(parts) > 1 and all(part.count(",") <= 1 for part in parts):
        return tuple(parts), ""  # "Last, First and Last, First"
    names = tuple(name for part in parts for name in _split(",", part))
    return ((), raw) if len(names) > 1 and any(" " not in name for name in names) else (names, "")


def _split(separator: str, raw: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in raw.split(separator) if name.strip())


def _person(value: object) -> str:
    """``{"name": ...}``, ``{"first"/"given": ..., "last"/"family": ...}`` or a string."""
    if not isinstance(value, Mapping):
        return text(value)
    given = {normal(str(name)): item for name, item in value.items()}
    first = text(given.get("first") or given.get("given") or given.get("firstname"))
    last = text(given.get("last") or given.get("family") or given.get("lastname"))
    return text(value) or f"{first} {last}".strip()


def _external_id(value: object) -> str:
    """The arXiv id or DOI of a Semantic Scholar record."""
    if not isinstance(value, Mapping):
        return ""
    arxiv, doi = text(value.get("ArXiv")), text(value.get("DOI"))
    return f"arxiv:{arxiv}" if arxiv else doi
