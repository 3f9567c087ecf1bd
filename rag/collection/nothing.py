"""That no paper is as asked, and what there is instead. Pure."""

from __future__ import annotations

from rag.collection.describing import conditions_in_words
from rag.collection.facets import page_label
from rag.collection.months import day_in_words
from rag.collection.phrases import UNHEARD, guarded, left_out, whole_of
from rag.collection.running import CollectionResult

_HELP = (
    "You can ask what {} here say, or about the whole collection: “What is ...?”, “Which papers are"
    " about ...?”, “How many papers are from 2024?”"
)


def none_text(result: CollectionResult) -> str:
    """That there is no such paper, and what there is instead."""
    query, facets = result.query, result.facets
    conditions = guarded(" ".join(conditions_in_words(query)))
    if query.kind == "help":
        return _HELP.format(
            "the one paper" if facets.papers == 1 else f"the {facets.papers} papers"
        )
    if not facets.papers:
        return "No paper meets the filters." if result.restricted else "The collection is empty."
    if query.kind == "lookup":
        name = guarded(query.called or " or ".join(query.titles))
        return f"{_no_paper(result)} is titled “{name}”."
    said = [_none_is(result, conditions)]
    if query.topic:
        said.append(UNHEARD)
    return " ".join([*said, *_instead(result), *left_out(result),
                     *(f"{guarded(note)}." for note in query.notes)])  # fmt: skip


def _no_paper(result: CollectionResult) -> str:
    return f"No paper {whole_of(result, 'in the collection', one=True)}"


def _none_is(result: CollectionResult, conditions: str) -> str:
    count = result.facets.papers
    whole = whole_of(result, "in the collection")
    if is_untold(result):
        return f"Which papers are {conditions} can't be told."
    if not conditions:
        return f"{_no_paper(result)} has what the question asks for."
    clearly = "clearly " if result.near else ""
    if count == 1:
        return f"The one paper {whole} isn't one {conditions}."
    if result.restricted:
        return f"{_no_paper(result)} is {clearly}one {conditions}: {count} meet them."
    return f"None of the {count} papers {whole} is {clearly}one {conditions}."


def is_untold(result: CollectionResult) -> bool:
    """Whether it was asked who papers are by, and that is recorded of fewer than half of them."""
    facets = result.facets
    return (
        result.query.conditions.by is not None
        and 2 * max(facets.affiliated, facets.named) < facets.papers
    )


def _instead(result: CollectionResult) -> list[str]:
    """What the papers have in place of what was asked for."""
    query, facets = result.query, result.facets
    filters, conditions = query.filters, query.conditions
    said = []
    if (filters.since or filters.until or conditions.periods) and facets.first_date:
        last = facets.last_date or facets.first_date
        said.append(
            f"The dates known run from {day_in_words(facets.first_date)} to {day_in_words(last)}."
        )
    if (filters.min_authors is not None or filters.max_authors is not None) and facets.counted:
        least, most = facets.author_counts
        said.append(f"The papers that carry an author count have {least} to {most} authors.")
    if filters.pages or conditions.all_pages or conditions.only_pages:
        said.append(f"The pages are {', '.join(map(page_label, facets.pages))}.")
    if conditions.by:
        names = f" ({', '.join(facets.organisations[:10])})" if facets.organisations else ""
        only = "only " if is_untold(result) else ""
        said.append(
            f"An organisation is recorded for {only}{facets.affiliated} of the {facets.papers}"
            f" papers{names}, the authors’ names for {only}{facets.named}."
        )
    if result.restricted:
        said = [f"Among those that meet the filters, {text[0].lower()}{text[1:]}" for text in said]
    return [guarded(text) for text in said]
