"""How many tokens an answer takes."""

from __future__ import annotations

from evals.measures.groups import COSTS
from evals.types import Measure, Outcome, Score

PROMPT = "prompt_tokens"
COMPLETION = "completion_tokens"


def prompt_tokens(outcome: Outcome) -> Score:
    """Tokens that the model read for the answer, as the endpoint counts them; lower is better.

    Those of all calls: rewriting, answering, trying again. Unscored: answers for which no tokens
    were reported (of the extractive model, from the records), and cases that failed.
    """
    return _tokens(outcome, PROMPT)


def completion_tokens(outcome: Outcome) -> Score:
    """Tokens that the model wrote for the answer, as the endpoint counts them; lower is better.

    Unscored: as for ``prompt_tokens``.
    """
    return _tokens(outcome, COMPLETION)


def _tokens(outcome: Outcome, name: str) -> Score:
    if outcome.answer is None:
        return Score(name, None, "the case failed")
    usage = outcome.answer.usage
    if not usage.prompt_tokens and not usage.completion_tokens:
        return Score(name, None, "no tokens were reported")
    return Score(name, float(getattr(usage, name)))


PROMPT_TOKENS, COMPLETION_TOKENS = (
    Measure(
        name, score, "lower", False, group=COSTS, digits=0, needs="an endpoint that counts tokens"
    )
    for name, score in ((PROMPT, prompt_tokens), (COMPLETION, completion_tokens))
)
