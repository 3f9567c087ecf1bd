"""A kept run of six cases, and judges on loopback that read what they are shown."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from evals.measures import MEASURES
from evals.measures.judged import GROUNDEDNESS, POINTS, RELEVANCE
from evals.runner import summarise
from evals.runs import RunFolder, SavedRun, load_run
from evals.types import CaseResult, EvalCase, Outcome
from index.types import Paper
from rag.types import Answer, Citation, Claim, Turn
from tests import endpoint as server
from tests.evals import build

SENTENCES = ("The method needs no labels.", "It gains 12 points on ImageNet.", "Code is public.")
PAPER = Paper("p1", "A method", " ".join(SENTENCES))
CONFIG = {"model": "extractive", "seed": 0, "n_cases": 6}


def citation(sentence: str, marker: int = 1) -> Citation:
    start = PAPER.abstract.index(sentence)
    return Citation(marker, PAPER, sentence, start, start + len(sentence), 1.0)


def claimed(*claims: str, wrong: Sequence[str] = ()) -> Answer:
    """An answer of these claims, of which the product's checker doubts some."""
    said = [Claim(text, (1,), "unsupported" if text in wrong else "supported") for text in claims]
    text = " ".join(f"{claim} [1]" for claim in claims)
    return build.answer(text, tuple(map(citation, SENTENCES[:2])), claims=tuple(said))


def case(name: str, *points: str, question: str = "", **more: object) -> EvalCase:
    base = replace(build.case("A method"), id=name, question=question or f"{name}: what of it?")
    return replace(base, answer_points=points, **more)


def outcomes() -> list[Outcome]:
    """Three good ones, one that is half wrong, a follow-up, a refusal."""
    first, second, third = SENTENCES
    moon = "It was trained on the moon."
    history = (Turn("Which method is it?", "A method."),)
    refused = build.answer("No answer found. Nothing is said of price.", abstained=True)
    return [
        Outcome(case("c0", first, second), claimed(first, second)),
        Outcome(case("c1", first, third), claimed(first)),
        Outcome(case("c2", second), claimed(second, moon, wrong=[moon])),
        Outcome(case("c3", third, history=history), claimed(first)),
        Outcome(case("c4", "Nothing is said of price.", answerable=False), refused),
        Outcome(case("c5"), claimed(second)),
    ]


def keep(folder, given: Sequence[Outcome] | None = None) -> SavedRun:
    """The run of these outcomes, as ``paperchat eval run`` leaves it."""
    kept = RunFolder(folder, CONFIG)
    rows = []
    for place, outcome in enumerate(outcomes() if given is None else given):
        row = CaseResult(outcome, {m.name: m.score(outcome) for m in MEASURES})
        kept.add(place, row)
        rows.append(row)
    kept.finish(summarise(rows, config=CONFIG))
    kept.close()
    return load_run(folder)


def shown(exchange: server.Exchange) -> str:
    return exchange.body["messages"][1]["content"]


def items(text: str) -> list[tuple[str, str, list[str], str]]:
    """(label, number, what it is held against, text) of each item that a judge is shown."""
    sentences = dict(re.findall(r"^Sentence (S\d+): (.*)$", text, re.MULTILINE))
    answer = re.search(r"^Answer: (.*)$", text, re.MULTILINE)
    found = []
    pattern = r"^(Claim|Point|Answer) (\d+)(?:, citing ([S\d, ]+))?: (.*)$"
    for label, number, cited, said in re.findall(pattern, text, re.MULTILINE):
        against = [sentences[name] for name in cited.split(", ")] if cited else []
        found.append((label, number, against or ([answer[1]] if answer else []), said))
    return found


def honest(exchange: server.Exchange) -> None:
    """YES to what stands in what it is held against, word by word, and to answers on the method."""
    lines = []
    for label, number, against, said in items(shown(exchange)):
        right = any(said in one for one in against)
        if label == "Answer":
            right = any(sentence in said for sentence in SENTENCES)
        lines.append(f"{number}: {'YES' if right else 'NO'}")
    server.normal("\n".join(lines))(exchange)


def says(word: str) -> server.Behaviour:
    """The same word of every item."""

    def play(exchange: server.Exchange) -> None:
        count = len(items(shown(exchange)))
        server.normal("\n".join(f"{n}: {word}" for n in range(1, count + 1)))(exchange)

    return play


def where(
    holds: Callable[[str], bool], behaviour: server.Behaviour, otherwise: server.Behaviour = honest
) -> server.Behaviour:
    """The behaviour where the text that is shown is so."""
    return lambda exchange: (behaviour if holds(shown(exchange)) else otherwise)(exchange)


ALL = (GROUNDEDNESS, POINTS, RELEVANCE)
CALLS = 15  # of an honest judge over these cases


def values(run, measure):
    return [row["scores"][measure]["value"] for row in run.rows]


def whys(run, name):
    (row,) = (row for row in run.rows if row["id"] == name)
    return [row["scores"][measure]["why"] for measure in ALL]


def lines(folder):
    """The results on disk, by id, as bytes."""
    found = (folder / "results.jsonl").read_bytes().splitlines()
    return {json.loads(line)["id"]: line for line in found}
