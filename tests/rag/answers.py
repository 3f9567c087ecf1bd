"""What every answer has to keep, and the question and the assistant that many tests share."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from random import Random

from evals.measures.verbatim import violations
from rag.assistant import Assistant
from rag.models.extractive import ExtractiveModel
from rag.refusing import Searched, lead
from rag.settings import Settings
from rag.types import Answer
from tests.rag.corpus import PAPERS

QUESTION = "Does switching off experts cut refusals without retraining?"
TRUE = "Switching off ten experts cuts refusals by 52% [{{key:1.2}}]."
FALSE = "Switching off ten experts cuts refusals by 97% [{{key:1.2}}]."
NO_ANSWER = lead(QUESTION, Searched(len(PAPERS)))


def quoting(index, **more) -> Assistant:
    """An assistant without a language model."""
    return Assistant(index, ExtractiveModel(), Settings(), rng=Random(0), **more)


def keeps_its_promise(answer: Answer, given: Mapping[str, int] | None = None) -> None:
    """``given``: paper id -> the marker that it has in the conversation."""
    given = given or {}
    assert violations(numbered_from_one(answer)) == ()
    in_text = list(dict.fromkeys(int(n) for n in re.findall(r"\[(\d+)\]", answer.text)))
    papers = {citation.marker: citation.paper.id for citation in answer.citations}
    new = max(given.values(), default=0) + 1
    for marker in in_text:
        assert marker == given.get(papers[marker], new)
        new += papers[marker] not in given
    assert all(0 <= citation.support <= 1 for citation in answer.citations)
    assert {n for claim in answer.claims for n in claim.markers} == set(in_text)
    cited = {citation.paper.id for citation in answer.citations}
    assert {source.paper.id for source in answer.sources if source.cited} == cited
    assert answer.abstained == (answer.reason is not None)
    assert answer.text
    json.dumps(answer.to_dict())


def numbered_from_one(answer: Answer) -> Answer:
    """The answer as if it were the first of its conversation."""
    used = dict.fromkeys(int(n) for n in re.findall(r"\[(\d+)\]", answer.text))
    new = {marker: place for place, marker in enumerate(used, start=1)}
    text = re.sub(r"\[(\d+)\]", lambda found: f"[{new[int(found[1])]}]", answer.text)
    claims = [replace(c, markers=tuple(new.get(n, 0) for n in c.markers)) for c in answer.claims]
    citations = [replace(c, marker=new.get(c.marker, 0)) for c in answer.citations]
    return replace(answer, text=text, claims=tuple(claims), citations=tuple(citations))
