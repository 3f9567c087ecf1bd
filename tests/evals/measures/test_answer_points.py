"""Points told by words and numbers."""

from __future__ import annotations

import pytest

from evals.measures.answer_points import answer_points, covered, said
from evals.types import Outcome, Score
from tests.evals.build import answer, case, failed

ANSWER = said(
    "MeCo first provides metadata (e.g. URLs) during training and later uses a cooldown phase [3]. "
    "It needs 33% less data at 1.6B parameters, over two byte-level sets of 81.7 hours."
)


@pytest.mark.parametrize(
    ("point", "expected"),
    [
        ("The cooldown phase comes last", True),  # two of four: cooldown, phase; comes, last
        ("The cooldown phase comes last of all stages", False),  # two of five
        ("Less data is needed: 33%", True),
        ("Less data is needed: 30%", False),
        ("It has 2 sets", True),  # "two"
        ("Three parameters", False),
        ("Phase 3", False),  # a marker is no number of the answer's
        ("Bytelevel sets", True),
        ("A training of 82 hours", True),  # rounded
        ("33%", True),
        ("Metadata trains", True),  # by their stems
        ("Trained with images", True),  # one of two
        ("Images and sound", False),
        ("It is so", None),
        ("", None),
    ],
)
def test_a_point_is_covered_by_half_of_its_words_and_all_of_its_numbers(point, expected):
    assert covered(point, ANSWER) is expected


def test_what_stands_far_apart_makes_no_point():
    apart = "Pictures were added. It is so. It was so. It will be so. {} Accuracy dropped by 2%."
    point = "Accuracy with pictures dropped 2%, added or taken"  # four of five words: 2 and 2
    assert covered(point, said(apart.format(""))) is False
    near = "Pictures were added. It was so. It will be so. Accuracy dropped by 2%."
    assert covered(point, said(near)) is True
    assert covered("Pictures: 2%", said(apart.format(""))) is False  # the number is elsewhere


def test_the_share_of_the_points():
    asked = case("A", points=("It has 2 million videos", "From Kaggle", "Yes"))
    score = answer_points(Outcome(asked, answer("Over 2 million videos [1].")))
    assert (score.value, score.why) == (0.5, "missing: From Kaggle")
    assert answer_points(Outcome(asked, answer("2 million videos of Kaggle"))).value == 1


def test_a_refusal_makes_no_point_though_it_repeats_the_question():
    refusal = answer("No answer found. Looked for: 2 million videos?", abstained=True)
    asked = case("A", points=("It has 2 million videos",))
    assert answer_points(Outcome(asked, refusal)) == Score("answer_points", 0, "refused")


def test_what_cannot_be_graded():
    given = answer("2 million")
    for asked in (
        case("A"),
        case("A", points=("Yes",)),
        case(answerable=False, points=("No paper says so",)),
    ):
        assert answer_points(Outcome(asked, given)).value is None
    assert answer_points(failed(case("A", points=("x y",)))).value is None


@pytest.mark.parametrize("odd", ["\ud800", "$" * 3000, "{" * 3000, "9" * 3000, "a" * 100_000])
def test_odd_text_raises_nothing(odd):
    covered(odd, said(odd))
