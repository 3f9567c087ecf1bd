"""Refusals that are right, and those that come too soon."""

from __future__ import annotations

from evals.measures import MEASURES
from evals.measures.premature_refusal import premature_refusal
from evals.measures.refusal import refusal_precision
from evals.types import Outcome, Score
from rag.types import Source
from tests.evals.build import answer, case, failed, paper

REFUSED = answer("No answer found.", abstained=True)


def given(*titles, abstained):
    sources = tuple(Source(paper(title), (), cited=False) for title in titles)
    return answer("text", abstained=abstained, sources=sources)


def test_refusal_precision_asks_whether_what_was_refused_had_an_answer():
    assert refusal_precision(Outcome(case(answerable=False), REFUSED)).value == 1
    wrong = refusal_precision(Outcome(case("A"), REFUSED))
    assert (wrong.value, wrong.why) == (0, "the papers answer it")
    assert refusal_precision(Outcome(case("A"), answer("yes"))).value is None
    assert refusal_precision(Outcome(case(answerable=False), answer("yes"))).value is None
    assert refusal_precision(failed(case("A"))).value is None


def test_of_a_case_that_both_runs_refused_its_precision_says_the_same():
    assert [measure.name for measure in MEASURES if not measure.paired] == ["refusal_precision"]


def test_a_refusal_is_premature_where_a_gold_paper_was_in_hand():
    refused = premature_refusal(Outcome(case("A", "B"), given("x", " A ", abstained=True)))
    assert (refused.value, refused.why) == (1, "refused with 1 of 2 gold papers found")
    kept = premature_refusal(Outcome(case("A"), given("A", abstained=False)))
    assert kept == Score("premature_refusal", 0)


def test_what_cannot_be_graded_as_premature():
    for asked, said in (
        (case("A"), given("x", abstained=True)),  # retrieval's fault
        (case("A"), REFUSED),
        (case(acceptable=("A",), answerable=False), given("A", abstained=True)),
    ):
        assert premature_refusal(Outcome(asked, said)).value is None
    assert premature_refusal(failed(case("A"))).value is None
