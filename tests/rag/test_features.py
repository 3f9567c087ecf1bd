"""What the fitted models look at, worked out by hand."""

import time

import pytest

from rag.features import letters, list_features, paper_features, sentence_features, traits
from rag.linear import fitted
from rag.matching import uncovered
from tests.rag.corpus import PAPERS, compared
from tests.rag.entries import cover, entry

QUESTION = "how is it pruned?"


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("What is DisenDiff?", ("DisenDiff",)),
        ("how does gpt-4V see?", ("gpt-4V",)),
        ("Is M$^3$ViT sparse?", ("M$^3$ViT",)),
        ("What beats Vicuna and LLaMA2?", ("LLaMA2", "Vicuna")),
        ("Which SciBERT-based models are there?", ("SciBERT",)),
        ("Pruning? Which papers prune? What helps?", ()),
        ("Is AI it?", ()),  # too short to tell it from other words
        ("how are weights pruned", ()),
        ("", ()),
    ],
)
def test_names_are_words_with_capitals_where_no_sentence_begins(question, names):
    assert sorted(traits(question).written) == sorted(names)


def test_a_name_counts_once_by_its_letters_and_digits():
    assert traits("Is M3ViT the same as M$^3$ViT here?").names == ("m3vit",)
    assert letters("M$^3$ViT – Über_2") == letters("m3vit über 2")


@pytest.mark.parametrize(
    ("question", "number", "where"),
    [
        ("How many hours of video are there?", True, False),
        ("By what percentage do refusals fall?", True, False),
        ("Where is the code?", False, True),
        ("Is it open-sourced?", False, True),
        ("Why are experts switched off?", False, False),
    ],
)
def test_what_a_question_asks_for(question, number, where):
    assert (traits(question).number, traits(question).where) == (number, where)


@pytest.mark.parametrize("text", ["A" * 4000, "a-" * 2000, "a$" * 2000, "Ab-" * 1333, "_" * 4000])
def test_no_question_takes_long_to_read(text):
    started = time.perf_counter()
    for _ in range(50):
        traits(text)
    assert time.perf_counter() - started < 2


def test_a_paper_is_seen_beside_the_others():
    first = entry("a", title="Kettles", score=0.9, cosine=0.25, bm25=2.0)
    second = entry("b", title="DisenDiff", score=0.5, cosine=0.75, bm25=8.0, focus=True)
    one, two = paper_features("what is DisenDiff?", [first, second])
    assert (one["first"], one["rank"], two["first"], two["rank"]) == (1.0, 0.0, 0.0, 0.1)
    assert (one["behind"], two["behind"]) == (0.0, pytest.approx(0.4))
    assert (one["cosine_behind"], two["cosine_behind"]) == (0.5, 0.0)
    assert (one["words"], two["words"]) == (0.25, 1.0)
    assert (one["bm25"], two["bm25"]) == (0.2, 0.8)
    assert (one["named"], two["named"]) == (0.0, 1.0)
    assert (one["names_absent"], two["names_absent"]) == (1.0, 0.0)
    assert (one["focus"], two["focus"]) == (0.0, 1.0)


def test_a_paper_is_seen_by_how_it_covers_the_question():
    met = cover([[0.9, 0.1], [0.3, 0.4]], title=[0.2, 0.8], weights=[0.75, 0.25])
    less = cover([[0.4, 0.4], [0.1, 0.1]], title=[0.0, 0.0], weights=[0.75, 0.25])
    one, two = paper_features(QUESTION, [entry("a", coverage=met), entry("b", coverage=less)])
    assert one["late"] == pytest.approx(0.75 * 0.9 + 0.25 * 0.8)
    assert two["late_behind"] == pytest.approx(one["late"] - 0.4)
    assert one["sentence"] == pytest.approx(0.75 * 0.9 + 0.25 * 0.1)
    assert one["title"] == pytest.approx(0.75 * 0.2 + 0.25 * 0.8)
    assert (one["unmet"], two["unmet"]) == (0.0, 1.0)


def test_a_list_is_seen_by_its_best_paper_and_by_what_no_paper_meets():
    first = cover([[0.9, 0.1], [0.3, 0.3]], weights=[0.75, 0.25])
    second = cover([[0.2, 0.3], [0.2, 0.8]], weights=[0.75, 0.25])
    papers = [entry("a", coverage=first), entry("b", coverage=second, score=0.5)]
    seen = list_features(QUESTION, papers)
    assert seen["late"] == pytest.approx(0.75 * 0.9 + 0.25 * 0.3)
    assert (seen["unmet"], seen["hidden"], seen["unmet_anywhere"]) == (0.25, 0.25, 0.0)
    assert seen["ahead"] == 0.5
    assert list_features(QUESTION, papers[:1])["unmet_anywhere"] == 0.25


def test_a_list_is_seen_by_the_paper_that_the_question_points_to():
    papers = [entry("a", cosine=0.9), entry("b", cosine=0.4, score=0.2, focus=True)]
    seen = list_features(QUESTION, papers)
    assert (seen["focus"], seen["cosine"], seen["cosine_top"]) == (1.0, 0.9, 0.4)


def test_a_list_is_seen_by_the_names_and_numbers_that_are_asked_for():
    papers = [entry("a", title="Kettles"), entry("b", title="Vicuna", score=0.5)]
    seen = list_features("how much do Vicuna and DisenDiff weigh?", papers)
    assert (seen["number"], seen["names"], seen["named"]) == (1.0, pytest.approx(2 / 3), 1.0)
    assert (seen["names_absent"], seen["names_nowhere"]) == (1.0, 0.5)
    met = cover([[0.9], [0.4]])
    (apart,) = (list_features("how much?", [entry("a", ["So.", "By 5."], met)])["number_apart"],)
    assert apart == pytest.approx(0.5)


def test_a_sentence_is_seen_beside_its_neighbours():
    texts = ["We propose it.", "It has 5 parts.", "Our code is available at https://x.org."]
    met = cover([[0.2], [0.8], [0.6]])
    one, two, three = sentence_features("how many parts?", entry("a", texts, met))
    assert [f["covered"] for f in (one, two, three)] == pytest.approx([0.2, 0.8, 0.6])
    assert [f["behind"] for f in (one, two, three)] == pytest.approx([0.6, 0.0, 0.2])
    assert (two["before"], two["after"]) == pytest.approx((0.2, 0.6))
    assert (one["before"], three["after"]) == (0.0, 0.0)
    assert (one["opening"], two["second"], three["closing"]) == (1.0, 1.0, 1.0)
    assert [f["place"] for f in (one, two, three)] == [0.0, 0.5, 1.0]
    assert [f["number_asked"] for f in (one, two, three)] == [0.0, 1.0, 0.0]
    assert [f["tells"] for f in (one, two, three)] == [1.0, 0.0, 1.0]
    assert [f["away"] for f in (one, two, three)] == [0.0, 0.0, 1.0]


def test_where_the_code_is_is_no_aside_for_who_asks_for_it():
    paper = entry("a", ["Our code is available at https://x.org."], cover([[0.5]]))
    assert sentence_features("where is the code?", paper)[0]["away"] == 0.0


def test_the_fitted_models_know_all_their_features(index):
    """Papers as they come, and papers that nothing was compared with."""
    real = compared(index, "Which of them cuts refusals by 52%?").papers
    assert {paper.paper.id for paper in real} == {paper.id for paper in PAPERS}
    bare = [entry("a", coverage=uncovered(3)), entry("b", coverage=uncovered(3))]
    models = fitted()
    for papers in (real, bare, [*bare, *real], [*real, *bare]):
        for name, model in models.items():
            if name.startswith("paper"):
                seen = paper_features(QUESTION, papers)
            elif name == "sentence":
                seen = sentence_features(QUESTION, papers[0])
            else:
                seen = [list_features(QUESTION, papers)]
            assert all(0 < model.probability(features) < 1 for features in seen), name
