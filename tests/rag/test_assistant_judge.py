"""A second judge within the pipeline: its verdicts count, what it takes counts, failing shows."""

from random import Random

import pytest

from rag.answer_cache import FILE, AnswerCache
from rag.assistant import Assistant
from rag.models import Completion
from rag.models.openai import Deadlines, OpenAIChatModel
from rag.settings import Settings
from rag.types import Usage
from tests import endpoint as server
from tests.rag.answers import QUESTION
from tests.rag.corpus import Says

FINE = ["Refusals fall by 52% ", ("experts", 2), "."]


class Reporting(Says):
    """Ends each reply with what it took."""

    def __init__(self, spec, *replies, cost=None):
        super().__init__(*replies)
        self.spec, self.cost, self.calls = spec, cost, 0

    def stream(self, request):
        self.calls += 1
        for item in super().stream(request):
            ended = isinstance(item, Completion)
            yield Completion("complete", Usage(100, 10), "", self.cost) if ended else item


def assistant(index, judge, *, writer=None, cache=None, **setup):
    model = writer or Reporting("writes", FINE, cost=0.5)
    return Assistant(index, model, Settings(**setup), rng=Random(0), judge=judge, cache=cache)


def test_its_verdict_counts_and_so_does_what_it_takes(index):
    judge = Reporting("judges", ["1: PARTLY"], cost=0.25)
    answer = assistant(index, judge).ask(QUESTION)
    assert [claim.verdict for claim in answer.claims] == ["weak"]
    assert answer.usage == Usage(200, 20)
    assert answer.cost_usd == 0.75
    assert answer.notices == ()


def test_prices_are_those_of_the_answering_model_and_of_the_same_one_as_judge(index):
    said = ["1: SUPPORTED"]
    for spec, cost in (("writes", 0.00022), ("judges", None)):
        writer = Reporting("writes", FINE)
        judged = assistant(index, Reporting(spec, said), writer=writer, prices="1,1")
        assert judged.ask(QUESTION).cost_usd == (cost and pytest.approx(cost))


def test_without_a_call_nothing_is_counted(index):
    judge = Reporting("judges", ["1: SUPPORTED"])
    answer = assistant(index, judge, writer=Reporting("writes", ["From memory."], cost=0.1)).ask(
        QUESTION
    )
    assert (answer.mode, answer.usage, judge.calls) == ("extractive", Usage(200, 20), 0)
    assert answer.cost_usd == 0.2


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        (server.fails(500), "gave no verdict: The model m at http"),
        (server.normal("I'd rather not."), "gave no verdict: its reply doesn't say"),
        (server.empty, "gave no verdict: the reply holds no text."),
        (server.normal("1: SUPPO", finish="length"), "gave no verdict: the reply reached the"),
    ],
)
def test_a_judge_that_fails_is_no_secret_and_such_an_answer_is_not_kept(
    index, tmp_path, behaviour, reason
):
    cache = AnswerCache(tmp_path / FILE)
    with server.running() as endpoint:
        endpoint.play(behaviour)
        deadlines = Deadlines(1.0, 1.0, 3.0)
        judge = OpenAIChatModel(
            "m", base_url=endpoint.base_url, deadlines=deadlines, retries=0, backoff=0.01
        )
        asked = assistant(index, judge, cache=cache)
        answer, again = asked.ask(QUESTION), asked.ask(QUESTION)
        judge.close()
    assert answer.text == "Refusals fall by 52% [1]."
    (notice,) = answer.notices
    assert notice.startswith(f"The second judge (openai:m) {reason}")
    assert not again.cached
