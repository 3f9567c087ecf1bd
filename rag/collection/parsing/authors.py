"""How many authors a paper has, in words."""

from __future__ import annotations

from rag.collection.numbers import bounds, quantity
from rag.collection.parsing.rest import Rest, words

_AUTHOR = (
    r"(?:(?:different|named|listed|human) )?(?:co-?\s?)?(?:author(?:ed|s)?"
    r"|writers?|contributors?)\b"
)
_PEOPLE = r"(?:(?:different) )?(?:people|persons?|researchers?|scientists|individuals|folks)\b"
_BY = (
    r"\b(?:(?:co-?)?(?:written|authored|penned|signed|published|produced) )?"
    r"(?:(?:by|from) |(?:co-?)?authored )(?:(?:teams?|groups?) (?:of|with) )?"
)
_TEAM = r"(?:teams?|groups?|author lists?) (?:of|with) "
_COUNT_OF = (
    r"(?:whose )?(?:an? |the )?\b(?:author (?:count|number)s?|number of (?:co-?)?authors)\s*"
    r"(?:is|are|being|equals?|that is)?\s*(?:of|at)?\s*"
)
_FORMS = (
    quantity(_AUTHOR, r"(?:\bwith |\bhaving |\bby )?"),
    quantity(_PEOPLE, _BY),
    quantity("", _COUNT_OF),
    quantity(r"(?:people|persons|researchers|authors|members)?(?![\w-])", _TEAM),
)
_ALONE = words(
    r"(?:written |authored )?by (?:just |only )?(?:one|a single|a lone|a sole) "
    r"(?:person|author|researcher|individual)(?: alone)?",
    r"sol[eo][\s-]author(?:ed)?",
    r"solo(?= (?:papers?|works?|articles?|publications?))",
    r"no co-?authors?",
)
_SEVERAL = words(
    r"(?:more than (?:one|a single)|multiple|several) (?:co-?)?authors?",
)
Bounds = tuple[int | None, int | None]


def take_author_counts(rest: Rest) -> Bounds | bool | None:
    """(least, most) authors; None where the question sets no bound; False where it is unclear."""
    if rest.take(_ALONE):
        return 1, 1
    if rest.take(_SEVERAL):
        return 2, None
    for form in _FORMS:
        match = rest.take(form)
        if match is not None:
            found = bounds(match)
            return False if found is None else found
    return None
