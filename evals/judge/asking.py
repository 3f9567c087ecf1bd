"""One question to a judge: what it is told, and whether its reply can be trusted.

Among the items stand controls, at random places: one that is surely a NO and, where there can be
one, one that is surely none. A judge that says the same of everything, because it always does or
because a text among the items told it to, gets one wrong, and its reply doesn't count. The NO is
another case's (see ``strangers``), so that "YES to what is about this subject" is caught as well;
in a run that has none it is a sentence off the subject. What no control can catch is a judge that
a text moves to one wrong verdict on itself, and to right ones on the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from types import MappingProxyType

import prompts
from evals.judge.reading import MISSING, TWICE, UNKNOWN, UNREADABLE, read_verdicts
from evals.judge.strangers import Strangers
from evals.judge.types import Item, Judgement, Task, lines_of
from evals.measures.judged import GROUNDEDNESS, POINTS, RELEVANCE
from index.errors import ConfigError
from rag.cancellation import Cancellation
from rag.context import Evidence, draw_fence, untrusted
from rag.models import ChatModel, ChatRequest, Completion, Message
from rag.models.short import read_short

CONTROL = "the judge got a control wrong"
FAILED = "the judge failed"
_ENDS = {"empty": "the judge's reply is empty", "truncated": "the judge's reply was cut off"}
UNTRUSTED = frozenset({CONTROL, FAILED, UNREADABLE, UNKNOWN, TWICE, MISSING, *_ENDS.values()})
"""The reasons that are the judge's, and not the case's."""

_TOKENS_AN_ITEM = 12
_LONGEST_DETAIL = 300

_YES_NO: Mapping[str, float] = MappingProxyType({"YES": 1.0, "NO": 0.0})
_WORDS: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {
        GROUNDEDNESS: _YES_NO,
        POINTS: _YES_NO,
        RELEVANCE: MappingProxyType({"YES": 1.0, "PARTLY": 0.5, "NO": 0.0}),
    }
)
_SYSTEM = MappingProxyType({name: name.replace("judged", "judge_eval") for name in _WORDS})
_COMMON = ("judge_eval_user", "judge_eval_controls")


@dataclass(frozen=True, slots=True)
class Placed:
    """An item where it stands in the prompt. ``known``: what a control may come to."""

    item: Item
    known: frozenset[float] | None = None

    def is_missed(self, verdict: float) -> bool:
        """Whether it is a control, and the verdict a wrong one."""
        return self.known is not None and verdict not in self.known


def prompt_of(measure: str | None = None) -> str:
    """The fingerprint of what is said to a judge for one measure, or, for None, for all."""
    measures = [measure] if measure else list(_SYSTEM)
    return prompts.fingerprint([*_COMMON, *(_SYSTEM[name] for name in measures)])


def ask(
    task: Task,
    model: ChatModel,
    strangers: Strangers,
    *,
    rng: Random,
    cancellation: Cancellation,
) -> Judgement:
    """The judge's word on one measure of one answer, in one call; in none where nothing is asked.

    ``rng`` draws the delimiter, which nobody must foresee, and the controls, one of them from
    ``strangers``. Raises ConfigError for a broken prompt file; whatever else goes wrong, the
    measure is unscored.
    """
    if not task.items:
        return _judged(task, model, ())
    placed = _with_controls(task, strangers, rng)
    request = ChatRequest(
        f"judge: {task.measure} of {task.case}",
        Evidence(()),
        messages_for(task, placed, draw_fence(rng)),
        max_tokens=_TOKENS_AN_ITEM * len(placed) + 50,
        cancellation=cancellation,
    )
    try:
        reply, call = read_short(model, request)
    except Exception as error:  # noqa: BLE001 - one broken case must not cost the others' scores
        reply, call = "", Completion("failed", detail=f"{type(error).__name__}: {error}")
    tokens = (call.usage.prompt_tokens, call.usage.completion_tokens)
    return replace(_read(task, model, placed, reply, call), tokens=tokens)


def _read(
    task: Task, model: ChatModel, placed: Sequence[Placed], reply: str, call: Completion
) -> Judgement:
    """What the reply says of the items, where it can be trusted."""
    if call.finish == "failed":
        detail = " ".join(call.detail.split())[:_LONGEST_DETAIL]
        return _unscored(task, model, f"{FAILED}: {detail}" if detail else FAILED)
    if call.finish in _ENDS:
        return _unscored(task, model, _ENDS[call.finish])
    verdicts = read_verdicts(reply, len(placed), _WORDS[task.measure])
    if isinstance(verdicts, str):
        return _unscored(task, model, verdicts)
    both = list(zip(placed, verdicts, strict=True))
    if any(one.is_missed(verdict) for one, verdict in both):
        return _unscored(task, model, CONTROL)
    return _judged(task, model, [verdict for one, verdict in both if one.known is None])


def messages_for(task: Task, placed: Sequence[Placed], fence: str) -> tuple[Message, ...]:
    """What the judge is told; the case, the answer and the quotes are shown as data."""
    lines = lines_of([one.item for one in placed])
    words = ", ".join(_WORDS[task.measure])
    try:
        system = prompts.render(_SYSTEM[task.measure], fence=fence)
        user = prompts.render(
            "judge_eval_user",
            material=untrusted([*task.head, *lines], fence),
            count=str(len(placed)),
            items=f"{placed[0].item.label.lower()}s",
            words=words,
        )
    except prompts.PromptError as error:
        raise ConfigError(str(error)) from error
    return Message("system", system), Message("user", user)


def _with_controls(task: Task, strangers: Strangers, rng: Random) -> list[Placed]:
    """The items in their order, with the controls somewhere among them."""
    placed = [Placed(item) for item in task.items]
    known = task.items[0]
    text = strangers.draw(task, rng)
    if text is None:
        text = rng.choice(prompts.text("judge_eval_controls").splitlines())
    wrong = Item(known.label, text, rng.choice(task.items).quotes)
    controls = [Placed(wrong, frozenset({0.0}))]
    if task.surely is not None:
        controls.append(Placed(task.surely, _not_no(task.measure)))
    for control in controls:
        placed.insert(rng.randint(0, len(placed)), control)
    return placed


def _not_no(measure: str) -> frozenset[float]:
    """What a control may come to that is surely no NO: YES, or PARTLY where there is that."""
    return frozenset(_WORDS[measure].values()) - {0.0}


def _judged(task: Task, model: ChatModel, asked: Sequence[float]) -> Judgement:
    given = dict(zip(task.places, asked, strict=True))
    verdicts = tuple(given.get(place, 0.0) for place in range(task.total))
    value = sum(verdicts) / task.total
    if task.measure == RELEVANCE:
        why = {1.0: "", 0.5: "answers in part"}.get(value, "answers something else")
    else:
        why = "" if value == 1 else f"judged NO: {_listed(task, verdicts)}"
    return _judgement(task, model, value, why, verdicts)


def _listed(task: Task, verdicts: Sequence[float]) -> str:
    """The items that fell short, shortened."""
    texts = dict(zip(task.places, (item.text for item in task.items), strict=True))
    short = [place for place, verdict in enumerate(verdicts) if verdict < 1]
    told = [texts.get(place, f"claim {place + 1}, which cites nothing") for place in short]
    return "; ".join(text if len(text) <= 120 else f"{text[:119]}…" for text in told)


def _unscored(task: Task, model: ChatModel, why: str) -> Judgement:
    return _judgement(task, model, None, why, ())


def _judgement(
    task: Task, model: ChatModel, value: float | None, why: str, verdicts: tuple[float, ...]
) -> Judgement:
    prompt = prompt_of(task.measure)
    return Judgement(task.case, task.measure, model.spec, prompt, task.digest, value, why, verdicts)
