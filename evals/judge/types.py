"""What a judge is asked of one answer, and what it said."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Line = tuple[str, str]
"""Our label and a text by others, which stand on one line of the prompt."""


@dataclass(frozen=True, slots=True)
class Item:
    """What gets a verdict: a text and what it cites. ``label`` is "Claim" or the like."""

    label: str
    text: str
    quotes: tuple[str, ...] = ()


def lines_of(items: Sequence[Item]) -> list[Line]:
    """The items as they stand in the prompt, numbered, after the sentences that they cite.

    Each sentence stands there once: claims on one paper often cite the same.
    """
    quotes = list(dict.fromkeys(quote for item in items for quote in item.quotes))
    names = {quote: f"S{number}" for number, quote in enumerate(quotes, 1)}
    lines = [(f"Sentence {names[quote]}: ", quote) for quote in quotes]
    for number, item in enumerate(items, 1):
        cited = ", ".join(names[quote] for quote in item.quotes)
        lines.append((f"{item.label} {number}{f', citing {cited}' if cited else ''}: ", item.text))
    return lines


@dataclass(frozen=True, slots=True)
class Task:
    """What a judge is asked about one answer for one measure.

    ``head`` stands above the items. Of the ``total`` things that the measure counts, the items are
    those at ``places``; the others count 0 and nobody is asked. ``surely``: an item that no judge
    who reads it says NO to, None where there can't be one.
    """

    case: str
    measure: str
    head: tuple[Line, ...]
    items: tuple[Item, ...]
    places: tuple[int, ...]
    total: int
    surely: Item | None = None

    @property
    def digest(self) -> str:
        """Sixteen hexadecimal digits that stand for what is judged."""
        told = [self.head, lines_of(self.items), self.places, self.total]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Judgement:
    """One measure of one case. ``value`` None: unscored, and ``why`` begins with the reason.

    ``judge``, ``prompt`` and ``digest``: by what model and prompts, and of what. ``verdicts``: what
    each thing that the measure counts came to, in [0, 1]; none where it is unscored. ``tokens``: of
    the call's prompt and of its reply, as the endpoint reported them.
    """

    case: str
    measure: str
    judge: str
    prompt: str
    digest: str
    value: float | None
    why: str = ""
    verdicts: tuple[float, ...] = ()
    tokens: tuple[int, int] = (0, 0)

    @property
    def key(self) -> tuple[str, ...]:
        """What two judgements share that are of the same thing by the same judge."""
        return (self.case, self.measure, self.judge, self.prompt, self.digest)

    @classmethod
    def of_fields(cls, fields: Mapping[str, Any]) -> Judgement:
        """What ``asdict`` gave. Raises KeyError, TypeError or ValueError for anything else."""
        names = ("case", "measure", "judge", "prompt", "digest", "why")
        case, measure, judge, prompt, digest, why = (fields[name] for name in names)
        if not all(isinstance(fields[name], str) for name in names):
            raise TypeError("a text is none")
        value = None if fields["value"] is None else float(fields["value"])
        verdicts = tuple(float(verdict) for verdict in fields["verdicts"])
        if not all(0 <= number <= 1 for number in (*verdicts, value or 0.0)):
            raise ValueError("a number is not in [0, 1]")
        read, written = map(int, fields["tokens"])
        return cls(case, measure, judge, prompt, digest, value, why, verdicts, (read, written))
