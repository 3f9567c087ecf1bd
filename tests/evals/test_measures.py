"""Every measure on tiny inputs, against values worked out by hand."""

from __future__ import annotations

import dataclasses

import pytest

from evals.measures import MEASURES
from evals.measures.answered import answered
from evals.measures.citation_precision import citation_precision
from evals.measures.citation_recall import citation_recall
from evals.measures.completed import completed
from evals.measures.latency import latency
from evals.measures.list_exactness import list_exactness
from evals.measures.mrr import mrr_10
from evals.measures.must_contain import contains, must_contain
from evals.measures.ndcg import ndcg_10
from evals.measures.recall import cutoff, recall
from evals.measures.refusal import answerable_refused, unanswerable_refused
from evals.measures.verbatim import verbatim, violations
from evals.types import Outcome, Score
from rag.types import Claim, Source, Turn
from tests.evals.build import answer, case, citation, failed, paper


def test_recall_counts_gold_papers_in_the_top_five():
    found = ("x1", "A", "x2", "x3", "x4", "B")
    assert recall(Outcome(case("A"), answer(), found)).value == 1
    assert recall(Outcome(case("A", "B"), answer(), found)).value == 0.5
    score = recall(Outcome(case("B"), answer(), found))
    assert score.value == 0
    assert score.why == "not in the top 5: B"


def test_recall_looks_at_twenty_papers_from_four_gold_ones_on():
    assert (cutoff(1), cutoff(3), cutoff(4)) == (5, 5, 20)
    found = (*(f"x{i}" for i in range(17)), "A", "B", "C", "D")
    assert recall(Outcome(case("A", "B", "C", "D"), answer(), found)).value == 0.75


@pytest.mark.parametrize(
    "left_out", [case("A", kind="list_aggregate"), case(kind="unanswerable_far", answerable=False)]
)
def test_recall_ndcg_and_mrr_leave_out_what_retrieval_cannot_serve(left_out):
    for measure in (recall, ndcg_10, mrr_10):
        assert measure(Outcome(left_out, answer(), ("A",))).value is None


def test_ndcg_by_hand():
    found = ("x1", "A", "x2", "B", *(f"y{i}" for i in range(5)), "D", "C")
    # Ranks 2 and 4 of two: (1/log2(3) + 1/log2(5)) / (1/log2(2) + 1/log2(3)).
    score = ndcg_10(Outcome(case("A", "B"), answer(), found))
    assert score.value == pytest.approx((0.630930 + 0.430677) / 1.630930, abs=1e-6)
    assert score.why == "ranks of the gold papers: 2, 4"
    # An acceptable paper gains nothing, the tenth counts, the eleventh doesn't.
    assert ndcg_10(Outcome(case("Z", acceptable=("A",)), answer(), found)).value == 0
    tenth = ndcg_10(Outcome(case("C", "D"), answer(), found))
    assert tenth.value == pytest.approx(0.289065 / 1.630930, abs=1e-6)
    assert tenth.why == "ranks of the gold papers: none, 10"
    assert ndcg_10(Outcome(case("A"), answer(), ("A", "x"))) == Score("ndcg_10", 1.0)


def test_mrr_by_hand():
    found = ("x1", "x2", "B", "A", *(f"y{i}" for i in range(5)), "D", "C")
    score = mrr_10(Outcome(case("A", "B"), answer(), found))
    assert (score.value, score.why) == (1 / 3, "the first gold paper is number 3")
    assert mrr_10(Outcome(case("D"), answer(), found)).value == 0.1
    none = mrr_10(Outcome(case("C"), answer(), found))
    assert (none.value, none.why) == (0, "no gold paper found")
    assert mrr_10(Outcome(case("A"), answer(), ("A",))) == Score("mrr_10", 1.0)


def test_citation_precision_accepts_gold_and_acceptable_papers():
    asked = case("A", acceptable=("B",))
    cites = (citation(1, "A"), citation(2, "B"), citation(3, "C"), citation(4, "D"))
    score = citation_precision(Outcome(asked, answer("[1][2][3][4]", cites)))
    assert score.value == 0.5
    assert score.why == "cited without need: C; D"


def test_citation_precision_counts_a_paper_once():
    cites = (citation(1, "A"), citation(1, "A", 29, 46), citation(2, "C"))
    assert citation_precision(Outcome(case("A"), answer("[1][2]", cites))).value == 0.5


def test_citation_precision_is_unscored_without_citations_and_for_unanswerable_cases():
    assert citation_precision(Outcome(case("A"), answer("no idea"))).value is None
    asked = case(answerable=False)
    assert citation_precision(Outcome(asked, answer("[1]", (citation(1, "A"),)))).value is None


def test_citation_recall_is_the_share_of_gold_papers_cited():
    cites = (citation(1, "A"), citation(2, "C"))
    score = citation_recall(Outcome(case("A", "B"), answer("[1][2]", cites)))
    assert (score.value, score.why) == (0.5, "not cited: B")
    assert citation_recall(Outcome(case("A"), answer(abstained=True))).value == 0
    assert citation_recall(Outcome(case(answerable=False), answer())).value is None


def test_citation_recall_counts_papers_that_a_list_names_as_sources():
    sources = (Source(paper("A"), (), cited=True), Source(paper("B"), (), cited=False))
    assert citation_recall(Outcome(case("A", "B"), answer("list", sources=sources))).value == 0.5


def test_titles_match_with_any_whitespace():
    cites = (citation(1, "A  long\n title"),)
    assert citation_recall(Outcome(case("A long title"), answer("[1]", cites))).value == 1


@pytest.mark.parametrize(
    ("text", "wanted", "expected"),
    [
        ("It costs 20 dollars", "20", True),
        ("It fell by 20%.", "20", True),
        ("They had 20.", "20", True),
        ("In 2020 it began", "20", False),
        ("There were 120 of them", "20", False),
        ("A gain of 20.5 points", "20", False),
        ("A gain of 3.20 points", "20", False),
        ("All 1,020 of them", "20", False),
        ("Nothing here [20]", "20", False),
        ("Llama3", "3", False),
        ("8,743 hours", "8,743", True),
        ("18,743 hours", "8,743", False),
        ("uses a Linear Probe", "linear probe", True),
        ("MORPHOLOGICAL", "morpholog", True),
        ("nothing", "probe", False),
    ],
)
def test_contains(text, wanted, expected):
    assert contains(text, wanted) is expected


def test_must_contain_is_the_share_of_strings_present():
    asked = case("A", must=("20", "probe", "x"))
    score = must_contain(Outcome(asked, answer("20 probes")))
    assert score.value == pytest.approx(2 / 3)
    assert score.why == "missing: x"
    assert must_contain(Outcome(case("A"), answer("20"))).value is None


def test_refusals_are_scored_apart_for_answerable_and_unanswerable_cases():
    can, cannot = case("A"), case(answerable=False)
    refused, answered = answer(abstained=True, reason="nothing found"), answer("yes")
    assert unanswerable_refused(Outcome(cannot, refused)).value == 1
    assert unanswerable_refused(Outcome(cannot, answered)).value == 0
    assert unanswerable_refused(Outcome(can, refused)).value is None
    assert answerable_refused(Outcome(can, refused)).value == 1
    assert answerable_refused(Outcome(can, answered)).value == 0
    assert answerable_refused(Outcome(cannot, refused)).value is None
    assert answerable_refused(Outcome(can, refused)).why == "nothing found"


def test_list_exactness_wants_the_same_set():
    asked = case("A", "B", kind="list_aggregate")
    both = (citation(1, "B"), citation(2, "A"))
    assert list_exactness(Outcome(asked, answer("[1][2]", both))).value == 1
    score = list_exactness(Outcome(asked, answer("[1][2]", (citation(1, "A"), citation(2, "C")))))
    assert (score.value, score.why) == (0, "1 missing, 1 too many")
    assert list_exactness(Outcome(case("A"), answer())).value is None


def test_verbatim_accepts_a_sound_answer_and_one_without_citations():
    sound = answer(
        "One [1]. Two [1][2].",
        (citation(1, "A"), citation(1, "A", 29, 46), citation(2, "B")),
        claims=(Claim("One", (1,), "supported"),),
    )
    assert verbatim(Outcome(case("A"), sound)).value == 1
    assert verbatim(Outcome(case("A"), answer("nothing"))).value == 1


def test_verbatim_lets_a_follow_up_go_on_numbering():
    earlier = (Turn("Before?", "It was A [1] and B [2].", ((1, "id-A"), (2, "id-B"))),)
    later = answer("Third [3], and the first [1].", (citation(3, "C"), citation(1, "A")))
    follow_up = dataclasses.replace(case("A", "C"), history=earlier)
    assert verbatim(Outcome(follow_up, later)).value == 1
    assert verbatim(Outcome(case("A", "C"), later)).value == 0


@pytest.mark.parametrize(
    ("broken", "complaint"),
    [
        (
            answer("[1]", (dataclasses.replace(citation(1, "A"), quote="We trained"),)),
            "[1] is not verbatim at 0..28 of id-A",
        ),
        (
            answer("[1]", (dataclasses.replace(citation(1, "A"), start=1),)),
            "[1] is not verbatim at 1..28 of id-A",
        ),
        (answer("[1] and [2]", (citation(1, "A"),)), "[2] has no entry"),
        (answer("none", (citation(1, "A"),)), "[1] is not in the text"),
        (
            answer("[2] [1]", (citation(1, "A"), citation(2, "B"))),
            "markers are not numbered in order of first use: [2, 1]",
        ),
        (
            answer("[1]", (citation(1, "A"),), claims=(Claim("x", (3,), "weak"),)),
            "a claim has [3], which has no entry",
        ),
        (answer("[1]", (citation(1, "A"), citation(1, "B"))), "[1] stands for 2 papers"),
    ],
)
def test_verbatim_names_what_is_wrong(broken, complaint):
    assert violations(broken) == (complaint,)
    assert verbatim(Outcome(case("A"), broken)).value == 0


def test_an_empty_quote_is_no_citation():
    empty = dataclasses.replace(citation(1, "A"), quote="", start=5, end=5)
    assert violations(answer("[1]", (empty,))) == ("[1] is not verbatim at 5..5 of id-A",)


def test_latency_is_the_wall_clock():
    assert latency(Outcome(case("A"), answer(), milliseconds=12.5)).value == 12.5


def test_only_blank_answers_are_none():
    assert answered(Outcome(case("A"), answer("Yes."))).value == 1
    assert answered(Outcome(case("A"), answer("No answer found.", abstained=True))).value == 1
    blank = answered(Outcome(case("A"), answer(" \n")))
    assert blank == Score("answered", 0, "the answer is blank")


def test_failed_cases_count_only_as_not_completed():
    broken = failed(case("A", must=("x",)))
    scores = {measure.name: measure.score(broken).value for measure in MEASURES}
    assert scores.pop("completed") == 0
    assert set(scores.values()) == {None}
    assert completed(Outcome(case("A"), answer())).value == 1
    assert completed(broken).why == "Boom: it broke"


def test_bounded_measures_stay_in_their_range_and_names_are_unique():
    outcome = Outcome(case("A", must=("x",)), answer("[1]", (citation(1, "B"),)), ("A",))
    for measure in MEASURES:
        score = measure.score(outcome)
        assert score.measure == measure.name
        assert not measure.bounded or score.value is None or 0 <= score.value <= 1
    assert len({measure.name for measure in MEASURES}) == len(MEASURES)
