"""What the measures are called on the page, and which way is better.

The names and directions are those of ``evals.measures``; a run may hold others, which are shown by
their own names, as shares of which more is better.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Naming:
    """A measure in words. ``share``: it lies in [0, 1]; ``lower``: less of it is better."""

    words: str
    meaning: str = ""
    lower: bool = False
    share: bool = True


KNOWN = {
    "recall": Naming("Retrieval recall", "wanted papers among the first that were found"),
    "ndcg_10": Naming("nDCG@10", "how high up the wanted papers are among those found"),
    "mrr_10": Naming("MRR@10", "how far down the first wanted paper is: 1 over its rank"),
    "citation_precision": Naming("Citation precision", "cited papers that belong there"),
    "citation_recall": Naming("Citation recall", "wanted papers that the answer cites"),
    "must_contain": Naming("Must contain", "wanted words that the answer holds"),
    "list_exactness": Naming("Exact lists", "lists with every paper and no other"),
    "unanswerable_refused": Naming("Refused rightly", "questions without an answer, refused"),
    "answerable_refused": Naming(
        "Refused wrongly", "questions with an answer, refused", lower=True
    ),
    "verbatim": Naming("Verbatim quotes", "answers whose every quote stands in its abstract"),
    "answered": Naming("Answered", "answers and refusals that are not blank"),
    "completed": Naming("Completed", "questions that ended without an error"),
    "latency_ms": Naming("Time, ms", "until the whole answer", lower=True, share=False),
}
HEADLINES = ("citation_recall", "must_contain", "unanswerable_refused")


def naming(measure: str) -> Naming:
    """How the measure is told."""
    words = measure.replace("_", " ").capitalize()
    return KNOWN.get(measure) or Naming(words, share=not measure.endswith("_ms"))


def shown(measure: str, value: float | None, *, signed: bool = False) -> str:
    """A value as it is written: three decimals of a share, else whole numbers."""
    if value is None:
        return "–"
    digits = 3 if naming(measure).share else 0
    written = f"{value:+,.{digits}f}" if signed else f"{value:,.{digits}f}"
    if written.strip("+-0.,") == "":
        written = written.lstrip("+-")
    return written.replace("-", "−")


def gain(measure: str, before: float | None, after: float | None) -> float | None:
    """How much better the later value is, worse below 0; None where one isn't graded."""
    if before is None or after is None:
        return None
    return before - after if naming(measure).lower else after - before
