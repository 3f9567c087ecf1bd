"""How much of an answer its evidence supports, as the product's own checker sees it."""

from __future__ import annotations

from evals.measures.groups import ANSWERS
from evals.types import Measure, Outcome, Score

NAME = "groundedness"


def groundedness(outcome: Outcome) -> Score:
    """Share of the answer's claims whose verdict is "supported", in [0, 1].

    Weak claims count as not supported: a reader would have to check them. The verdicts are those
    that the product gave (``Claim.verdict``), so the measure is as good as its checker; quotes are
    supported by what they are, and claims that were withheld don't count. Unscored: refusals,
    answers without claims, and cases that failed.
    """
    answer = outcome.answer
    if answer is None:
        return Score(NAME, None, "the case failed")
    if answer.abstained:
        return Score(NAME, None, "refused")
    if not answer.claims:
        return Score(NAME, None, "the answer has no claims")
    verdicts = [claim.verdict for claim in answer.claims]
    counts = {kind: verdicts.count(kind) for kind in ("weak", "unsupported")}
    why = ", ".join(f"{count} {kind}" for kind, count in counts.items() if count)
    share = verdicts.count("supported") / len(verdicts)
    return Score(NAME, share, f"{why} of {len(verdicts)} claims" if why else "")


GROUNDEDNESS = Measure(NAME, groundedness, group=ANSWERS, needs="answers that claim something")
