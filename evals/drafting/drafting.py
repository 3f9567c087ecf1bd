"""Drafts: a model asked about papers of a store, and what can stand kept as it comes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from itertools import islice
from random import Random, SystemRandom

from evals.cases import fields_of
from evals.drafting.checking import Asked, Dropped, check
from evals.drafting.choosing import Attempt
from evals.drafting.kinds import Kind, fingerprint_of, messages_for
from evals.drafting.reading import read_reply
from evals.types import EvalCase
from rag.cancellation import Cancellation
from rag.context import Evidence
from rag.models import ChatModel, ChatRequest
from rag.models.short import read_short

QUESTION = "Draft a case: "
"""Begins the request's question, by which a scripted model can tell it; the titles follow."""

AT_ONCE = 8
"""Calls at the same time, unless told otherwise."""

_MAX_TOKENS = 700
_FAILED_IN_A_ROW = 8  # calls; then nothing more is asked of this model


@dataclass(slots=True)
class Told:
    """What became of the calls so far: cases written, suggestions dropped, calls that failed."""

    written: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    failed: int = 0
    in_a_row: int = 0

    def __str__(self) -> str:
        parts = [f"{self.written} {'case' if self.written == 1 else 'cases'} drafted"]
        if self.dropped:
            reasons = "; ".join(f"{count} × {why}" for why, count in self.dropped.most_common())
            parts.append(f"{self.dropped.total()} dropped ({reasons})")
        if self.failed:
            parts.append(f"{self.failed} {'call' if self.failed == 1 else 'calls'} failed")
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Drafting:
    """Asks ``model`` about one attempt after the other, ``concurrency`` at the same time.

    ``keep`` gets each case as a line of a cases file, ``tell`` a line for each call that failed,
    ``advance`` is called for each case.
    """

    model: ChatModel
    asked: Asked
    keep: Callable[[str], None]
    tell: Callable[[str], None]
    advance: Callable[[], None] = lambda: None
    concurrency: int = AT_ONCE

    def run(self, attempts: Iterator[Attempt], wanted: int, told: Told) -> None:
        """Goes on until so many cases are written, or twice as many attempts are made.

        It ends earlier where the attempts do, or eight calls in a row failed. ``told`` is kept up
        to date, also where this ends by an exception, of which it raises any.
        """
        stop = Cancellation()
        left = islice(attempts, 2 * wanted)
        pending: dict[Future[str | Failure], Attempt] = {}
        pool = ThreadPoolExecutor(self.concurrency, thread_name_prefix="draft")
        try:
            while True:
                going_on = told.in_a_row < _FAILED_IN_A_ROW
                room = min(self.concurrency, wanted - told.written) - len(pending)
                for attempt in islice(left, max(0, room) if going_on else 0):
                    pending[pool.submit(self._ask, attempt, stop)] = attempt
                if not pending:
                    return
                for done in wait(pending, return_when=FIRST_COMPLETED).done:
                    self._take(pending.pop(done), done.result(), told)
        finally:
            stop.cancel()
            pool.shutdown(wait=False, cancel_futures=True)

    def _ask(self, attempt: Attempt, stop: Cancellation) -> str | Failure:
        """The model's reply, or why there is none."""
        rng = Random(SystemRandom().getrandbits(128))  # a paper must not know the delimiter
        request = ChatRequest(
            QUESTION + _titles(attempt),
            Evidence(()),
            messages_for(attempt.kind, attempt.papers, rng),
            max_tokens=_MAX_TOKENS,
            cancellation=stop,
        )
        reply, call = read_short(self.model, request)
        return reply if call.finish == "complete" else Failure(call.detail or call.finish)

    def _take(self, attempt: Attempt, reply: str | Failure, told: Told) -> None:
        if isinstance(reply, Failure):
            told.failed, told.in_a_row = told.failed + 1, told.in_a_row + 1
            self.tell(f"failed: {_titles(attempt)}: {reply.why}")
            return
        told.in_a_row = 0
        case = self._case(attempt, reply)
        if isinstance(case, Dropped):
            told.dropped[case.reason] += 1
            return
        # ``fields_of`` leaves out what is as by default; that it waits never is.
        self.keep(json.dumps(fields_of(case), ensure_ascii=False))
        self.asked.add(case.question)
        told.written += 1
        self.advance()

    def _case(self, attempt: Attempt, reply: str) -> EvalCase | Dropped:
        """The first suggestion of a reply that can stand, or why the first one can't."""
        suggestions = read_reply(reply)
        if suggestions is None:
            return Dropped("the reply is not the JSON that was asked for")
        if not suggestions:
            return Dropped("the model found nothing to ask")
        note = note_of(self.model, attempt.kind)
        checked = [
            check(each, attempt.kind, attempt.papers, self.asked, note) for each in suggestions
        ]
        return next((one for one in checked if isinstance(one, EvalCase)), checked[0])


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a call brought no whole reply."""

    why: str


def note_of(model: ChatModel, kind: Kind) -> str:
    """What a drafted case tells of where it is from."""
    return f"drafted by {model.spec}, prompts {fingerprint_of(kind)}"


def _titles(attempt: Attempt) -> str:
    return " | ".join(" ".join(paper.title.split()) for paper in attempt.papers)
