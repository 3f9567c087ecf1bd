"""Which papers are drafted from: drawn by seed, spread over the months, each at most once."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from random import Random
from typing import Protocol

from evals.cases import normalise
from evals.drafting.kinds import Kind
from index.types import Hit, Paper

_SHORTEST = 200  # characters; an abstract below has little to ask about
# A number that counts or measures: none within a name, of a list's item, or a year.
_FIGURE = re.compile(r"(?<![\w.,(\[-])(?!(?:19|20)\d\d\b)\d[\d.,]*(?![\w)\]]|-[A-Z])")
_LOOKED_AT = 10  # papers near one, among which its partner is


class Papers(Protocol):
    """What is needed of a store."""

    def query(self) -> Sequence[Paper]: ...

    def search(self, text: str, k: int = 10) -> Sequence[Hit]: ...


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call: the kind of question, and the papers that it is about."""

    kind: Kind
    papers: tuple[Paper, ...]


def attempts(
    store: Papers, kinds: Sequence[Kind], *, seed: int, used: Collection[str]
) -> Iterator[Attempt]:
    """Attempts until the papers are used up, one kind after the other.

    ``used`` are titles of papers to keep away from. The same seed gives the same attempts over the
    same store. A paper that needs a partner gets the one that a search for its title finds first.
    """
    taken = set(used)
    order = spread(store.query(), Random(seed))
    left = {kind.name: iter(order) for kind in kinds}  # what is unfit for one may suit another
    turns = deque(kinds)
    while turns:
        kind = turns.popleft()
        groups = (_group(store, paper, taken, kind) for paper in left[kind.name])
        papers = next((group for group in groups if group), ())
        if papers:
            taken.update(normalise(one.title) for one in papers)
            yield Attempt(kind, papers)
            turns.append(kind)


def _group(store: Papers, paper: Paper, taken: Collection[str], kind: Kind) -> tuple[Paper, ...]:
    """The paper with as many near it as the kind needs; () where it or they are none for it."""
    if not _free(paper, taken, kind):
        return ()
    if kind.papers == 1:
        return (paper,)
    near = (hit.paper for hit in store.search(paper.title, _LOOKED_AT))
    others = [one for one in near if one.id != paper.id and _free(one, taken, kind)]
    papers = (paper, *others[: kind.papers - 1])
    return papers if len(papers) == kind.papers else ()


def spread(papers: Sequence[Paper], rng: Random) -> list[Paper]:
    """All papers in an order drawn by ``rng``, in which neighbours are of different months."""
    months: dict[str, list[Paper]] = {}
    for paper in rng.sample(sorted(papers, key=lambda paper: paper.id), len(papers)):
        months.setdefault(paper.known_date[:7], []).append(paper)
    return [one for row in zip_longest(*months.values()) for one in row if one is not None]


def _free(paper: Paper, taken: Collection[str], kind: Kind) -> bool:
    """Whether the paper isn't taken, and its abstract may hold what this kind asks for."""
    if normalise(paper.title) in taken or len(paper.abstract) < _SHORTEST:
        return False
    return not kind.number or _FIGURE.search(paper.abstract) is not None
