"""How much evidence to try next when a model could not read what it was sent. Pure."""

from __future__ import annotations

from index.errors import TooLong

LEAST = 400
"""Tokens of evidence below which another try is not worth it: two abstracts."""

_OF_THE_LIMIT = 0.8  # our tokens are estimates
_AROUND = 700  # tokens of instructions and question around the evidence


def smaller_budget(budget: int, error: TooLong, reply_tokens: int) -> int | None:
    """Tokens of evidence for the next try; None where there shouldn't be one.

    Half of ``budget``, or, where the endpoint named its limit, what that leaves beside the
    instructions and a reply of ``reply_tokens``, if that is less. It shrinks with every call.
    """
    half = budget // 2
    if error.limit is not None:
        fits = int(error.limit * _OF_THE_LIMIT) - _AROUND - reply_tokens
        half = min(half, fits) if fits >= LEAST else min(half, LEAST)
    return half if half >= LEAST and half < budget else None
