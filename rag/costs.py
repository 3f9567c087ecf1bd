"""What an answer cost: as the endpoint says, or from the user's prices. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from index.errors import ConfigError
from rag.types import Usage

if TYPE_CHECKING:
    from rag.models import Completion

_TOKENS = 1_000_000


@dataclass(frozen=True, slots=True)
class Prices:
    """US dollars per million tokens, of the prompt and of the reply; not negative."""

    prompt: float
    completion: float


@dataclass(frozen=True, slots=True)
class Spent:
    """What calls took: tokens, and US dollars; None where these aren't known."""

    usage: Usage = field(default_factory=Usage)
    cost_usd: float | None = 0.0

    def __add__(self, other: Spent) -> Spent:
        ours, theirs = self.usage, other.usage
        prompts = ours.prompt_tokens + theirs.prompt_tokens
        replies = ours.completion_tokens + theirs.completion_tokens
        if self.cost_usd is None or other.cost_usd is None:
            return Spent(Usage(prompts, replies), None)
        return Spent(Usage(prompts, replies), self.cost_usd + other.cost_usd)


def spent(call: Completion, prices: Prices | None) -> Spent:
    """What a call took, as its end reports it."""
    return Spent(call.usage, cost_usd(call.usage, call.cost_usd, prices))


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
