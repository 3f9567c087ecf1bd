"""Citations that hold what the contract says of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from evals.measures.groups import CITATIONS
from evals.types import Measure, Outcome, Score
from rag.history import numbers_of
from rag.types import Answer

NAME = "verbatim"

_MARKER = re.compile(r"\[(\d+)\]")


def violations(answer: Answer, given: Mapping[str, int] = MappingProxyType({})) -> tuple[str, ...]:
    """What is wrong with an answer's citations; nothing for a sound answer.

    Every quote stands at its offsets; every marker of the text and of the claims has an entry and
    every entry a marker; a marker is one paper. Markers count 1, 2, ... in order of first use; in a
    conversation, papers in ``given`` (paper id -> marker) keep theirs and new ones go on after it.
    """
    found = [
        f"[{c.marker}] is not verbatim at {c.start}..{c.end} of {c.paper.id}"
        for c in answer.citations
        if not c.quote or c.start < 0 or c.paper.abstract[c.start : c.end] != c.quote
    ]
    used = list(dict.fromkeys(int(marker) for marker in _MARKER.findall(answer.text)))
    entries = {citation.marker for citation in answer.citations}
    found += [f"[{marker}] has no entry" for marker in used if marker not in entries]
    found += [f"[{marker}] is not in the text" for marker in sorted(entries - set(used))]
    paper_of = {citation.marker: citation.paper.id for citation in answer.citations}
    new = [marker for marker in used if paper_of.get(marker) not in given]
    first = max(given.values(), default=0) + 1
    if new != list(range(first, first + len(new))):
        found.append(f"markers are not numbered in order of first use: {used}")
    kept = [(given[paper], marker) for marker, paper in paper_of.items() if paper in given]
    found += [f"[{marker}] was [{before}] before" for before, marker in kept if before != marker]
    claimed = {marker for claim in answer.claims for marker in claim.markers}
    found += [f"a claim has [{marker}], which has no entry" for marker in sorted(claimed - entries)]
    for marker in sorted(entries):
        papers = {c.paper.id for c in answer.citations if c.marker == marker}
        if len(papers) > 1:
            found.append(f"[{marker}] stands for {len(papers)} papers")
    return tuple(found)


def verbatim(outcome: Outcome) -> Score:
    """1 when the answer's citations keep the contract, else 0; ``why`` lists what is wrong.

    An answer that cites nothing keeps it. Unscored: cases that failed.
    """
    if outcome.answer is None:
        return Score(NAME, None, "the case failed")
    found = violations(outcome.answer, numbers_of(outcome.case.history))
    return Score(NAME, float(not found), "; ".join(found))


VERBATIM = Measure(NAME, verbatim, group=CITATIONS)
