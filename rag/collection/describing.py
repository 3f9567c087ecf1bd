"""A query in plain words."""

from __future__ import annotations

from rag.collection.facets import page_label
from rag.collection.months import in_words
from rag.collection.query import CollectionQuery, Conditions, Order

_SUPERLATIVES = {
    ("date", True): "newest", ("date", False): "oldest",
    ("n_authors", True): "those with the most authors",
    ("n_authors", False): "those with the fewest authors",
    ("n_pages", True): "those on the most pages", ("n_pages", False): "those on the fewest pages",
    ("title_length", True): "those with the longest title",
    ("title_length", False): "those with the shortest title",
    ("abstract_length", True): "those with the longest abstract",
    ("abstract_length", False): "those with the shortest abstract",
}  # fmt: skip
_SORTED = {
    ("date", True): "newest first", ("date", False): "oldest first",
    ("n_authors", True): "most authors first", ("n_authors", False): "fewest authors first",
    ("title", False): "by title",
}  # fmt: skip
_GROUPS = {
    "year": "year", "month": "month", "page": "page", "n_authors": "number of authors",
    "organisation": "organisation",
}  # fmt: skip
_KINDS = {"list": "List the papers", "count": "Count the papers"}


def reading_of(query: CollectionQuery) -> str:
    """How the question was understood, as one plain sentence with what had to be assumed."""
    if query.kind == "help":
        return "Tell what can be asked."
    said = " ".join([_head(query), *conditions_in_words(query)])
    if query.kind == "list" and query.order:
        said += f", {_SORTED.get((query.order.by, query.order.descending), 'sorted')}"
    notes = f" ({'; '.join(query.notes)})" if query.notes else ""
    return f"{said}{notes}."


def _head(query: CollectionQuery) -> str:
    if query.kind == "lookup":
        names = (query.called,) if query.called else query.titles
        return "Look up " + " and ".join(f"“{name}”" for name in names)
    if query.kind == "group" and query.group:
        unit = _GROUPS[query.group]
        if query.order:
            return (
                f"Find the {unit} with the {'most' if query.order.descending else 'fewest'} papers"
            )
        return f"Count the papers by {unit}"
    if query.kind == "extreme" and query.order:
        return f"Find {extreme_in_words(query.order, query.limit or 1, query.offset)}"
    return _KINDS.get(query.kind, "List the papers")


def extreme_in_words(order: Order, limit: int, offset: int = 0) -> str:
    """ "the 2 newest papers", "the paper with the most authors"."""
    word = _SUPERLATIVES.get((order.by, order.descending), "first")
    papers = "paper" if limit == 1 else f"{limit} papers"
    rank = f"number {offset + 1} of " if offset else ""
    if word.startswith("those "):
        ending = word.removeprefix("those ")
        return f"{rank}the papers {ending}" if offset else f"the {papers} {ending}"
    if offset:
        return f"{rank}the {word} papers"
    return f"the {word} paper" if limit == 1 else f"the {limit} {word} papers"


def conditions_in_words(query: CollectionQuery) -> list[str]:
    """The conditions, each as a phrase that can follow "papers"."""
    filters, conditions = query.filters, query.conditions
    said = ["of those spoken of before"] if conditions.among else []
    if query.topic:
        said.append(f"about {query.topic}")
    if filters.min_authors is not None or filters.max_authors is not None:
        said.append(f"with {_bounded(filters.min_authors, filters.max_authors, 'author')}")
    if filters.since or filters.until:
        said.append(f"dated {in_words(filters.since, filters.until)}")
    if conditions.periods:
        said.append(f"dated {' or '.join(in_words(*period) for period in conditions.periods)}")
    if filters.pages:
        said.append(f"on {_pages(filters.pages, 'or')}")
    if filters.words:
        said.append("that hold " + " and ".join(f"“{word}”" for word in filters.words))
    return said + _further(conditions)


def _further(conditions: Conditions) -> list[str]:
    said = []
    if conditions.all_pages and not conditions.only_pages:
        said.append(f"on {_pages(conditions.all_pages, 'and')}")
    if conditions.only_pages:
        said.append(
            f"only on {_pages(conditions.only_pages, 'and' if conditions.all_pages else 'or')}"
        )
    if conditions.not_pages:
        said.append(f"not on {_pages(conditions.not_pages, 'or')}")
    if conditions.min_pages is not None or conditions.max_pages is not None:
        said.append(f"on {_bounded(conditions.min_pages, conditions.max_pages, 'page')}")
    if conditions.by:
        said.append(f"by {conditions.by}")
    for known, what in (
        (conditions.dated, "date"),
        (conditions.counted, "number of authors"),
        (conditions.with_organisation, "organisation"),
    ):
        if known is not None:
            said.append(f"whose {what} is {'known' if known else 'not known'}")
    said += _titled(conditions)
    return said + [f"that mention “{term}”" for term in conditions.mentions]


def _titled(conditions: Conditions) -> list[str]:
    said = [f"with “{term}” in the title" for term in conditions.title_has]
    if conditions.title_any:
        terms = " or ".join(f"“{term}”" for term in conditions.title_any)
        said.append(f"with {terms} in the title")
    if conditions.title_starts:
        said.append(f"whose title begins with “{conditions.title_starts}”")
    if conditions.title_ends:
        said.append(f"whose title ends with “{conditions.title_ends}”")
    return said


def _bounded(least: int | None, most: int | None, unit: str) -> str:
    def of(count: int) -> str:
        return f"{count} {unit}" if count == 1 else f"{count} {unit}s"

    if least is not None and most is not None:
        return f"exactly {of(least)}" if least == most else f"{least} to {of(most)}"
    return f"at least {of(least)}" if least is not None else f"at most {of(most or 0)}"


def _pages(pages: tuple[str, ...], joint: str) -> str:
    labels = [page_label(page) for page in pages]
    if len(labels) == 1:
        return f"page {labels[0]}"
    every = "each of the" if joint == "and" else "any of the"
    return f"{every} pages {', '.join(labels[:-1])} {joint} {labels[-1]}"
