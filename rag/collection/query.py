"""What may be asked of the whole collection, as values: conditions, order, grouping, topic."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, Literal

from index.types import Filters

Kind = Literal["list", "count", "extreme", "group", "lookup", "help"]
Field = Literal[
    "date", "n_authors", "n_pages", "title_length", "abstract_length", "title", "papers"
]
Group = Literal["year", "month", "page", "n_authors", "organisation"]
Asked = Literal["date", "n_authors", "pages", "organisation", "authors", "url"]
Period = tuple[dt.date | None, dt.date | None]


@dataclass(frozen=True, slots=True)
class Conditions:
    """Exact conditions that Filters has no field for; all of them must hold.

    ``periods`` (first and last day, inclusive): the date lies in any of them. ``min_pages`` and
    ``max_pages`` bound the number of pages that show a paper; ``all_pages`` must all show it,
    ``only_pages`` lists the only ones that may, ``not_pages`` those that may not (page names or
    their beginnings). ``by`` is an organisation or author. ``dated``, ``counted`` and
    ``with_organisation``: whether the date, the number of authors, the organisation is known.
    ``title_has`` and ``mentions`` are whole words or phrases that the title, or title or
    abstract, must hold; ``title_starts`` and ``title_ends`` are its beginning and end. ``among``
    are the ids of papers that were spoken of before: only these are meant. Of ``title_any``, one
    must stand in the title.
    """

    periods: tuple[Period, ...] = ()
    min_pages: int | None = None
    max_pages: int | None = None
    all_pages: tuple[str, ...] = ()
    only_pages: tuple[str, ...] = ()
    not_pages: tuple[str, ...] = ()
    by: str | None = None
    dated: bool | None = None
    counted: bool | None = None
    with_organisation: bool | None = None
    title_has: tuple[str, ...] = ()
    title_any: tuple[str, ...] = ()
    title_starts: str | None = None
    title_ends: str | None = None
    mentions: tuple[str, ...] = ()
    among: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self != Conditions()

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; conditions that are not set are left out."""
        values = {name: getattr(self, name) for name in Conditions.__slots__}
        values["periods"] = [
            [day.isoformat() if day else None for day in period] for period in self.periods
        ]
        kept = {name: value for name, value in values.items() if value not in (None, (), [])}
        return {name: list(v) if isinstance(v, tuple) else v for name, v in kept.items()}


@dataclass(frozen=True, slots=True)
class Order:
    """What papers are ranked by. Those of which it is not known are left out, or come last."""

    by: Field
    descending: bool = True


@dataclass(frozen=True, slots=True)
class CollectionQuery:
    """One question about the collection, understood.

    - list: the papers that meet ``filters``, ``conditions`` and ``topic``, in ``order``;
    - count: their number, and with ``named`` which they are, however many;
    - extreme: the first ``limit`` of them by ``order`` after ``offset``, with all that tie;
    - group: their number for each value of ``group``; ``order`` and ``limit`` 1 ask for the
      largest (or smallest) group alone;
    - lookup: what is known of the papers named in ``titles``; ``called`` is the name that stands
      for several papers, or for none;
    - help: nothing was asked, and what can be asked is told.

    ``asked`` are the fields that the answer must show; ``notes`` say how what is ambiguous was
    read, and ``reading`` is the whole as one sentence.
    """

    kind: Kind
    filters: Filters = field(default_factory=Filters)
    conditions: Conditions = field(default_factory=Conditions)
    topic: str | None = None
    order: Order | None = None
    limit: int | None = None
    offset: int = 0
    group: Group | None = None
    asked: tuple[Asked, ...] = ()
    titles: tuple[str, ...] = ()
    called: str = ""
    named: bool = False
    notes: tuple[str, ...] = ()
    reading: str = ""

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready, for a page that shows the query as filters; what is not set is left out."""
        order = self.order
        values = {
            "kind": self.kind,
            "filters": self.filters.to_dict() or None,
            "conditions": self.conditions.to_dict() or None,
            "topic": self.topic,
            "order": {"by": order.by, "descending": order.descending} if order else None,
            "limit": self.limit,
            "offset": self.offset or None,
            "group": self.group,
            "asked": list(self.asked) or None,
            "titles": list(self.titles) or None,
            "called": self.called or None,
            "named": self.named or None,
            "notes": list(self.notes) or None,
            "reading": self.reading,
        }
        return {name: value for name, value in values.items() if value is not None}
