"""Numbers, ordinals and groups that pick among the papers spoken of."""

import pytest

from rag.planning.conversation import Spoken
from rag.planning.references import (
    picked_one_by_one,
    picked_together,
    picks,
    picks_of_several,
)
from tests.rag.planning.conftest import BY_ID


def spoken(*pairs):
    """Spoken from "id" or ("id", marker)."""
    known = [(pair, None) if isinstance(pair, str) else pair for pair in pairs]
    return Spoken(tuple(BY_ID[i] for i, _ in known), tuple(marker for _, marker in known))


THREE = [spoken("fold", "iron", "spell")]
MARKED = [spoken(("fold", 1), ("iron", 2)), spoken(("iron", 2), ("whale", 3))]


@pytest.mark.parametrize(
    ("question", "earlier", "expected"),
    [
        ("Tell me more about [2]", MARKED, ["iron"]),
        ("What does [1] say?", MARKED, ["fold"]),
        ("How do [3] and [1] differ?", MARKED, ["whale", "fold"]),
        ("What does [7] say?", MARKED, []),
        ("Explain paper 3", MARKED, ["whale"]),
        ("Explain paper three, please", THREE, ["spell"]),
        ("and number 2?", THREE, ["iron"]),
        ("What about #1?", THREE, ["fold"]),
        ("What about the second one?", THREE, ["iron"]),
        ("How large is the first paper's dataset?", THREE, ["fold"]),
        ("And the 3rd study?", THREE, ["spell"]),
        ("What about the last one?", THREE, ["spell"]),
        ("Does the former need labels?", [spoken("fold", "iron")], ["fold"]),
        ("Does the latter need labels?", [spoken("fold", "iron")], ["iron"]),
        ("Compare the first and the third.", THREE, ["fold", "spell"]),
        ("What about the second?", THREE, ["iron"]),
        ("What about the fifth one?", THREE, []),
        ("What does the second stage do?", THREE, []),
        ("Was it the first paper to do so?", THREE, []),
        ("Which is the last paper published in 2024?", THREE, []),
        ("Does it need 2 cameras?", THREE, []),
        ("What about the second one?", [], []),
        ("And the first one?", [*THREE, spoken("iron")], ["fold"]),
    ],
)
def test_picked_one_by_one(question, earlier, expected):
    assert [paper.id for paper in picked_one_by_one(question, earlier)] == expected
    assert picks(question) or not expected


@pytest.mark.parametrize(
    ("question", "earlier", "expected"),
    [
        ("Do both need a camera?", [spoken("fold", "iron")], ["fold", "iron"]),
        ("What do both papers share?", [spoken("fold"), spoken("iron")], ["fold", "iron"]),
        ("Which of those two is faster?", [spoken("fold", "iron")], ["fold", "iron"]),
        ("How do the two differ?", [spoken("whale"), spoken("fold"), spoken("iron")], None),
        ("Compare the first two", THREE, ["fold", "iron"]),
        ("And the last two?", THREE, ["iron", "spell"]),
        ("Do all three release code?", THREE, ["fold", "iron", "spell"]),
        ("And the other one?", [spoken("fold", "iron"), spoken("iron")], ["fold"]),
        ("And the other two?", [*THREE, spoken("fold")], ["iron", "spell"]),
        ("How large is it?", THREE, []),
        ("Does it work for both images and text?", THREE, []),
        ("Do both?", [], []),
    ],
)
def test_picked_together(question, earlier, expected):
    expected = ["fold", "iron"] if expected is None else expected
    assert [paper.id for paper in picked_together(question, earlier)] == expected


def test_which_of_several():
    assert picks_of_several("Which of those needs the least data?")
    assert picks_of_several("Which one is faster?")
    assert not picks_of_several("Which of those are faster?")
    assert not picks_of_several("How large is it?")
