"""A language model as second judge of claims: does a claim follow from the quotes that it cites."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Sequence

import prompts
from index.errors import ConfigError, ModelError
from rag.cancellation import Cancellation
from rag.context import Evidence, draw_fence, untrusted
from rag.models import ChatModel, ChatRequest, Completion, Message
from rag.models.reasoning import ReasoningFilter
from rag.types import Verdict

TEMPLATES = ("judge_claim_system", "judge_claim_user")
MOST_CLAIMS = 40
"""Claims that are judged in one call; those after them get no opinion."""

QUESTION = "Do the quotes support the claims?"
"""The request's question, by which a scripted model can tell it from others."""

_LONGEST_CLAIM, _LONGEST_QUOTES = 1_000, 3_000  # characters that are shown, of each claim
_TOKENS_A_CLAIM = 12
_WORDS: dict[str, Verdict] = {
    "SUPPORTED": "supported",
    "PARTLY": "weak",
    "UNSUPPORTED": "unsupported",
}
_LINE = re.compile(
    rf"[\s*_#>•-]*(?:claim\s*)?(\d{{1,3}})[\s*_`'\".:)\]=–—-]*({'|'.join(_WORDS)})[\s*_`'\".]*",
    re.IGNORECASE,
)

Pair = tuple[str, Sequence[str]]
"""A claim, and the quotes that it cites."""


def judge(
    model: ChatModel,
    pairs: Sequence[Pair],
    *,
    rng: random.Random | None = None,
    cancellation: Cancellation | None = None,
) -> list[Verdict | None]:
    """The model's verdict on each claim, in one call for all; None where it has none.

    A claim without quotes is not asked about. A model that fails, or whose reply can't be read,
    has no opinion. Raises ConfigError for a broken prompt file.
    """
    opinions: list[Verdict | None] = [None] * len(pairs)
    asked = [place for place, (claim, quotes) in enumerate(pairs) if claim.strip() and any(quotes)]
    asked = asked[:MOST_CLAIMS]
    if not asked or model.mode == "extractive":
        return opinions
    request = ChatRequest(
        QUESTION,
        Evidence(()),
        _messages([pairs[place] for place in asked], draw_fence(rng or random.SystemRandom())),
        max_tokens=_TOKENS_A_CLAIM * len(asked) + 50,
        cancellation=cancellation or Cancellation(),
    )
    try:
        reply = _reply(model, request)
    except ModelError:
        return opinions
    for place, verdict in zip(asked, read_verdicts(reply, len(asked)), strict=True):
        opinions[place] = verdict
    return opinions


def read_verdicts(reply: str, count: int) -> list[Verdict | None]:
    """The verdicts on claims 1 to ``count`` that a reply gives, one a line.

    A line that says anything besides is no verdict; two that differ on one claim are none. One
    claim's verdict may come without its number.
    """
    found: dict[int, set[Verdict]] = {}
    for line in reply.splitlines():
        if match := _LINE.fullmatch(line):
            found.setdefault(int(match[1]), set()).add(_WORDS[match[2].upper()])
    if count == 1 and not found:
        word = reply.strip(" \t\n*_`'\".").upper()
        found = {1: {_WORDS[word]}} if word in _WORDS else {}
    return [_only(found.get(number, set())) for number in range(1, count + 1)]


def _only(verdicts: set[Verdict]) -> Verdict | None:
    return next(iter(verdicts)) if len(verdicts) == 1 else None


def _reply(model: ChatModel, request: ChatRequest) -> str:
    """The model's text without its reasoning; nothing of a reply that failed."""
    reasoning, text = ReasoningFilter(), ""
    for item in model.stream(request):
        if isinstance(item, Completion):
            return "" if item.finish == "failed" else text + reasoning.finish()
        passed = reasoning.feed(item)
        text = passed if reasoning.restarted else text + passed
    return text


def _messages(pairs: Sequence[Pair], fence: str) -> tuple[Message, ...]:
    """What the model is told. The claims are a model's words and the quotes a paper's: both are
    shown as data.
    """
    try:
        system = prompts.render("judge_claim_system", fence=fence)
        claims = untrusted(_lines(pairs), fence)
        user = prompts.render("judge_claim_user", claims=claims, count=str(len(pairs)))
    except prompts.PromptError as error:
        raise ConfigError(str(error)) from error
    return Message("system", system), Message("user", user)


def _lines(pairs: Iterable[Pair]) -> list[tuple[str, str]]:
    lines = []
    for number, (claim, quotes) in enumerate(pairs, start=1):
        lines.append((f"Claim {number}: ", claim[:_LONGEST_CLAIM]))
        left = _LONGEST_QUOTES
        for quote in quotes:
            if left > 0:
                lines.append(("Quote: ", quote[:left]))
            left -= len(quote)
    return lines
