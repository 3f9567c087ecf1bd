"""What questions are read as, written short."""

from rag.collection import parse
from tests.rag.collection.outline import FACETS, TODAY


def read(question: str) -> dict | None:
    query = parse(question, today=TODAY, facets=FACETS)
    if query is None:
        return None
    assert query.reading.endswith(".")
    return {k: v for k, v in query.to_dict().items() if k not in ("reading", "notes")}


def authors(least=None, most=None, kind="list", **more) -> dict:
    bounds = {"min_authors": least, "max_authors": most}
    return {"kind": kind, "filters": {k: v for k, v in bounds.items() if v is not None}, **more}


def dated(since=None, until=None, kind="list", **more) -> dict:
    bounds = {"since": since, "until": until}
    return {"kind": kind, "filters": {k: v for k, v in bounds.items() if v is not None}, **more}


def having(kind="list", more=None, **conditions) -> dict:
    return {"kind": kind, "conditions": conditions, **(more or {})}


def extreme(by, descending=True, limit=1, **more) -> dict:
    order = {"by": by, "descending": descending}
    return {"kind": "extreme", "order": order, "limit": limit, **more}


def lookup(title, *asked) -> dict:
    return {"kind": "lookup", "asked": list(asked), "titles": [FACETS.titles[title]]}


NOVEMBER = ("2023-11-01", "2023-11-30")
