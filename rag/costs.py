"""What an answer cost: as the endpoint says, or from the user's prices. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass

from index.errors import ConfigError
from rag.types import Usage

_TOKENS = 1_000_000


@dataclass(frozen=True, slots=True)
class Prices:
    """US dollars per million tokens, of the prompt and of the reply; not negative."""

    prompt: float
    completion: float


def parse_prices(text: str) -> Prices:
    """Prices written "INPUT,OUTPUT", such as "0.25,2". Raises ConfigError for anything else."""
    parts = text.split(",")
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        numbers = []
    if len(numbers) != 2 or not all(math.isfinite(n) and n >= 0 for n in numbers):
        raise ConfigError(
            f"prices must be two numbers, INPUT,OUTPUT in US dollars per million tokens, such as "
            f"0.25,2; not {text!r}"
        )
    return Prices(*numbers)


def cost_usd(usage: Usage, reported: float | None, prices: Prices | None) -> float | None:
    """What a call cost: what the endpoint reported, or else tokens times prices.

    None where neither is known; an endpoint that reports no tokens leaves nothing to multiply.
    """
    if reported is not None:
        return reported
    if prices is None or not (usage.prompt_tokens or usage.completion_tokens):
        return None
    spent = usage.prompt_tokens * prices.prompt + usage.completion_tokens * prices.completion
    return spent / _TOKENS


def total_cost(*costs: float | None) -> float | None:
    """The sum over several calls; None where one of them is not known. Nothing costs nothing."""
    known = [cost for cost in costs if cost is not None]
    return math.fsum(known) if len(known) == len(costs) else None


def total_usage(*usages: Usage) -> Usage:
    """The tokens of several calls."""
    return Usage(
        sum(usage.prompt_tokens for usage in usages),
        sum(usage.completion_tokens for usage in usages),
    )
