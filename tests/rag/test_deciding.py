"""What is quoted, and whether anything is, with models and coverages made by hand."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.deciding import (
    CHOICES,
    CLEARLY_ANSWERABLE,
    Choice,
    answerable,
    choice_for,
    choose_papers,
    choose_sentences,
    least_answerable,
    quotes,
)
from rag.features import list_features
from rag.linear import Logistic, fitted
from tests.rag.entries import cover, entry

# A paper's chance is logistic(10 * score - 5), so 0.5 at a score of 0.5; a sentence's the same of
# how much of the question it covers.
MODELS = {
    "paper_one": Logistic(-5.0, {"score": 10.0}),
    "sentence": Logistic(-5.0, {"covered": 10.0}),
}
CHOICE = Choice(papers=2, probability=0.5, sentences=2, others=1, of_best=0.0)
QUESTION = "how is it pruned?"


def chosen(papers, choice=CHOICE):
    return [p.paper.id for p in choose_papers(QUESTION, papers, "one", choice, MODELS)]


def kept(coverages, most=9, of_best=0.0):
    paper = entry("p", [f"S{n}." for n in range(len(coverages))], cover([[c] for c in coverages]))
    return [s.text for s in choose_sentences(QUESTION, paper, most, of_best, MODELS)]


def test_papers_that_are_likely_enough_are_chosen_best_first():
    papers = [entry("a", score=0.6), entry("b", score=0.9), entry("c", score=0.4)]
    assert chosen(papers) == ["b", "a"]


def test_no_more_papers_than_the_choice_allows():
    papers = [entry(name, score=0.9) for name in "abc"]
    assert chosen(papers) == ["a", "b"]  # as likely as each other: in retrieval's order


def test_the_best_paper_is_chosen_even_if_it_is_unlikely():
    assert chosen([entry("a", score=0.1), entry("b", score=0.2)]) == ["b"]


def test_papers_that_the_question_points_to_are_chosen_alone():
    papers = [entry("a", score=0.9), entry("b", score=0.7, focus=True), entry("c", score=0.9)]
    assert chosen(papers) == ["b"]
    papers = [entry("a", score=0.9), entry("b", score=0.1, focus=True)]
    assert chosen(papers) == ["b"]


def test_the_model_is_that_of_the_questions_shape():
    models = MODELS | {"paper_many": Logistic(5.0, {"score": -10.0})}
    papers = [entry("a", score=0.9), entry("b", score=0.1)]
    best, *_ = choose_papers(QUESTION, papers, "many", CHOICE, models)
    assert best.paper.id == "b"


def test_sentences_are_chosen_best_first_and_given_in_the_abstracts_order():
    assert kept([0.2, 0.9, 0.1, 0.8], most=2) == ["S1.", "S3."]
    assert kept([0.8, 0.1, 0.9], most=2) == ["S0.", "S2."]


def test_sentences_far_less_likely_than_the_best_are_left_out():
    # A model of chance 1 / (1 + exp(5 - 10 x)): 0.5, 0.88 and 0.12.
    assert kept([0.5, 0.7, 0.3], of_best=0.13) == ["S0.", "S1.", "S2."]
    assert kept([0.5, 0.7, 0.3], of_best=0.14) == ["S0.", "S1."]
    assert kept([0.5, 0.7, 0.3], of_best=1.0) == ["S1."]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6), st.integers(1, 5), st.floats(0, 1))
def test_there_is_a_sentence_and_there_are_not_too_many(coverages, most, of_best):
    found = kept(coverages, most, of_best)
    assert 1 <= len(found) <= most
    assert found == sorted(set(found))


def test_the_best_paper_may_be_quoted_at_greater_length_than_the_others():
    papers = [entry("a", score=0.8), entry("b", score=0.9)]
    found = quotes(QUESTION, papers, "one", CHOICE, MODELS)
    assert [(quoted.paper.paper.id, len(quoted.sentences)) for quoted in found] == [
        ("b", 2),
        ("a", 1),
    ]
    assert all(s in quoted.paper.sentences for quoted in found for s in quoted.sentences)


def test_the_best_sentence_of_the_users_own_words_is_quoted():
    """``asked`` decides on sentences, ``coverage`` on papers."""
    own = cover([[0.1], [0.9], [0.1]])
    paper = dataclasses.replace(entry("a", coverage=cover([[0.9], [0.1], [0.1]])), asked=own)
    (quoted,) = quotes(QUESTION, [paper], "one", Choice(1, 0.5, 1, 1, 0.5), MODELS)
    assert [sentence.text for sentence in quoted.sentences] == ["Two."]


@pytest.mark.parametrize("shape", ["one", "two", "many"])
def test_the_choices_for_each_shape_hold_with_the_fitted_models(shape):
    choice = CHOICES[shape]
    assert 0 < choice.probability < 1
    assert 0 < choice.of_best <= 1
    texts = [f"Sentence {n}." for n in range(9)]
    papers = [entry(f"p{n}", texts, cover([[0.9]] * 9), cosine=0.9, bm25=9) for n in range(20)]
    found = quotes(QUESTION, papers, shape, choice)
    assert 1 <= len(found) <= choice.papers
    assert 1 <= len(found[0].sentences) <= choice.sentences
    assert all(1 <= len(quoted.sentences) <= choice.others for quoted in found[1:])


def test_the_stricter_the_more_is_refused():
    for papers in ([entry("a")], [entry("a", focus=True)]):
        lenient, normal, strict = (
            least_answerable(papers, how) for how in ("lenient", "normal", "strict")
        )
        assert lenient < normal == least_answerable(papers) < strict == CLEARLY_ANSWERABLE
    named, free = least_answerable([entry("a", focus=True)]), least_answerable([entry("a")])
    assert (named, free) == (0.5, 0.65)


@pytest.mark.parametrize("shape", ["one", "two", "many"])
def test_the_longer_the_more_is_quoted(shape):
    texts = [f"Sentence {n}." for n in range(14)]
    papers = [entry(f"p{n}", texts, cover([[0.9]] * 14), cosine=0.9, bm25=9) for n in range(20)]

    def quoted(length):
        found = quotes(QUESTION, papers, shape, choice_for(shape, length))
        return {(q.paper.paper.id, s.text) for q in found for s in q.sentences}

    assert choice_for(shape) == choice_for(shape, "normal") == CHOICES[shape]
    assert quoted("short") < quoted("normal") < quoted("long")
    papers_of = {length: {p for p, _ in quoted(length)} for length in ("normal", "long")}
    assert papers_of["long"] == papers_of["normal"]  # more of each, not more of them
    assert choice_for(shape, "short").sentences <= 2


def test_what_names_its_paper_and_asks_nothing_else_is_always_answered():
    def chance(*words):
        row = [0.1] * len(words)
        met = dataclasses.replace(cover([row], title=[0.9, *row[1:]]), words=words)
        return answerable("?", [entry("a", ["One."], met, focus=True)])

    assert chance("lora", "summarise") == 1.0
    assert chance("lora", "latency") < 1.0


def test_nothing_is_answered_without_papers():
    assert answerable(QUESTION, []) == 0.0


def test_what_covers_the_question_answers_it_rather_than_what_does_not():
    met, unmet = cover([[0.95, 0.9], [0.3, 0.2]], [0.9, 0.8]), cover([[0.1, 0.1], [0.1, 0.2]])
    near = [entry("a", ["We prune it.", "So."], met, cosine=0.75, bm25=12, score=0.9)]
    far = [entry("a", ["We prune it.", "So."], unmet, cosine=0.05, bm25=1, score=0.2)]
    assert 0 <= answerable(QUESTION, far) < least_answerable(far)
    assert answerable(QUESTION, far) + 0.2 < answerable(QUESTION, near) <= 1


def test_questions_that_point_to_a_paper_have_models_of_their_own():
    models = {
        "answerable": Logistic(5.0, {}),
        "answerable_named": Logistic(-5.0, {}),
        "answerable_before": Logistic(0.0, {}),
    }
    assert answerable(QUESTION, [entry("a")], models) > 0.9
    named = [entry("a"), entry("b", focus=True)]
    assert answerable(QUESTION, named, models) < 0.1
    title = dataclasses.replace(cover([[0.5, 0.5]] * 3), words=("a", "title"))
    before = [dataclasses.replace(named[1], coverage=title)]  # what was searched holds its title
    assert answerable(QUESTION, before, models) == 0.5
    assert set(models) <= set(fitted())


def test_what_a_title_adds_to_a_follow_up_answers_nothing():
    asked = dataclasses.replace(cover([[0.1]] * 3), words=("funding",))
    searched = dataclasses.replace(cover([[0.1, 0.9]] * 3), words=("funding", "pruning"))
    paper = dataclasses.replace(entry("a", focus=True), coverage=searched, asked=asked)
    alone = dataclasses.replace(paper, coverage=asked)
    told, same = (list_features("Who paid?", [entry]) for entry in (paper, alone))
    assert {k: told[k] for k in ("late", "rest", "sentence", "hidden")} == {
        k: same[k] for k in ("late", "rest", "sentence", "hidden")
    }
