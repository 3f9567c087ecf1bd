"""What a model suggests is held to its paper."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evals.drafting.checking import Asked, Dropped, check
from evals.drafting.kinds import KINDS, kinds_named
from evals.drafting.reading import Suggestion
from index.errors import ConfigError
from tests.evals.drafting.suggested import FROST, HONEST, JAM

NUMERIC, FACT, NEAR, BOTH = (
    KINDS[name] for name in ("numeric", "single_fact", "unanswerable_near", "comparison")
)
GOOD = Suggestion(
    **{k: tuple(v) if isinstance(v, list) else v for k, v in HONEST[JAM.title].items()}
)
COMPARED = Suggestion(
    "What do alarms for railway radio look at, and what do those for rime look at?",
    (
        "We present a detector that looks at the synchronisation block of a signal only.",
        "We train a small network on pictures of 310 panels over two winters in the Alps.",
    ),
    answer_points=("the synchronisation block", "pictures"),
)


def checked(suggestion, kind=NUMERIC, papers=(JAM,), asked=None):
    return check(suggestion, kind, papers, asked or Asked(), "n")


def test_a_good_one_becomes_a_case_that_waits():
    case = checked(GOOD)
    assert (case.reviewed, case.answerable, case.type) == (False, True, "numeric")
    assert case.gold_titles == (JAM.title,)
    assert case.gold_quotes == GOOD.quotes
    assert case.gold_quotes[0] in JAM.abstract
    assert case.note == "n"
    assert checked(GOOD).id == case.id != checked(replace(GOOD, question="Who hears it then?")).id


def test_a_part_of_a_sentence_is_widened_to_the_sentence_of_the_abstract():
    paper = replace(JAM, abstract=JAM.abstract.replace("It finds", "It\n  fi\u200bnds"))
    part = "It finds 96.4% of all disturbances over the air, with one false alarm in 1,200 hours"
    case = checked(replace(GOOD, quotes=(part,)), papers=(paper,))
    assert case.gold_quotes[0].startswith("It\n  fi\u200bnds 96.4%")
    assert case.gold_quotes[0] in paper.abstract


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"quotes": ("It finds 99% of all disturbances over the air.",)}, "a quote is not in"),
        ({"quotes": (*GOOD.quotes, "And it sings in the rain.")}, "a quote is not in"),
        ({"quotes": ("1,200 hours",)}, "a quote is not in"),
        ({"quotes": ()}, "no quote"),
        ({"must_contain": ("1200",)}, "not in the quotes"),
        ({"must_contain": ("20",)}, "not in the quotes"),
        ({"must_contain": ("alarm",)}, "gives the answer away"),
        ({"must_contain": ("false",)}, "holds no number"),
        ({"must_contain": ()}, "holds no number"),
        ({"must_contain": ("x" * 61,)}, "too long"),
        ({"answer_points": ()}, "missing or too long"),
        ({"answer_points": ("x" * 301,)}, "missing or too long"),
        ({"question": "Why?"}, "too long or too short"),
        ({"question": "Why is this so " + "very " * 90 + "good?"}, "too long or too short"),
        ({"question": "What does the abstract say of 1 thing or so?"}, "stand alone"),
        ({"question": "What did the authors find in the end?"}, "stand alone"),
        ({"question": "Is the proposed low cost radio method any good?"}, "stand alone"),
        ({"question": "Does Jamming  detection with two THRESHOLDS ring?"}, "title away"),
        ({"question": "What costs less than a train ticket in radio?"}, "copies 5 words"),
    ],
)
def test_what_is_dropped_and_why(fields, reason):
    found = checked(replace(GOOD, **fields))
    assert isinstance(found, Dropped)
    assert reason in found.reason


def test_the_same_question_in_nearly_the_same_words_is_dropped():
    asked = Asked()
    asked.add("How often does an alarm that is watching the radio on railways ring without cause")
    assert "another case" in checked(GOOD, asked=asked).reason
    assert not isinstance(checked(GOOD, asked=Asked()), Dropped)


def test_a_comparison_quotes_both_papers():
    case = checked(COMPARED, BOTH, (JAM, FROST))
    assert case.type == "compare"
    assert case.gold_titles == (JAM.title, FROST.title)
    one = replace(COMPARED, quotes=COMPARED.quotes[:1])
    assert "not every paper" in checked(one, BOTH, (JAM, FROST)).reason


def test_near_misses_may_point_to_their_paper_and_hold_no_gold():
    asks = Suggestion("What does the railway radio detector weigh?", missing="No weight is told.")
    case = checked(asks, NEAR)
    assert not case.answerable and not case.reviewed
    assert (case.gold_titles, case.gold_quotes, case.must_contain) == ((), (), ())
    assert case.acceptable_titles == (JAM.title,)
    assert case.answer_points == ("No weight is told.",)
    far = replace(asks, question="Who won yesterday's chess tournament?")
    assert "not on the paper's subject" in checked(far, NEAR).reason
    assert "missing" in checked(replace(asks, missing=""), NEAR).reason


def test_a_fact_needs_no_string():
    assert checked(replace(GOOD, must_contain=()), FACT).must_contain == ()


def test_kinds_are_named_or_refused():
    assert [kind.name for kind in kinds_named(" numeric, comparison,numeric")] == [
        "numeric",
        "comparison",
    ]
    for text in ("", "numeric,poem"):
        with pytest.raises(ConfigError, match="--kinds"):
            kinds_named(text)
