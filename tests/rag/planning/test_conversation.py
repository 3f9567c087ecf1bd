"""Which papers an answer speaks of, and which a question calls by name."""

import pytest

from rag.planning.conversation import called, mentioned, spoken_of
from rag.types import Turn
from tests.rag.planning.conftest import BY_ID, title


def ids(papers):
    return [paper.id for paper in papers]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (f'Yes. "{title("fold")}" does that.', ["fold"]),
        (f"Yes: {title('fold')}, with 40 hours of demonstrations.", ["fold"]),
        (f"“{title('iron')}” and then “{title('fold')}”.", ["iron", "fold"]),
        (f"1. {title('spell2')}\n2. {title('spell')}", ["spell2", "spell"]),
        (title("fold").upper(), ["fold"]),
        ("See M3Former: multi-scale memory for long videos", ["latex"]),
        ('In "Spellcraft" sequences get shorter.', ["spell"]),
        ('In "Spellcraft 2" there is no vocabulary.', ["spell2"]),
        ("A robot arm learns to iron shirts from videos of people. [1]", ["iron"]),
        ("Dialects spread eastwards.", []),  # too short to give a paper away
        ("Robots can fold laundry.", []),
        ("", []),
        ("\x00[[[1]]] ((( \ud800 *", []),
    ],
)
def test_papers_that_a_text_names(papers, answer, expected):
    assert ids(mentioned(answer, papers).papers) == expected


@pytest.mark.parametrize(
    ("answer", "markers"),
    [
        (f'"{title("fold")}" folds [1]. "{title("iron")}" irons [2].', (1, 2)),
        (f"Two of them [1][3].\n\n[3] {title('fold')}\n[1] {title('iron')}", (3, 1)),
        (f'"{title("fold")}" folds, and "{title("iron")}" irons [4].', (None, 4)),
        (f'"{title("fold")}" folds.', (None,)),
    ],
)
def test_markers_belong_to_the_paper_that_they_follow_or_head(papers, answer, markers):
    assert mentioned(answer, papers).markers == markers


def test_what_a_turn_cites_counts_more_than_what_it_names(papers):
    turn = Turn("?", f"Whales [5], robots [2], not {title('spell')}.", ((2, "fold"), (5, "whale")))
    spoken = spoken_of(turn, papers)
    assert (ids(spoken.papers), spoken.markers) == (["whale", "fold"], (5, 2))


def test_cited_papers_that_are_gone_are_passed_over(papers):
    spoken = spoken_of(Turn("?", "A [1] and B [2].", ((1, "gone"), (2, "fold"))), papers)
    assert (ids(spoken.papers), spoken.markers) == (["fold"], (2,))


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What does FoldBot need?", ["fold"]),
        ("Is Spellcraft 2 faster than FoldBot?", ["spell2", "fold"]),
        ("What does Spellcraft do for Finnish?", ["spell"]),
        ("Which papers beat ClipSum?", ["latex"]),
        ("How do robots fold laundry?", []),
        ("Which papers mention BLEU?", []),
        ("What is UnknownNet?", []),
    ],
)
def test_papers_that_a_question_calls_by_name(papers, question, expected):
    assert ids(called(question, papers)) == expected


def test_the_papers_are_those_of_the_store(papers):
    assert called("FoldBot or so: FoldBot?", papers) == (BY_ID["fold"],)
