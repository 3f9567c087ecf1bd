"""Whether a paper meets the conditions that the catalogue has no filter for. Pure."""

from __future__ import annotations

import datetime as dt
import re
from calendar import monthrange
from functools import lru_cache

from index.text import normalise
from index.types import Filters, Paper
from rag.collection.query import Conditions


def meets(paper: Paper, conditions: Conditions, filters: Filters | None = None) -> bool:
    """Whether all conditions hold. What is not known of a paper meets no condition on it.

    ``filters`` are held to have been applied by the catalogue, which takes a date of which only
    the year is known for its first day: here all of its days must be in the range.
    """
    until = filters.until if filters else None
    return (
        (not conditions.among or paper.id in conditions.among)
        and (until is None or (paper.date is not None and last_day(paper) <= until))
        and _in_periods(paper, conditions)
        and _on_pages(paper, conditions)
        and _is_known(paper, conditions)
        and _is_by(paper, conditions.by)
        and _is_titled(paper, conditions)
        and all(holds(f"{paper.title}\n{paper.abstract}", term) for term in conditions.mentions)
    )


def precision(paper: Paper) -> str:
    """ "year", "month" or "day": how much of the date is known."""
    return paper.extra.get("date_precision", "day")


def last_day(paper: Paper) -> dt.date:
    """The last day that the known part of the paper's date covers; its last ever where none is."""
    date = paper.date
    if date is None:
        return dt.date.max
    if precision(paper) == "year":
        return date.replace(month=12, day=31)
    if precision(paper) == "month":
        return date.replace(day=monthrange(date.year, date.month)[1])
    return date


def _in_periods(paper: Paper, conditions: Conditions) -> bool:
    if not conditions.periods:
        return True
    date = paper.date
    return date is not None and any(
        (since is None or date >= since) and (until is None or last_day(paper) <= until)
        for since, until in conditions.periods
    )


def _on_pages(paper: Paper, conditions: Conditions) -> bool:
    def shown_by(name: str) -> bool:
        return any(page.startswith(name) for page in paper.pages)

    count = len(paper.pages)
    if conditions.min_pages is not None and count < conditions.min_pages:
        return False
    if conditions.max_pages is not None and not 0 < count <= conditions.max_pages:
        return False
    if not all(shown_by(name) for name in conditions.all_pages):
        return False
    if any(shown_by(name) for name in conditions.not_pages):
        return False
    only = conditions.only_pages
    return not only or (bool(paper.pages) and all(page.startswith(only) for page in paper.pages))


def _is_known(paper: Paper, conditions: Conditions) -> bool:
    return all(
        wanted is None or wanted == (value is not None)
        for wanted, value in (
            (conditions.dated, paper.date),
            (conditions.counted, paper.n_authors),
            (conditions.with_organisation, paper.organisation),
        )
    )


def _is_by(paper: Paper, name: str | None) -> bool:
    if name is None:
        return True
    return any(holds(known, name) for known in (paper.organisation or "", *paper.authors))


def _is_titled(paper: Paper, conditions: Conditions) -> bool:
    title = normalise(paper.title).strip()
    starts, ends = conditions.title_starts, conditions.title_ends
    return (
        all(holds(paper.title, term) for term in conditions.title_has)
        and (
            not conditions.title_any
            or any(holds(paper.title, term) for term in conditions.title_any)
        )
        and (starts is None or title.startswith(normalise(starts)))
        and (ends is None or title.endswith(normalise(ends)))
    )


def holds(text: str, term: str) -> bool:
    """Whether the term stands in the text as whole words, in singular or plural.

    Without regard to case, unless the term is written like an abbreviation ("RAG", "LoRA"):
    then its capitals must be the text's.
    """
    return _pattern(term).search(text) is not None or (
        not _is_abbreviation(term) and _pattern(normalise(term)).search(normalise(text)) is not None
    )


@lru_cache(maxsize=256)
def _pattern(term: str) -> re.Pattern[str]:
    inner = r"[\s-]+".join(map(re.escape, re.split(r"[\s-]+", term.strip())))
    flags = re.NOFLAG if _is_abbreviation(term) else re.IGNORECASE
    return re.compile(rf"(?<!\w){inner}s?(?!\w)", flags)


def _is_abbreviation(term: str) -> bool:
    return sum(c.isupper() for c in term) >= 2 and " " not in term.strip()
