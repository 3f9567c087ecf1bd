"""Carrying out a plan: lists that take turns, papers that are pointed to, papers left aside."""

import pytest

from index.hash_embedding import HashEmbedder
from index.store import PaperIndex
from index.types import Filters, Paper
from rag.planner import Plan
from rag.retrieval import gather

PAPERS = [
    Paper("prune", "Cutting Weights", "We prune weights of image networks early.", pages=("a",)),
    Paper("text", "Cutting Sentences", "We prune training sentences of text models.", pages=("a",)),
    Paper("lips", "Reading Lips", "Lip reading in nine languages from silent video.", pages=("b",)),
    Paper("kettle", "Kettles", "Limescale grows inside electric kettles.", pages=("b",)),
]


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    place = tmp_path_factory.mktemp("store")
    with PaperIndex.open(place, embedder=HashEmbedder()) as opened:
        opened.add(PAPERS)
        yield opened


def plan(query, **more):
    return Plan(query, query, query, more.pop("filters", Filters()), **more)


def ids(hits):
    return [hit.paper.id for hit in hits]


def test_a_plain_plan_is_a_search(index):
    found = gather(index, plan("silent lip reading"), 3)
    assert ids(found) == ids(index.search("silent lip reading", 3))
    assert [hit.rank for hit in found] == [1, 2, 3]


def test_each_part_brings_its_best_paper_first(index):
    parts = ("limescale in kettles", "lip reading from video")
    found = gather(index, plan("prune image networks", parts=parts), 4)
    assert ids(found)[:3] == ["kettle", "lips", "prune"]
    assert len(set(ids(found))) == len(found) == 4


def test_a_part_whose_best_paper_is_taken_brings_its_next_one(index):
    parts = ("prune weights of image networks", "prune weights of image networks or text")
    found = gather(index, plan("prune weights", parts=parts), 4)
    assert ids(found)[:2] == ["prune", "text"]


def test_scores_never_rise_and_stay_within_bounds(index):
    parts = ("limescale in kettles", "lip reading from video")
    scores = [hit.score for hit in gather(index, plan("prune", parts=parts, focus=("text",)), 4)]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_papers_that_are_pointed_to_come_first_even_if_no_word_is_shared(index):
    found = gather(index, plan("prune image networks", focus=("kettle",)), 2)
    assert ids(found) == ["kettle", "prune"]
    assert found[0].why["focus"] == 1
    assert found[0].score == 1
    assert found[0].passages[0].chunk.text in PAPERS[3].abstract
    assert "focus" not in found[1].why


def test_several_that_are_pointed_to_are_ordered_by_the_users_own_words(index):
    asked = "which of those reads silent lips?"
    wanted = Plan(asked, asked, f"{asked} kettles", Filters(), focus=("kettle", "lips"))
    assert ids(gather(index, wanted, 2)) == ["lips", "kettle"]


def test_papers_to_be_left_aside_come_last(index):
    found = gather(index, plan("prune image networks", besides=("prune",)), 4)
    assert ids(found)[-1] == "prune"


def test_filters_hold_for_every_list_and_for_what_is_pointed_to(index):
    wanted = plan("prune", parts=("lip reading",), focus=("kettle",), filters=Filters(pages="a"))
    assert set(ids(gather(index, wanted, 4))) <= {"prune", "text"}


def test_a_paper_that_is_gone_is_passed_over(index):
    assert ids(gather(index, plan("prune image networks", focus=("gone",)), 1)) == ["prune"]


def test_nothing_is_wanted_or_asked(index):
    assert gather(index, plan("prune"), 0) == []
    assert gather(index, plan("  "), 3) == []
