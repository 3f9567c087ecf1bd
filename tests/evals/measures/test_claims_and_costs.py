"""What an answer's claims rest on, how long it is, and what it took."""

from __future__ import annotations

import dataclasses

from evals.measures import MEASURES, grouped, named
from evals.measures.answer_words import answer_words
from evals.measures.cost import cost_usd
from evals.measures.groundedness import groundedness
from evals.measures.groups import GROUPS
from evals.measures.latency import latency
from evals.measures.stages import STAGES, check_ms, first_token_ms, generate_ms, plan_ms
from evals.measures.tokens import completion_tokens, prompt_tokens
from evals.types import Outcome, Score
from rag.types import Claim, Timings, Usage
from tests.evals.build import answer, case, failed


def claims(*verdicts):
    return tuple(Claim(f"claim {place}", (1,), verdict) for place, verdict in enumerate(verdicts))


def of(given, **changes):
    return Outcome(case("A"), dataclasses.replace(given, **changes), milliseconds=9.0)


def test_groundedness_counts_supported_claims_only():
    mixed = claims("supported", "weak", "supported", "unsupported")
    score = groundedness(of(answer("text", claims=mixed)))
    assert (score.value, score.why) == (0.5, "1 weak, 1 unsupported of 4 claims")
    sound = groundedness(of(answer("text", claims=claims("supported"))))
    assert sound == Score("groundedness", 1.0)


def test_groundedness_leaves_out_refusals_and_answers_without_claims():
    assert groundedness(of(answer("text"))).value is None
    refusal = answer("text", abstained=True, claims=claims("supported"))
    assert groundedness(of(refusal)).value is None


def test_words_are_counted_without_markers():
    assert answer_words(of(answer("On clips [1][12]. Two-part\nones [3]"))).value == 5
    assert answer_words(of(answer(""))).value == 0
    assert answer_words(of(answer("No answer.", abstained=True))).value is None


def test_stages_are_those_of_the_answer_and_0_is_none():
    took = Timings(plan=1.5, retrieve=20, first_token=300, generate=0, check=2, total=330)
    outcome = of(answer("text"), timings_ms=took)
    assert [stage.score(outcome).value for stage in STAGES] == [1.5, 20, 300, None, 2]
    assert plan_ms(outcome) == Score("plan_ms", 1.5)
    assert generate_ms(outcome).why == "the answer did without"
    assert first_token_ms(failed(case("A"))).value is check_ms(failed(case("A"))).value is None


def test_time_from_the_cache_is_no_time():
    assert latency(of(answer("text"))).value == 9
    assert latency(of(answer("text"), cached=True)).value is None


def test_tokens_are_those_reported():
    told = of(answer("text"), usage=Usage(1200, 34))
    assert (prompt_tokens(told).value, completion_tokens(told).value) == (1200, 34)
    assert prompt_tokens(of(answer("text"))).value is None
    assert completion_tokens(of(answer("text"), usage=Usage(1200, 0))).value == 0


def test_a_cost_that_is_not_known_is_not_0():
    assert cost_usd(of(answer("text"), cost_usd=0.0012)).value == 0.0012
    assert cost_usd(of(answer("text"), cost_usd=0.0)).value == 0
    assert cost_usd(of(answer("text"))).value is None


def test_every_measure_has_its_group_and_is_found_by_name():
    assert {measure.group for measure in MEASURES} < set(GROUPS)
    assert all(named(measure.name) is measure for measure in MEASURES)
    assert named("tact") is None
    names = ["tact", "cost_usd", "judged_points", "ndcg_10", "recall"]
    assert grouped(names) == [
        ("retrieval", ["ndcg_10", "recall"]),
        ("judged", ["judged_points"]),
        ("time and cost", ["cost_usd"]),
        ("others", ["tact"]),
    ]
    assert grouped([]) == []
