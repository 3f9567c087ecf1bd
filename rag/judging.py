"""A language model as second judge of claims: does a claim follow from the quotes that it cites."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random

from index.errors import ConfigError
from prompts import SHIPPED, PromptError, Prompts
from rag.cancellation import Cancellation
from rag.context import Evidence, draw_fence, untrusted
from rag.models import ChatModel, ChatRequest, Completion, Message
from rag.models.short import read_short
from rag.types import Verdict

TEMPLATES = ("judge_claim_system", "judge_claim_user")
MOST_CLAIMS = 40
"""Claims that are judged in one call; those after them get no verdict."""

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


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a second judge said: a verdict a claim, None where it has none.

    ``call``: how the call ended, None where there was none. ``notice``: why claims that it should
    have judged have no verdict, in a sentence for the reader; empty where all have one.
    """

    verdicts: tuple[Verdict | None, ...] = ()
    call: Completion | None = None
    notice: str = ""


def judge(
    model: ChatModel,
    pairs: Sequence[Pair],
    *,
    rng: Random,
    cancellation: Cancellation,
    templates: Prompts = SHIPPED,
) -> Judgement:
    """The model's verdict on each claim, in one call for all.

    A claim without quotes is not asked about. ``rng`` draws the delimiter of what others wrote.
    Raises ConfigError for a broken prompt file; whatever else goes wrong, there is a notice.
    """
    due = [place for place, (claim, quotes) in enumerate(pairs) if claim.strip() and any(quotes)]
    verdicts: list[Verdict | None] = [None] * len(pairs)
    if not due:
        return Judgement(tuple(verdicts))
    if model.mode == "extractive":
        return Judgement(tuple(verdicts), None, _notice(model, 0, 0, "it is no language model"))
    asked = due[:MOST_CLAIMS]
    request = ChatRequest(
        QUESTION,
        Evidence(()),
        _messages([pairs[place] for place in asked], draw_fence(rng), templates),
        max_tokens=_TOKENS_A_CLAIM * len(asked) + 50,
        cancellation=cancellation,
    )
    reply, call = read_short(model, request)
    if call.finish != "failed":
        for place, verdict in zip(asked, read_verdicts(reply, len(asked)), strict=True):
            verdicts[place] = verdict
    given = sum(verdict is not None for verdict in verdicts)
    notice = _notice(model, given, len(due), _why(call, given < len(asked)))
    return Judgement(tuple(verdicts), call, notice if given < len(due) else "")


def _why(call: Completion, unread: bool) -> str:
    """Why there are fewer verdicts than claims."""
    if not unread:
        return f"it is shown {MOST_CLAIMS} at most"
    if call.finish != "complete" and call.detail:
        return call.detail
    return "its reply doesn't say, or not in a way that can be read"


def _notice(model: ChatModel, given: int, due: int, why: str) -> str:
    missing = f" on {due - given} of {due} claims" if given else ""
    return f"The second judge ({model.spec}) gave no verdict{missing}: {why.rstrip('.')}."


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


def _messages(pairs: Sequence[Pair], fence: str, templates: Prompts) -> tuple[Message, ...]:
    """What the model is told. The claims are a model's words and the quotes a paper's: both are
    shown as data.
    """
    try:
        system = templates.render("judge_claim_system", fence=fence)
        claims = untrusted(_lines(pairs), fence)
        user = templates.render("judge_claim_user", claims=claims, count=str(len(pairs)))
    except PromptError as error:
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
