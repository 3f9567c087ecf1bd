"""What was found for a plan, compared with the question and cut to a budget."""

from random import Random

import pytest

from index.types import Filters
from rag.found import Found
from rag.planner import plan
from rag.planning.plan import Plan
from rag.retrieval import gather
from tests.rag.corpus import EXPERTS, LIPS, PAPERS

QUESTION = "Does switching off experts cut refusals without retraining?"


def found(index, planned=None):
    planned = planned or plan(QUESTION, (), Filters(), index)
    return Found.of(index, planned, gather(index, planned, 12))


def test_every_paper_is_compared_with_the_question(index):
    matches = found(index)
    assert set(matches.whole) == {paper.id for paper in PAPERS}
    assert "refusals" in matches.whole["experts"].words
    assert matches.own is None  # the user's own words are the question


def test_the_users_own_words_are_compared_where_they_are_others(index):
    asked = "by how much?"
    planned = Plan(asked, f"{asked} {QUESTION}", f"{QUESTION} {asked}", Filters())
    matches = found(index, planned)
    assert set(matches.own) == set(matches.whole)
    assert "refusals" not in matches.own["experts"].words
    (experts, *_) = matches.evidence(max_tokens=10_000, rng=Random(0)).papers
    assert experts.paper == EXPERTS
    assert len(experts.coverage.words) > len(experts.asked.words)


def test_evidence_keeps_the_order_of_the_hits_and_covers_sentence_by_sentence(index):
    matches = found(index)
    papers = matches.evidence(max_tokens=10_000, rng=Random(0)).papers
    assert [paper.paper.id for paper in papers] == [hit.paper.id for hit in matches.hits]
    best = papers[0]
    assert best.paper == EXPERTS
    assert best.asked is best.coverage
    assert best.coverage.sentences.shape[0] == len(best.sentences) == 3
    assert best.coverage.by_sentence.argmax() == 1  # "Switching off ten experts cuts refusals"
    assert best.coverage.whole > papers[-1].coverage.whole
    assert best.cosine == matches.hits[0].why["cosine"]
    assert best.bm25 == matches.hits[0].why["bm25"] > 0


@pytest.mark.parametrize("budget", [20, 60, 90])
def test_what_is_cut_to_a_budget_is_covered_as_far_as_it_goes(index, budget):
    papers = found(index).evidence(max_tokens=budget, rng=Random(0)).papers
    whole = found(index).evidence(max_tokens=10_000, rng=Random(0)).papers
    assert len(papers) < len(whole) or len(papers[-1].sentences) < len(whole[-1].sentences)
    for paper in papers:
        assert paper.coverage.sentences.shape[0] == len(paper.sentences)


def test_keys_are_drawn_anew_for_each_request(index):
    matches, rng = found(index), Random(0)
    first, second = (matches.evidence(max_tokens=10_000, rng=rng) for _ in range(2))
    keys = [{s.key for p in one.papers for s in p.sentences} for one in (first, second)]
    assert keys[0].isdisjoint(keys[1])


def test_a_paper_that_the_question_points_to_is_marked(index):
    planned = Plan(QUESTION, QUESTION, QUESTION, Filters(), focus=("lips",))
    papers = found(index, planned).evidence(max_tokens=10_000, rng=Random(0)).papers
    assert [paper.paper for paper in papers if paper.focus] == [LIPS]
    assert papers[0].paper == LIPS


def test_nothing_was_found(index):
    planned = Plan(QUESTION, QUESTION, QUESTION, Filters(pages="nowhere"))
    matches = found(index, planned)
    assert matches.hits == ()
    assert matches.evidence(max_tokens=10_000, rng=Random(0)).papers == ()
