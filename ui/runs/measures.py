"""What the measures are called on the page.

What a measure is (which way is better, its range, its group) is told by ``evals.measures``; a run
may hold others, which are shown by their own names, as shares of which more is better.
"""

from __future__ import annotations

from dataclasses import dataclass

from evals.measures import named
from evals.types import Better


@dataclass(frozen=True, slots=True)
class Naming:
    """A measure in words. ``share``: it lies in [0, 1]; ``digits``: decimals that are shown.

    ``needs``: what it takes to grade any question, "" where that is nothing, or isn't known.
    """

    words: str
    meaning: str = ""
    better: Better = "higher"
    share: bool = True
    digits: int = 3
    needs: str = ""

    @property
    def lower(self) -> bool:
        """Whether less of it is better."""
        return self.better == "lower"


WORDS = {
    "recall": ("Retrieval recall", "wanted papers among the first that were found"),
    "ndcg_10": ("nDCG@10", "how high up the wanted papers are among those found"),
    "mrr_10": ("MRR@10", "how far down the first wanted paper is: 1 over its rank"),
    "citation_precision": ("Citation precision", "cited papers that belong there"),
    "citation_recall": ("Citation recall", "wanted papers that the answer cites"),
    "quote_precision": ("Quote precision", "cited sentences that are wanted ones"),
    "quote_recall": ("Quote recall", "wanted sentences that the answer cites"),
    "verbatim": ("Verbatim quotes", "answers whose every quote stands in its abstract"),
    "must_contain": ("Must contain", "wanted words that the answer holds"),
    "answer_points": ("Points made", "points that the answer should make, and makes"),
    "list_exactness": ("Exact lists", "lists with every paper and no other"),
    "groundedness": ("Groundedness", "claims that their citations support"),
    "answered": ("Answered", "answers and refusals that are not blank"),
    "completed": ("Completed", "questions that ended without an error"),
    "answer_words": ("Length, words", "of the answer"),
    "unanswerable_refused": ("Refused rightly", "questions without an answer, refused"),
    "refusal_precision": ("Refusal precision", "refusals of questions without an answer"),
    "answerable_refused": ("Refused wrongly", "questions with an answer, refused"),
    "premature_refusal": ("Refused too soon", "refused with a wanted paper at hand"),
    "latency_ms": ("Time, ms", "until the whole answer"),
    "plan_ms": ("Planning, ms", "until the question is understood"),
    "retrieve_ms": ("Retrieval, ms", "until papers are found"),
    "first_token_ms": ("First word, ms", "until the answer begins"),
    "generate_ms": ("Writing, ms", "from its first word to its last"),
    "check_ms": ("Checking, ms", "of claims against their evidence"),
    "prompt_tokens": ("Tokens read", "by the model, for an answer"),
    "completion_tokens": ("Tokens written", "by the model, for an answer"),
    "cost_usd": ("Cost, $", "of an answer"),
    "judged_groundedness": ("Groundedness, judged", "the same, as a model judges it"),
    "judged_points": ("Points made, judged", "the same, as a model judges it"),
    "judged_relevance": ("Relevance, judged", "whether a model finds the question answered"),
}
HEADLINES = ("citation_recall", "must_contain", "unanswerable_refused")


def naming(measure: str) -> Naming:
    """How the measure is told."""
    words, meaning = WORDS.get(measure) or (measure.replace("_", " ").capitalize(), "")
    known = named(measure)
    if known is None:
        share = not measure.endswith("_ms")
        return Naming(words, meaning, share=share, digits=3 if share else 0)
    return Naming(words, meaning, known.better, known.bounded, known.digits, known.needs)


def shown(measure: str, value: float | None, *, signed: bool = False) -> str:
    """A value as it is written, with the decimals of its measure."""
    if value is None:
        return "–"
    digits = naming(measure).digits
    written = f"{value:+,.{digits}f}" if signed else f"{value:,.{digits}f}"
    if written.strip("+-0.,") == "":
        written = written.lstrip("+-")
    return written.replace("-", "−")


def gain(measure: str, before: float | None, after: float | None) -> float | None:
    """How much better the later value is, worse below 0; None where one isn't graded.

    Of a measure of which neither more nor less is better, how much more it is.
    """
    if before is None or after is None:
        return None
    return before - after if naming(measure).lower else after - before
